package mc

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// object is a JSON object that keeps the order of its keys. A key that is set
// again keeps its place.
type object struct {
	keys   []string
	values map[string]JSON
}

func (o *object) set(key string, value JSON) {
	if o.values == nil {
		o.values = map[string]JSON{}
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// object reads j, with values as they were written; the last of repeated keys
// counts. The second result is false when j is no JSON object.
func (j JSON) object() (object, bool) {
	var o object
	dec := json.NewDecoder(bytes.NewReader(j))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return object{}, false
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return object{}, false
		}
		var value JSON
		if err := dec.Decode(&value); err != nil {
			return object{}, false
		}
		o.set(key.(string), value)
	}
	if _, err := dec.Token(); err != nil {
		return object{}, false
	}
	return o, true
}

// items reads j as an array, with values as they were written; nothing is in
// what is no array.
func (j JSON) items() []JSON {
	var items []JSON
	if len(j) == 0 || json.Unmarshal(j, &items) != nil {
		return nil
	}
	return items
}

// text reads j as a string. The second result is false when j is none.
func (j JSON) text() (s string, ok bool) {
	if len(j) == 0 || j[0] != '"' {
		return "", false
	}
	return s, json.Unmarshal(j, &s) == nil
}

// json writes the object in compact form.
func (o object) json() JSON {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(JSONOf(key))
		b.WriteByte(':')
		b.Write(o.values[key])
	}
	b.WriteByte('}')
	return b.Bytes()
}

// Spaced writes the value with sorted keys and ", " and ": " between its parts,
// numbers as they were sent. It is how messages and templates show JSON; equal
// values have the same text. Text that is no JSON comes back as it is.
func (j JSON) Spaced() string {
	if j.IsNull() {
		return "null"
	}
	dec := json.NewDecoder(bytes.NewReader(j))
	dec.UseNumber()
	var v any
	if !json.Valid(j) || dec.Decode(&v) != nil {
		return string(j)
	}
	var b strings.Builder
	writeSpaced(&b, v)
	return b.String()
}

func writeSpaced(b *strings.Builder, v any) {
	switch v := v.(type) {
	case map[string]any:
		b.WriteByte('{')
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.Write(JSONOf(key))
			b.WriteString(": ")
			writeSpaced(b, v[key])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			writeSpaced(b, item)
		}
		b.WriteByte(']')
	default:
		b.Write(JSONOf(v))
	}
}
