package mc

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// JSON is a JSON value kept as it was sent: order of keys, text of numbers.
// The nil JSON is SQL NULL and is written as null.
type JSON []byte

// JSONOf encodes v. It panics when v cannot be JSON, which is a mistake of the
// caller: v is always made of plain values.
func JSONOf(v any) JSON {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("mc.JSONOf(%T): %v", v, err))
	}
	return JSON(bytes.TrimRight(buf.Bytes(), "\n"))
}

// IsNull reports whether j is absent or the JSON value null.
func (j JSON) IsNull() bool { return len(j) == 0 || string(j) == "null" }

// Decode reads j into v.
func (j JSON) Decode(v any) error { return json.Unmarshal(j, v) }

// MarshalJSON writes the value as it was sent.
func (j JSON) MarshalJSON() ([]byte, error) {
	if len(j) == 0 {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps a copy of the value.
func (j *JSON) UnmarshalJSON(b []byte) error {
	*j = append((*j)[:0:0], b...)
	return nil
}

// Value stores the text, or NULL for the nil JSON and for null.
func (j JSON) Value() (driver.Value, error) {
	if j.IsNull() {
		return nil, nil
	}
	return string(j), nil
}

// Scan reads a stored value. A stored JSON null counts as NULL, as an adopted
// database has both.
func (j *JSON) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*j = nil
	case string:
		*j = JSON(v)
	case []byte:
		*j = append(JSON(nil), v...)
	default:
		return fmt.Errorf("cannot read JSON from %T", src)
	}
	if j.IsNull() {
		*j = nil
	}
	return nil
}
