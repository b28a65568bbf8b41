package mc

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalizeIdentityProfile(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ sent, want string }{
		"recorded": {`{" role ": " Scout ", "skills": ["a", " b ", ""], "gone": null, "level": 3, "blank": " ", " ": "x"}`,
			`{"role":"Scout","skills":"a, b","level":"3"}`},
		"nulls in a list":               {`{"a":[null,"x",null]}`, `{"a":"x"}`},
		"a list of blanks":              {`{"a":["", " ", null],"b":[]}`, ``},
		"other values in a list":        {`{"a":[1,true,{"k":1}]}`, `{"a":"1, true, {\"k\": 1}"}`},
		"numbers as they were sent":     {`{"a":1.0,"b":12345678901234567890}`, `{"a":"1.0","b":"12345678901234567890"}`},
		"other values":                  {`{"a":false,"b":{"y":1,"x":[2]}}`, `{"a":"false","b":"{\"x\": [2], \"y\": 1}"}`},
		"order of keys":                 {`{"z":"1","a":"2","m":"3"}`, `{"z":"1","a":"2","m":"3"}`},
		"keys that become equal":        {`{"a":"1","b":"2"," a ":"3"}`, `{"a":"3","b":"2"}`},
		"a dropped one replaces none":   {`{"a":"1"," a ":null}`, `{"a":"1"}`},
		"repeated keys: the last":       {`{"a":"1","a":"2"}`, `{"a":"2"}`},
		"repeated keys: the last, null": {`{"a":"1","a":null}`, ``},
		"no HTML escapes":               {`{"a":"<b> & ü"}`, `{"a":"<b> & ü"}`},
		"empty object":                  {`{}`, ``},
		"null":                          {`null`, ``},
		"absent":                        {``, ``},
		"text":                          {`"Scout"`, ``},
		"list":                          {`["Scout"]`, ``},
		"number":                        {`3`, ``},
	} {
		if got := NormalizeIdentityProfile(JSON(tc.sent)); string(got) != tc.want || (got == nil) != (tc.want == "") {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// A normalised profile is an object of texts that normalises to itself.
func TestNormalizedProfilesAreStable(t *testing.T) {
	t.Parallel()
	value := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) any { return rapid.String().Draw(t, "text") }),
		rapid.Custom(func(t *rapid.T) any { return rapid.Float64Range(-1e9, 1e9).Draw(t, "number") }),
		rapid.Custom(func(t *rapid.T) any { return rapid.SliceOfN(rapid.String(), 0, 3).Draw(t, "list") }),
		rapid.Just[any](nil),
	)
	rapid.Check(t, func(t *rapid.T) {
		sent := rapid.MapOfN(rapid.String(), value, 0, 6).Draw(t, "profile")
		once := NormalizeIdentityProfile(JSONOf(sent))
		if again := NormalizeIdentityProfile(once); string(again) != string(once) {
			t.Fatalf("%s becomes %s", once, again)
		}
		if once == nil {
			return
		}
		var texts map[string]string
		if err := json.Unmarshal(once, &texts); err != nil || len(texts) == 0 {
			t.Fatalf("%s: %v", once, err)
		}
	})
}

func TestIdentityValue(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ profile, want string }{
		"given":   {`{"role":" Analyst "}`, "Analyst"},
		"a list":  {`{"role":["a","b"]}`, "a, b"},
		"blank":   {`{"role":" "}`, DefaultRole},
		"missing": {`{"emoji":"x"}`, DefaultRole},
		"none":    {``, DefaultRole},
	} {
		if got := IdentityValue(JSON(tc.profile), "role", DefaultRole); got != tc.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestDefaultProfilesAreTheirOwnNormalForm(t *testing.T) {
	t.Parallel()
	for want, profile := range map[string]JSON{
		`{"role":"Gateway Agent","communication_style":"direct, concise, practical","emoji":":compass:"}`: MainIdentityProfile(),
		`{"role":"Board Lead","communication_style":"direct, concise, practical","emoji":":gear:"}`:       LeadIdentityProfile(),
	} {
		if got := NormalizeIdentityProfile(profile); string(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestOverlayIdentityProfile(t *testing.T) {
	t.Parallel()
	base := string(LeadIdentityProfile())
	for over, want := range map[string]string{
		``: base, `null`: base, `"Captain"`: base, `{"role":" ","emoji":null}`: base,
		`{"verbosity":"concise","role":" Captain "}`: `{"role":"Captain","communication_style":"direct, concise, practical","emoji":":gear:","verbosity":"concise"}`,
	} {
		if got := string(OverlayIdentityProfile(LeadIdentityProfile(), JSON(over))); got != want {
			t.Errorf("%s: got %s, want %s", over, got, want)
		}
	}
}
