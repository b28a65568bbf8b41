package httpapi

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonKind is the type of a parsed JSON value.
type jsonKind byte

const (
	jsonNull jsonKind = iota
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

// jsonValue is a parsed JSON value that remembers how it was written, because
// free JSON of clients is stored as sent and numbers keep their text.
type jsonValue struct {
	kind    jsonKind
	raw     []byte // as sent
	text    string // a string's value, a number's text, "true" or "false"
	unclean bool   // a string with a NUL character or half a surrogate pair in it or below it
	items   []jsonValue
	members []jsonMember // in the order sent; of equal keys only the last is kept
}

type jsonMember struct {
	key   string
	value jsonValue
}

// member returns the value of a key. Keys are case-sensitive.
func (v jsonValue) member(key string) (jsonValue, bool) {
	for i := range v.members {
		if v.members[i].key == key {
			return v.members[i].value, true
		}
	}
	return jsonValue{}, false
}

// plain returns the value for the input of an error: as it was sent, but as a
// text when it holds a number that readers of JSON may refuse.
func (v jsonValue) plain() any {
	if v.overlarge() {
		return string(v.raw)
	}
	switch v.kind {
	case jsonBool:
		return v.text == "true"
	case jsonString:
		return v.text
	case jsonNull:
		return nil
	default:
		return rawJSON(v.raw)
	}
}

type rawJSON []byte

func (r rawJSON) MarshalJSON() ([]byte, error) { return r, nil }

// jsonSyntaxError says what is wrong with a document, and where. Offset counts
// characters, as clients of the contract know it from the place in a 422.
type jsonSyntaxError struct {
	Offset int
	Reason string
}

func (e *jsonSyntaxError) Error() string { return e.Reason }

// maxJSONDepth bounds nesting, so that a hostile body cannot exhaust the stack.
const maxJSONDepth = 500

// parseJSON parses a document that is valid UTF-8. encoding/json is not used:
// the contract tells the place of a syntax error, keeps the last of equal keys,
// and reads keys case-sensitively.
func parseJSON(doc []byte) (jsonValue, error) {
	p := jsonParser{doc: doc}
	v, err := p.document()
	if err != nil {
		err.Offset = utf8.RuneCount(doc[:min(err.Offset, len(doc))])
		return jsonValue{}, err
	}
	return v, nil
}

type jsonParser struct {
	doc []byte
	pos int
}

func (p *jsonParser) document() (jsonValue, *jsonSyntaxError) {
	p.space()
	v, err := p.value(0)
	if err != nil {
		return v, err
	}
	if p.space(); p.pos < len(p.doc) {
		return v, p.fail(p.pos, "Extra data")
	}
	return v, nil
}

func (p *jsonParser) fail(at int, reason string) *jsonSyntaxError {
	return &jsonSyntaxError{Offset: at, Reason: reason}
}

func (p *jsonParser) space() {
	for p.pos < len(p.doc) {
		switch p.doc[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *jsonParser) peek() byte {
	if p.pos < len(p.doc) {
		return p.doc[p.pos]
	}
	return 0
}

func (p *jsonParser) value(depth int) (jsonValue, *jsonSyntaxError) {
	start := p.pos
	if depth > maxJSONDepth {
		return jsonValue{}, p.fail(start, "Nested too deeply")
	}
	var v jsonValue
	var err *jsonSyntaxError
	switch c := p.peek(); {
	case c == '"':
		v, err = p.stringValue()
	case c == '{':
		v, err = p.object(depth)
	case c == '[':
		v, err = p.array(depth)
	case c == '-' || c >= '0' && c <= '9':
		v, err = p.number()
	default:
		v, err = p.literal()
	}
	v.raw = p.doc[start:p.pos]
	return v, err
}

func (p *jsonParser) literal() (jsonValue, *jsonSyntaxError) {
	rest := p.doc[p.pos:]
	for _, word := range []struct {
		text string
		kind jsonKind
	}{{"null", jsonNull}, {"true", jsonBool}, {"false", jsonBool}} {
		if len(rest) >= len(word.text) && string(rest[:len(word.text)]) == word.text {
			p.pos += len(word.text)
			return jsonValue{kind: word.kind, text: word.text}, nil
		}
	}
	return jsonValue{}, p.fail(p.pos, "Expecting value")
}

func (p *jsonParser) digits() bool {
	start := p.pos
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.pos++
	}
	return p.pos > start
}

func (p *jsonParser) number() (jsonValue, *jsonSyntaxError) {
	start := p.pos
	if p.peek() == '-' {
		p.pos++
	}
	if p.peek() == '0' {
		p.pos++
	} else if !p.digits() {
		return jsonValue{}, p.fail(start, "Expecting value")
	}
	// A fraction or exponent without digits is not part of the number; what follows it then is the error.
	if mark := p.pos; p.peek() == '.' {
		if p.pos++; !p.digits() {
			p.pos = mark
		}
	}
	if mark := p.pos; p.peek() == 'e' || p.peek() == 'E' {
		p.pos++
		if c := p.peek(); c == '+' || c == '-' {
			p.pos++
		}
		if !p.digits() {
			p.pos = mark
		}
	}
	return jsonValue{kind: jsonNumber, text: string(p.doc[start:p.pos])}, nil
}

func (p *jsonParser) array(depth int) (jsonValue, *jsonSyntaxError) {
	v := jsonValue{kind: jsonArray}
	p.pos++
	if p.space(); p.peek() == ']' {
		p.pos++
		return v, nil
	}
	for {
		p.space()
		item, err := p.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
		v.unclean = v.unclean || item.unclean
		p.space()
		switch p.peek() {
		case ',':
			p.pos++
		case ']':
			p.pos++
			return v, nil
		default:
			return v, p.fail(p.pos, "Expecting ',' delimiter")
		}
	}
}

func (p *jsonParser) object(depth int) (jsonValue, *jsonSyntaxError) {
	v := jsonValue{kind: jsonObject}
	seen := map[string]int{}
	p.pos++
	if p.space(); p.peek() == '}' {
		p.pos++
		return v, nil
	}
	for {
		if p.space(); p.peek() != '"' {
			return v, p.fail(p.pos, "Expecting property name enclosed in double quotes")
		}
		key, err := p.stringValue()
		if err != nil {
			return v, err
		}
		if p.space(); p.peek() != ':' {
			return v, p.fail(p.pos, "Expecting ':' delimiter")
		}
		p.pos++
		p.space()
		value, err := p.value(depth + 1)
		if err != nil {
			return v, err
		}
		v.unclean = v.unclean || key.unclean || value.unclean
		if i, again := seen[key.text]; again {
			v.members[i].value = value
		} else {
			seen[key.text] = len(v.members)
			v.members = append(v.members, jsonMember{key.text, value})
		}
		p.space()
		switch p.peek() {
		case ',':
			p.pos++
		case '}':
			p.pos++
			return v, nil
		default:
			return v, p.fail(p.pos, "Expecting ',' delimiter")
		}
	}
}

var jsonEscapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (p *jsonParser) stringValue() (jsonValue, *jsonSyntaxError) {
	v := jsonValue{kind: jsonString}
	start := p.pos
	var text strings.Builder
	p.pos++
	for chunk := p.pos; ; {
		if p.pos >= len(p.doc) {
			return v, p.fail(start, "Unterminated string starting at")
		}
		switch c := p.doc[p.pos]; {
		case c == '"':
			text.Write(p.doc[chunk:p.pos])
			p.pos++
			v.text, v.raw = text.String(), p.doc[start:p.pos]
			return v, nil
		case c < 0x20:
			return v, p.fail(p.pos, "Invalid control character at")
		case c != '\\':
			p.pos++
		default:
			text.Write(p.doc[chunk:p.pos])
			r, whole, err := p.escape(start)
			if err != nil {
				return v, err
			}
			v.unclean = v.unclean || !whole || r == 0
			text.WriteRune(r)
			chunk = p.pos
		}
	}
}

// escape reads the escape at pos. Half a surrogate pair becomes the
// replacement character, and whole is false.
func (p *jsonParser) escape(start int) (r rune, whole bool, err *jsonSyntaxError) {
	if p.pos+1 >= len(p.doc) {
		return 0, false, p.fail(start, "Unterminated string starting at")
	}
	c := p.doc[p.pos+1]
	if c != 'u' {
		plain, ok := jsonEscapes[c]
		if !ok {
			return 0, false, p.fail(p.pos, "Invalid \\escape")
		}
		p.pos += 2
		return rune(plain), true, nil
	}
	first, ok := p.hex4(p.pos + 2)
	if !ok {
		return 0, false, p.fail(p.pos+1, "Invalid \\uXXXX escape")
	}
	p.pos += 6
	if !utf16.IsSurrogate(first) {
		return first, true, nil
	}
	if p.pos+1 < len(p.doc) && p.doc[p.pos] == '\\' && p.doc[p.pos+1] == 'u' {
		if second, ok := p.hex4(p.pos + 2); ok {
			if r = utf16.DecodeRune(first, second); r != utf8.RuneError {
				p.pos += 6
				return r, true, nil
			}
		}
	}
	return utf8.RuneError, false, nil
}

func (p *jsonParser) hex4(at int) (rune, bool) {
	if at+4 > len(p.doc) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.doc[at:at+4]), 16, 32)
	return rune(n), err == nil
}
