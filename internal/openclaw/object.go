package openclaw

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
)

// orderedObject is a JSON object that keeps the order of its members, and their
// values as they were written, so that what is not changed stays what it was.
type orderedObject struct {
	keys   []string
	values map[string]json.RawMessage
}

// parseObject reads a JSON object; ok is false when raw is anything else.
func parseObject(raw json.RawMessage) (o orderedObject, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return orderedObject{}, false
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return orderedObject{}, false
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return orderedObject{}, false
		}
		// Tokens at this place are always texts.
		o.set(key.(string), value)
	}
	end, err := decoder.Token()
	return o, err == nil && end == json.Delim('}')
}

// objectOf is an object with one member.
func objectOf(key string, value json.RawMessage) json.RawMessage {
	var o orderedObject
	o.set(key, value)
	return o.encode()
}

// get returns a member's value, or nil.
func (o *orderedObject) get(key string) json.RawMessage { return o.values[key] }

// child returns a member that is an object; anything else is an empty one.
func (o *orderedObject) child(key string) *orderedObject {
	child, _ := parseObject(o.get(key))
	return &child
}

// set replaces a member's value where it stands, or appends the member.
func (o *orderedObject) set(key string, value json.RawMessage) {
	if o.values == nil {
		o.values = map[string]json.RawMessage{}
	}
	if _, there := o.values[key]; !there {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

func (o *orderedObject) clone() orderedObject {
	return orderedObject{slices.Clone(o.keys), maps.Clone(o.values)}
}

// encode writes the object; values are taken as they are.
func (o *orderedObject) encode() json.RawMessage {
	out := []byte{'{'}
	for i, key := range o.keys {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, jsonText(key)...), ':'), o.values[key]...)
	}
	return append(out, '}')
}

// encodeList writes a list of values that are taken as they are.
func encodeList(values []json.RawMessage) json.RawMessage {
	out := []byte{'['}
	for i, v := range values {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, v...)
	}
	return append(out, ']')
}

func jsonText(s string) json.RawMessage {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a text can always be encoded
	}
	return raw
}

// sameJSON compares two values whatever the order of their keys and the way
// their numbers are written.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
