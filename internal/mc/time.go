package mc

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Time is a moment in UTC with microsecond precision. On the wire it is naive:
// no zone, and either exactly six fraction digits or none at all.
type Time struct{ t time.Time }

// Clock tells the current time. Everything that needs the time is given one.
type Clock func() Time

const (
	wireSeconds = "2006-01-02T15:04:05"
	wireMicros  = "2006-01-02T15:04:05.000000"
)

// SystemClock is the Clock of the machine.
func SystemClock() Time { return TimeOf(time.Now()) }

// TimeOf converts a standard time, cutting it to microseconds.
func TimeOf(t time.Time) Time { return Time{t.UTC().Truncate(time.Microsecond)} }

// Std returns the standard library's view of t, in UTC.
func (t Time) Std() time.Time { return t.t }

// IsZero reports whether t was never set.
func (t Time) IsZero() bool { return t.t.IsZero() }

// Add returns t moved by d, cut to microseconds.
func (t Time) Add(d time.Duration) Time { return TimeOf(t.t.Add(d)) }

// Sub returns the distance from u to t.
func (t Time) Sub(u Time) time.Duration { return t.t.Sub(u.t) }

// Before reports whether t is earlier than u.
func (t Time) Before(u Time) bool { return t.t.Before(u.t) }

// After reports whether t is later than u.
func (t Time) After(u Time) bool { return t.t.After(u.t) }

// Equal reports whether t and u are the same moment.
func (t Time) Equal(u Time) bool { return t.t.Equal(u.t) }

// String returns the wire form.
func (t Time) String() string {
	if t.t.Nanosecond() == 0 {
		return t.t.Format(wireSeconds)
	}
	return t.t.Format(wireMicros)
}

// MarshalText writes the wire form, also as a JSON string.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads any form ParseTime accepts.
func (t *Time) UnmarshalText(b []byte) error {
	parsed, err := ParseTime(string(b))
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}

// Value stores t with all six digits, so that texts sort as times do.
func (t Time) Value() (driver.Value, error) { return t.t.Format(wireMicros), nil }

// Scan reads a stored time, as text (SQLite) or as a time (PostgreSQL).
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case time.Time:
		*t = TimeOf(v)
		return nil
	case string:
		if stored, ok := parseStored(v); ok {
			*t = stored
			return nil
		}
		return t.UnmarshalText([]byte(v))
	case []byte:
		return t.UnmarshalText(v)
	}
	return fmt.Errorf("cannot read a time from %T", src)
}

// ParseTime reads a time as clients send it: ISO 8601 with T, t or a blank,
// seconds optional, fractions cut to microseconds, with a zone or without one
// (then it is UTC), a plain date (midnight), or Unix seconds, taken as
// milliseconds when the magnitude exceeds 2e10.
func ParseTime(s string) (Time, error) {
	s = strings.TrimSpace(s)
	if t, ok := parseISO(s); ok {
		return t, nil
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil && isDecimal(s) {
		return TimeOfUnix(n)
	}
	return Time{}, fmt.Errorf("%q is not an ISO 8601 time", s)
}

// TimeOfUnix reads Unix seconds, or milliseconds when the magnitude exceeds 2e10.
func TimeOfUnix(n float64) (Time, error) {
	if math.Abs(n) > 2e10 {
		n /= 1000
	}
	if math.IsNaN(n) || math.Abs(n) > 253402300799 {
		return Time{}, fmt.Errorf("%v is not a time between the years 1 and 9999", n)
	}
	whole, frac := math.Modf(n)
	t := TimeOf(time.Unix(int64(whole), int64(math.Round(frac*1e6))*1000))
	if y := t.t.Year(); y < 1 || y > 9999 {
		return Time{}, fmt.Errorf("%v is not a time between the years 1 and 9999", n)
	}
	return t, nil
}

func isDecimal(s string) bool {
	return s != "" && strings.Trim(s, "0123456789.+-") == ""
}

var isoLayouts = []string{
	"2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700", "2006-01-02T15:04", "2006-01-02",
}

func parseISO(s string) (Time, bool) {
	if len(s) < 10 || len(s) > 64 || s[4] != '-' {
		return Time{}, false
	}
	b := []byte(s)
	if len(b) > 10 && (b[10] == ' ' || b[10] == 't') {
		b[10] = 'T'
	}
	if b[len(b)-1] == 'z' {
		b[len(b)-1] = 'Z'
	}
	// time.Parse takes a comma as a decimal point and one-digit hours; the contract takes neither.
	norm := string(b)
	if strings.Contains(norm, ",") || len(norm) > 10 && (len(norm) < 16 || norm[13] != ':') {
		return Time{}, false
	}
	for _, layout := range isoLayouts {
		t, err := time.Parse(layout, norm)
		if err != nil {
			continue
		}
		if u := t.UTC(); u.Year() >= 1 && u.Year() <= 9999 {
			return TimeOf(t), true
		}
		return Time{}, false
	}
	return Time{}, false
}

// basicLayouts are the compact forms that only the since parameter of streams takes.
var basicLayouts = []string{"20060102T150405.999999999Z0700", "20060102T150405.999999999", "20060102T1504", "20060102"}

// ParseSince reads the since parameter of a stream: ISO 8601, extended or
// basic, with or without a zone. Anything else counts as absent.
func ParseSince(s string) (Time, bool) {
	s = strings.TrimSpace(s)
	if t, ok := parseISO(s); ok {
		return t, true
	}
	norm := strings.ToUpper(strings.Replace(s, " ", "T", 1))
	for _, layout := range basicLayouts {
		if t, err := time.Parse(layout, norm); err == nil {
			return TimeOf(t), true
		}
	}
	return Time{}, false
}

// parseStored reads the form that Value writes; it is what every row holds.
func parseStored(s string) (Time, bool) {
	if len(s) != len(wireMicros) || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != '.' {
		return Time{}, false
	}
	ok := true
	number := func(from, to int) (n int) {
		for _, c := range []byte(s[from:to]) {
			ok = ok && '0' <= c && c <= '9'
			n = n*10 + int(c-'0')
		}
		return n
	}
	year, month, day := number(0, 4), time.Month(number(5, 7)), number(8, 10)
	hour, minute, second := number(11, 13), number(14, 16), number(17, 19)
	t := time.Date(year, month, day, hour, minute, second, 1000*number(20, 26), time.UTC)
	// time.Date would make another day of the 31st of a short month.
	ok = ok && year > 0 && t.Month() == month && t.Day() == day && hour < 24 && minute < 60 && second < 60
	return Time{t}, ok
}
