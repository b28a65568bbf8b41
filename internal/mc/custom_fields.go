package mc

import "slices"

// UnknownFieldsDetail names custom fields that the board does not have.
type UnknownFieldsDetail struct {
	Message          string   `json:"message"`
	UnknownFieldKeys []string `json:"unknown_field_keys"`
}

// CheckFieldKeys refuses custom field values for keys that are not bound to the
// task's board.
func CheckFieldKeys(values JSON, bound []string) error {
	sent, _ := values.object()
	var unknown []string
	for _, key := range sent.keys {
		if !slices.Contains(bound, key) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return Unprocessable(UnknownFieldsDetail{"Unknown custom field keys for this board.", unknown})
}
