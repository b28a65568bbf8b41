package views

// Each shows rows one by one. What it returns is never nil, so that a list of
// nothing is a list in JSON as well.
func Each[T, V any](rows []T, show func(T) V) []V {
	shown := make([]V, len(rows))
	for i, row := range rows {
		shown[i] = show(row)
	}
	return shown
}
