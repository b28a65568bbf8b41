package mc

import (
	"strconv"
	"strings"
	"time"
)

// The forms of ISO 8601 that values of custom fields may have. They are wider
// than those of ParseTime: weeks, and everything without separators.

// isISODate reports whether s is a day or a week, with separators or without:
// 2026-05-01, 20260501, 2026-W18, 2026W18, 2026-W18-5 or 2026W185.
func isISODate(s string) bool {
	if len(s) < len("2026W18") {
		return false
	}
	year, ok := isoNumber(s[:4], 9999)
	if !ok || year < 1 {
		return false
	}
	rest, dashed := strings.CutPrefix(s[4:], "-")
	if week, ok := strings.CutPrefix(rest, "W"); ok {
		return isISOWeek(year, week, dashed)
	}
	layout := "20060102"
	if dashed {
		layout = time.DateOnly
	}
	_, err := time.Parse(layout, s)
	return err == nil && len(s) == len(layout)
}

// isISOWeek takes what follows the W: the number of the week, and perhaps that
// of the day.
func isISOWeek(year int, s string, dashed bool) bool {
	if len(s) < 2 {
		return false
	}
	week, ok := isoNumber(s[:2], 53)
	if !ok || week < 1 {
		return false
	}
	day := 1
	if s = s[2:]; s != "" {
		if dashed {
			if s, ok = strings.CutPrefix(s, "-"); !ok {
				return false
			}
		}
		if day, ok = isoNumber(s, 7); !ok || day < 1 || len(s) != 1 {
			return false
		}
	}
	// The fourth of January is always in the first week.
	fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)
	weekday := (int(fourth.Weekday()) + 6) % 7
	date := fourth.AddDate(0, 0, (week-1)*7+day-1-weekday)
	isoYear, isoWeek := date.ISOWeek()
	return isoYear == year && isoWeek == week && date.Year() <= 9999
}

// isISODateTime reports whether s is a date, or a date and a time of day with T
// or a blank between them and perhaps a zone behind. Blanks around are passed over.
func isISODateTime(s string) bool {
	s = strings.TrimSpace(s)
	at := strings.IndexAny(s, "Tt ")
	if at < 0 {
		return isISODate(s)
	}
	clock := s[at+1:]
	if zone := strings.IndexAny(clock, "Zz+-"); zone >= 0 {
		distance := clock[zone+1:]
		switch clock[zone] {
		case 'Z', 'z':
			if distance != "" {
				return false
			}
		default:
			if !isISOClock(distance) {
				return false
			}
		}
		clock = clock[:zone]
	}
	return isISODate(s[:at]) && isISOClock(clock)
}

// isISOClock reports whether s is a time of day or the distance of a zone:
// hours, minutes and seconds, the latter with a fraction, all but the hours may
// be left out.
func isISOClock(s string) bool {
	whole, fraction := s, ""
	mark := strings.IndexAny(s, ".,")
	if mark >= 0 {
		whole, fraction = s[:mark], s[mark+1:]
	}
	parts := strings.Split(whole, ":")
	if len(parts) == 1 {
		parts = nil
		for ; len(whole) > 2; whole = whole[2:] {
			parts = append(parts, whole[:2])
		}
		parts = append(parts, whole)
	}
	if len(parts) > 3 || mark >= 0 && (len(parts) != 3 || fraction == "" || strings.Trim(fraction, "0123456789") != "") {
		return false
	}
	for i, part := range parts {
		highest := 59
		if i == 0 {
			highest = 23
		}
		if _, ok := isoNumber(part, highest); !ok || len(part) != 2 {
			return false
		}
	}
	return true
}

// isoNumber reads digits, and nothing but digits.
func isoNumber(s string, highest int) (int, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n <= highest
}
