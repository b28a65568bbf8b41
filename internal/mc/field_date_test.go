package mc

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestISODates(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"2026-05-01": true, "20260501": true, "2024-02-29": true, "0001-01-01": true, "9999-12-31": true,
		"2026-W18": true, "2026W18": true, "2026-W18-5": true, "2026W185": true, "2026-W53": true, "2020-W53-7": true, "0001-W01-1": true, "9999-W52-5": true,
		"": false, "2026": false, "2026-05": false, "2026-5-1": false, "2026-05-1": false, "2026-13-01": false, "2026-00-10": false, "2026-02-29": false, "2026-05-32": false,
		"0000-01-01": false, "2026-05-01 ": false, " 2026-05-01": false, "2026-05-01T00:00": false, "2026/05/01": false, "2026-0501": false, "202605-01": false,
		"2026-W00": false, "2026-W54": false, "2025-W53": false, "2026-W18-0": false, "2026-W18-8": false, "2026-W185": false, "2026W18-5": false, "2026-w18": false, "2026-W18-": false,
		"9999-W52-6": false, "٢٠٢٦-٠٥-٠١": false, "+026-05-01": false, "20260501x": false, "2026-121": false, "12026-05-01": false,
	} {
		if got := isISODate(s); got != want {
			t.Errorf("%q: %t", s, got)
		}
		if want && !isISODateTime(s) {
			t.Errorf("%q is a date but no time", s)
		}
	}
}

func TestISODateTimes(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"2026-05-01T10:00:00Z": true, "2026-05-01t10:00:00z": true, "2026-05-01 10:00:00": true, "  2026-05-01T10:00  ": true, "2026-05-01T10": true,
		"2026-05-01T10:00:00.5": true, "2026-05-01T10:00:00,123456789": true, "2026-05-01T10:00:00+02:00": true, "2026-05-01T10:00:00-0530": true, "2026-05-01T10+02": true,
		"2026-05-01T10:00:00+05:30:15": true, "20260501T100000Z": true, "20260501T1000": true, "2026-W18-5T10:00": true, "2026W185 10": true, "2026-05-01T23:59:59.999999+23:59": true,
		"": false, "   ": false, "tomorrow": false, "10:00": false, "T10:00": false, "2026-05-01T": false, "2026-05-01T24:00": false, "2026-05-01T10:60": false, "2026-05-01T10:00:60": false,
		"2026-05-01T1:00": false, "2026-05-01T10:0": false, "2026-05-01T100": false, "2026-05-01T10:00:": false, "2026-05-01T10:00:00.": false, "2026-05-01T10:00.5": false, "2026-05-01T10:0000": false,
		"2026-05-01T10:00:00Zulu": false, "2026-05-01T10:00:00+": false, "2026-05-01T10:00:00+24:00": false, "2026-05-01T10:00:00+02:00Z": false, "2026-05-01Z": false, "2026-05-01  10:00": false,
		"2026-05-01x10:00": false, "2026-13-01T10:00": false, "1777630000": false, "2026-05-01T10:00:00 Europe/Berlin": false,
	} {
		if got := isISODateTime(s); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
}

// Every day of some years has a calendar form and a week form, and no other
// week of the year is accepted.
func TestWeeksOfManyYears(t *testing.T) {
	t.Parallel()
	for year := 1996; year <= 2035; year++ {
		valid := map[string]bool{}
		for day := time.Date(year-1, 12, 20, 0, 0, 0, 0, time.UTC); day.Year() <= year || day.Month() == time.January && day.Day() < 10; day = day.AddDate(0, 0, 1) {
			isoYear, week := day.ISOWeek()
			valid[fmt.Sprintf("%04d-W%02d-%d", isoYear, week, (int(day.Weekday())+6)%7+1)] = true
			if s := day.Format(time.DateOnly); !isISODate(s) {
				t.Errorf("%s is no date", s)
			}
		}
		for week := range 100 {
			for day := range 10 {
				s := fmt.Sprintf("%04d-W%02d-%d", year, week, day)
				if isISODate(s) != valid[s] {
					t.Errorf("%s: %t", s, !valid[s])
				}
			}
		}
	}
}

// What the standard library takes for RFC 3339 is a time, and whatever is taken
// for a date is one of the forms.
func FuzzISODateTime(f *testing.F) {
	for _, s := range []string{"2026-05-01", "20260501", "2026-W18-5", "2026W18", "2026-05-01T10:00:00.5Z", "2026-05-01 10:00+02:00", "20260501T100000-0530", " x ", "9999-W53-7T23"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		isDate, isTime := isISODate(s), isISODateTime(s)
		if isDate && (!isTime || len(s) < 7 || len(s) > 10 || strings.Trim(s, "0123456789-W") != "") {
			t.Errorf("%q is taken for a date", s)
		}
		if isTime != isISODateTime(" "+s+"\n") {
			t.Errorf("%q: blanks around it count", s)
		}
		if std, err := time.Parse(time.DateOnly, s); err == nil && std.Year() > 0 && !isDate {
			t.Errorf("%q is a date", s)
		}
		// time.Parse takes hours of one digit, which ISO 8601 does not.
		if std, err := time.Parse(time.RFC3339Nano, s); err == nil && std.Year() > 0 && std.Format(time.RFC3339Nano) == s && !isTime {
			t.Errorf("%q is a time", s)
		}
		if isDate && s[4] == '-' && s[5] != 'W' {
			if _, err := time.Parse(time.DateOnly, s); err != nil {
				t.Errorf("%q is no day: %v", s, err)
			}
		}
	})
}
