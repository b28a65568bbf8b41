package mc

import (
	"strconv"
	"strings"
)

// Float is a number that stays one with a fraction wherever it is shown: 70 is
// written 70.0, as clients of the contract know it.
type Float float64

// String writes the shortest text that reads as the same number.
func (f Float) String() string {
	text := strconv.FormatFloat(float64(f), 'g', -1, 64)
	if strings.ContainsAny(text, ".en") {
		return text
	}
	return text + ".0"
}

// MarshalJSON writes the number.
func (f Float) MarshalJSON() ([]byte, error) { return []byte(f.String()), nil }
