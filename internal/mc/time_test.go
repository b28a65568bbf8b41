package mc

import (
	"testing"
	"time"
)

func TestParseTimeAsTheContractReadsIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2031-05-01T10:00:00":          "2031-05-01T10:00:00",
		"2031-05-01t10:00:00Z":         "2031-05-01T10:00:00",
		"2031-05-01 10:00":             "2031-05-01T10:00:00",
		"2031-05-01T10:00:00.1234567z": "2031-05-01T10:00:00.123456",
		"2031-05-01T10:00:00.5+02:00":  "2031-05-01T08:00:00.500000",
		"2031-05-01T10:00:00+0230":     "2031-05-01T07:30:00",
		"2031-05-01":                   "2031-05-01T00:00:00",
		" 2031-05-01 ":                 "2031-05-01T00:00:00",
		"1000000000":                   "2001-09-09T01:46:40",
		"1000000000000":                "2001-09-09T01:46:40",
		"1.5":                          "1970-01-01T00:00:01.500000",
		"-1":                           "1969-12-31T23:59:59",
	} {
		if got, err := ParseTime(text); err != nil || got.String() != want {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "soon", "20260101T100000", "2026-01-01T10", "2026-01-01T24:00", "2026-13-01", "2026-01-01T10:00:00,5", "true", "1e10", "NaN", "2026-1-1", "99999999999999999999", "2026-01-01T1:00:00"} {
		if got, err := ParseTime(text); err == nil {
			t.Errorf("%q was read as %s", text, got)
		}
	}
}

func TestParseSinceIsLenientButNotForNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"2026-03-01T00:00:00Z": "2026-03-01T00:00:00", "20260301T101112Z": "2026-03-01T10:11:12", "20260301": "2026-03-01T00:00:00", " 2026-03-01 10:00 ": "2026-03-01T10:00:00"} {
		if got, ok := ParseSince(text); !ok || got.String() != want {
			t.Errorf("%q: %s, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "now", "1700000000", "2026"} {
		if got, ok := ParseSince(text); ok {
			t.Errorf("%q was read as %s", text, got)
		}
	}
}

func TestTimesSortAsStored(t *testing.T) {
	t.Parallel()
	early := TimeOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	late := early.Add(time.Microsecond)
	a, errA := early.Value()
	b, errB := late.Value()
	if errA != nil || errB != nil || a.(string) >= b.(string) {
		t.Errorf("%v and %v", a, b)
	}
	var back Time
	if err := back.Scan(a); err != nil || !back.Equal(early) {
		t.Errorf("read back as %s, %v", back, err)
	}
}

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"2031-05-01T10:00:00.5+02:00", "1700000000", "20260301T101112Z", "2026-02-30", "0001-01-01T00:00:00+23:59"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseTime(text)
		if since, ok := ParseSince(text); ok && since.Std().Year() > 9999 {
			t.Errorf("since %q is %s", text, since)
		}
		if err != nil {
			return
		}
		again, err := ParseTime(got.String())
		if err != nil || !again.Equal(got) {
			t.Errorf("%q is %s, which is read as %s, %v", text, got, again, err)
		}
	})
}

func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"11111111-1111-4111-8111-111111111111", "{11111111-1111-4111-8111-111111111111}", "urn:uuid:11111111-1111-4111-8111-111111111111", "11111111111141118111111111111111", "x11111111-1111-4111-8111-111111111111x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, ok := ParseID(text)
		if !ok {
			return
		}
		if again, ok := ParseID(id.String()); !ok || again != id {
			t.Errorf("%q is %s, which is read as %s, %v", text, id, again, ok)
		}
	})
}

func TestParseIDForms(t *testing.T) {
	t.Parallel()
	const want = "abcdef00-1111-4111-8111-111111111111"
	for _, text := range []string{want, "ABCDEF00-1111-4111-8111-111111111111", "abcdef00111141118111111111111111", "{" + want + "}", "urn:uuid:" + want} {
		if id, ok := ParseID(text); !ok || id.String() != want {
			t.Errorf("%q: %s, %v", text, id, ok)
		}
	}
	for _, text := range []string{"", "xyz", "(" + want + ")", want + "0", "{" + want} {
		if id, ok := ParseID(text); ok {
			t.Errorf("%q was read as %s", text, id)
		}
	}
}

func TestOptTellsAbsentFromNull(t *testing.T) {
	t.Parallel()
	var absent Opt[string]
	field, ptr := "old", Ref("old")
	if absent.Apply(&field) || absent.ApplyPtr(&ptr) || field != "old" || *ptr != "old" {
		t.Errorf("absent changed something: %s %v", field, ptr)
	}
	if null := Null[string](); null.Apply(&field) || !null.ApplyPtr(&ptr) || field != "old" || ptr != nil || !null.IsNull() {
		t.Errorf("null: %s %v", field, ptr)
	}
	if set := Set("new"); !set.Apply(&field) || !set.ApplyPtr(&ptr) || field != "new" || *ptr != "new" {
		t.Errorf("set: %s %v", field, ptr)
	}
}

func TestStoredFormIsReadTheSameTheQuickWay(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"2026-11-24T03:20:27.123456", "2024-02-29T23:59:59.000000", "9999-12-31T23:59:59.999999",
		"2026-02-29T03:20:27.123456", "2026-13-01T00:00:00.000000", "2026-12-01T24:00:00.000000", "0000-01-01T00:00:00.000000",
		"2026-12-01T00:60:00.000000", "2026-12-01T00:00:60.000000", "20a6-12-01T00:00:00.000000", "2026-00-10T00:00:00.000000", "2026-01-00T00:00:00.000000",
	} {
		var quick, full Time
		quickErr, fullErr := quick.Scan(text), full.UnmarshalText([]byte(text))
		if (quickErr == nil) != (fullErr == nil) || quick != full {
			t.Errorf("%s: %s (%v) and %s (%v)", text, quick, quickErr, full, fullErr)
		}
	}
}
