package mc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// ASCII writes a value for people and models to read: keys in the order they
// were sent, numbers as they were sent, everything beyond ASCII escaped. With an
// indent each member has its line. It ends once the text is longer than most.
func (j JSON) ASCII(indent string, most int) string {
	if j.IsNull() {
		return "null"
	}
	w := asciiWriter{dec: json.NewDecoder(bytes.NewReader(j)), indent: indent, most: most}
	w.dec.UseNumber()
	if w.value("\n") != nil {
		return string(j) // no JSON: nothing of ours wrote it
	}
	return w.b.String()
}

type asciiWriter struct {
	b      strings.Builder
	dec    *json.Decoder
	indent string
	most   int
}

// value writes the next value; line begins a line at its depth.
func (w *asciiWriter) value(line string) error {
	tok, err := w.dec.Token()
	if err != nil {
		return err
	}
	switch v := tok.(type) {
	case json.Delim:
		return w.members(v, line)
	case string:
		w.text(v)
	case nil:
		w.b.WriteString("null")
	default:
		fmt.Fprint(&w.b, v) // true, false or a json.Number
	}
	return nil
}

func (w *asciiWriter) members(open json.Delim, line string) error {
	closing := map[json.Delim]string{'{': "}", '[': "]"}[open]
	w.b.WriteString(open.String())
	first := true
	for w.dec.More() {
		if w.b.Len() > w.most {
			return nil
		}
		switch {
		case w.indent == "" && !first:
			w.b.WriteString(", ")
		case w.indent != "" && !first:
			w.b.WriteString("," + line + w.indent)
		case w.indent != "":
			w.b.WriteString(line + w.indent)
		}
		first = false
		if open == '{' {
			key, err := w.dec.Token()
			if err != nil {
				return err
			}
			w.text(key.(string))
			w.b.WriteString(": ")
		}
		if err := w.value(line + w.indent); err != nil {
			return err
		}
	}
	if w.b.Len() > w.most {
		return nil
	}
	if _, err := w.dec.Token(); err != nil {
		return err
	}
	if w.indent != "" && !first {
		w.b.WriteString(line)
	}
	w.b.WriteString(closing)
	return nil
}

var asciiEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}

func (w *asciiWriter) text(s string) {
	w.b.WriteByte('"')
	for _, r := range s {
		escape, special := asciiEscapes[r]
		switch {
		case special:
			w.b.WriteString(escape)
		case r >= ' ' && r <= '~':
			w.b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&w.b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&w.b, `\u%04x`, r)
		}
		if w.b.Len() > w.most {
			break
		}
	}
	w.b.WriteByte('"')
}
