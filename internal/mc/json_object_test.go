package mc

import (
	"encoding/json"
	"testing"
)

func TestJSONObject(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		` { "b" : 1.0 , "a" : [ 1 ] } `: `{"b":1.0,"a":[ 1 ]}`,
		`{"a":null}`:                    `{"a":null}`,
		`{}`:                            `{}`,
		`{"a":1,"b":2,"a":3}`:           `{"a":3,"b":2}`,
	} {
		o, ok := JSON(sent).object()
		if got := string(o.json()); !ok || got != want {
			t.Errorf("%s: %s, %v", sent, got, ok)
		}
	}
	for _, sent := range []string{``, `null`, `[]`, `"x"`, `{`, `{"a"`, `{"a":`, `{"a":}`, `{1:2}`} {
		if o, ok := JSON(sent).object(); ok {
			t.Errorf("%s is read as %s", sent, o.json())
		}
	}
}

func TestJSONSpaced(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		``:                                 `null`,
		`null`:                             `null`,
		`{"z":1,"a":[1,2]}`:                `{"a": [1, 2], "z": 1}`,
		`{"b":{"d":null,"c":true},"a":""}`: `{"a": "", "b": {"c": true, "d": null}}`,
		`[1.0,12345678901234567890,1e2]`:   `[1.0, 12345678901234567890, 1e2]`,
		`"a\"b <ü>"`:                       `"a\"b <ü>"`,
		`{}`:                               `{}`,
		`[]`:                               `[]`,
		`{broken`:                          `{broken`,
	} {
		if got := JSON(sent).Spaced(); got != want {
			t.Errorf("%s: %s, want %s", sent, got, want)
		}
	}
}

func FuzzJSONObject(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"a":{"b":[null,1.0]},"a":"\u0000"}`, `[`, `{"a" 1}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			_ = JSON(text).Spaced()
			_ = NormalizeIdentityProfile(JSON(text))
			return
		}
		o, ok := JSON(text).object()
		if ok && !json.Valid(o.json()) {
			t.Errorf("%q is written as %q", text, o.json())
		}
		if spaced := JSON(text).Spaced(); !json.Valid([]byte(spaced)) || JSON(spaced).Spaced() != spaced {
			t.Errorf("%q is shown as %q", text, spaced)
		}
	})
}
