package httpapi

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"missioncontrol/internal/mc"
)

// reader is implemented by text types that not every text can be, or that are
// known by other spellings: Read returns the text to be taken for the one sent.
type reader interface {
	Read(sent string) (string, error)
}

func textBinder(t reflect.Type, r rules) binder {
	allowed := enumValues(t)
	read := spellings(t)
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		if r.lenient && (in.kind == jsonNumber || in.kind == jsonString && strings.TrimSpace(in.text) == "") {
			in = jsonValue{kind: jsonString, text: strings.TrimSpace(in.text), raw: in.raw}
			if in.text == "" {
				return
			}
		}
		read, f := read(in)
		if f == nil {
			f = checkText(read, &r, allowed)
		}
		if f != nil {
			*errs = append(*errs, f.at(loc, in.plain()))
			return
		}
		text := read.text
		if r.trim {
			text = strings.TrimSpace(text)
		}
		v.SetString(text)
	}
}

// spellings gives what a value of a text type is read as.
func spellings(t reflect.Type) func(jsonValue) (jsonValue, *fault) {
	if !t.Implements(typeRead) {
		return func(in jsonValue) (jsonValue, *fault) { return in, nil }
	}
	known := reflect.Zero(t).Interface().(reader)
	return func(in jsonValue) (jsonValue, *fault) {
		if in.kind != jsonString || in.unclean {
			return in, nil // checkText says so
		}
		text, err := known.Read(in.text)
		if err != nil {
			return in, &fault{"value_error", "Value error, " + err.Error()}
		}
		in.text = text
		return in, nil
	}
}

func checkText(in jsonValue, r *rules, allowed []string) *fault {
	if in.kind != jsonString {
		return faultString
	}
	if in.unclean {
		return faultUnclean
	}
	text := in.text
	if r.trim {
		text = strings.TrimSpace(text)
	}
	if allowed != nil {
		return checkEnum(text, allowed)
	}
	switch n := utf8.RuneCountInString(text); {
	case n < r.minLength:
		return &fault{"string_too_short", fmt.Sprintf("String should have at least %d character(s)", r.minLength)}
	case r.maxLength > 0 && n > r.maxLength:
		return &fault{"string_too_long", fmt.Sprintf("String should have at most %d characters", r.maxLength)}
	}
	return nil
}

func checkEnum(text string, allowed []string) *fault {
	for _, a := range allowed {
		if a == text {
			return nil
		}
	}
	return &fault{"literal_error", "Input should be one of '" + strings.Join(allowed, "', '") + "'"}
}

func enumValues(t reflect.Type) []string {
	if t.Implements(typeEnum) {
		return reflect.Zero(t).Interface().(enumeration).Values()
	}
	return nil
}
