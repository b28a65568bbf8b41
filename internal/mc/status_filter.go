package mc

import "strings"

// ParseStatusFilter reads a comma-separated list of statuses. Items are trimmed
// and blanks dropped; nothing left is nil: no filter. Anything else but the four
// statuses is a 422.
func ParseStatusFilter(list string) ([]TaskStatus, error) {
	var statuses []TaskStatus
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		status := TaskStatus(item)
		if !status.Valid() {
			return nil, Unprocessable("Unsupported task status filter.")
		}
		statuses = append(statuses, status)
	}
	return statuses, nil
}
