package httpapi

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"missioncontrol/internal/mc"
)

// Input types say by their shape and tags what a request may hold; decoding,
// validation and the OpenAPI schema all come from them:
//
//	Title   string            `json:"title"`                   required, not null
//	Status  mc.TaskStatus     `json:"status" default:"inbox"`  optional, not null, one of Values()
//	DueAt   *mc.Time          `json:"due_at"`                  optional, may be null
//	Name    mc.Opt[string]    `json:"name" notnull:"true"`     of a PATCH: absent, or a value
//	Message string            `json:"message" trim:"true" minLength:"1"`
//	Metrics mc.JSON           `json:"metrics" jsontype:"object"` kept as sent, may be null
//
// More tags: minimum, maximum, maxLength, minItems, maxItems, format, doc. With lenient:"true" a *string is
// trimmed and may be sent as a number, a blank one counts as null, and so does
// anything that is no object for a mc.JSON object. jsontype:"texts" is an object
// of texts, jsontype:"integers" one of integers, which are kept as such. A body
// that may have one of two forms is an Either.

// binder reads one JSON value into v and appends what is wrong with it.
type binder func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError)

// Validator is implemented by bodies with rules that concern several fields.
// Validate runs when every single field is right.
type Validator interface{ Validate() error }

// enumeration is implemented by text types with a fixed set of values.
type enumeration interface{ Values() []string }

// optional is mc.Opt, seen from a decoder.
type optional interface {
	BindNull()
	BindValue() any
	ElemType() reflect.Type
}

var (
	typeID    = reflect.TypeFor[mc.ID]()
	typeTime  = reflect.TypeFor[mc.Time]()
	typeJSON  = reflect.TypeFor[mc.JSON]()
	typeOpt   = reflect.TypeFor[optional]()
	typeEnum  = reflect.TypeFor[enumeration]()
	typeRead  = reflect.TypeFor[reader]()
	typeValid = reflect.TypeFor[Validator]()
)

// rules are what the tags of a field ask of its value.
type rules struct {
	trim                 bool
	minLength, maxLength int // maxLength 0: none
	minItems, maxItems   int // of a list; maxItems 0: any number
	minimum, maximum     *float64
	object               bool // a mc.JSON that must be an object
	texts                bool // of texts, or of what can be written as one
	integers             bool // of integers
	lenient              bool // null in place of what cannot be used; numbers are texts too
	notNull              bool // a mc.Opt that may be absent but not null
}

func rulesOf(tag reflect.StructTag) rules {
	r := rules{trim: tag.Get("trim") == "true", object: tag.Get("jsontype") != "", texts: tag.Get("jsontype") == "texts", integers: tag.Get("jsontype") == "integers", lenient: tag.Get("lenient") == "true", notNull: tag.Get("notnull") == "true"}
	r.trim = r.trim || r.lenient
	r.minLength, r.maxLength = tagInt(tag, "minLength"), tagInt(tag, "maxLength")
	r.minItems, r.maxItems = tagInt(tag, "minItems"), tagInt(tag, "maxItems")
	r.minimum, r.maximum = tagFloat(tag, "minimum"), tagFloat(tag, "maximum")
	return r
}

func tagInt(tag reflect.StructTag, name string) int {
	s, ok := tag.Lookup(name)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("tag %s:%q is no number", name, s))
	}
	return n
}

func tagFloat(tag reflect.StructTag, name string) *float64 {
	s, ok := tag.Lookup(name)
	if !ok {
		return nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(fmt.Sprintf("tag %s:%q is no number", name, s))
	}
	return &f
}

// field is one member of a body or a parameter, flattened out of embedded structs.
type field struct {
	name         string
	index        []int
	typ          reflect.Type
	tag          reflect.StructTag
	required     bool
	defaultValue *string
}

// fieldsOf lists the fields of t that carry the tag key, in order.
func fieldsOf(t reflect.Type, key string) []field {
	var out []field
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get(key), ",")
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		out = append(out, newField(name, f))
	}
	return out
}

func newField(name string, f reflect.StructField) field {
	def, hasDefault := f.Tag.Lookup("default")
	out := field{name: name, index: f.Index, typ: f.Type, tag: f.Tag}
	if hasDefault {
		out.defaultValue = &def
	}
	out.required = !hasDefault && !isNullable(f.Type)
	return out
}

// isNullable reports whether a value of the type may be absent or null.
func isNullable(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t == typeJSON || isOptional(t)
}

func isOptional(t reflect.Type) bool { return reflect.PointerTo(t).Implements(typeOpt) }

// setDefault writes the default tag of a field. A default is written as JSON,
// but for texts, which stand as they are.
func (f field) setDefault(v reflect.Value) {
	text := *f.defaultValue
	in := jsonValue{kind: jsonString, text: text, raw: []byte(text)}
	if f.typ.Kind() != reflect.String {
		parsed, err := parseJSON([]byte(text))
		if err != nil {
			panic(fmt.Sprintf("default of %s: %v", f.name, err))
		}
		in = parsed
	}
	var errs []mc.FieldError
	binderFor(f.typ, rules{})(v, in, nil, &errs)
	if len(errs) > 0 {
		panic(fmt.Sprintf("default of %s: %v", f.name, errs))
	}
}

// structBinder reads an object into a struct, all failing fields together.
func structBinder(t reflect.Type) binder {
	fields := fieldsOf(t, "json")
	binders := make([]binder, len(fields))
	for i, f := range fields {
		binders[i] = binderFor(f.typ, rulesOf(f.tag))
	}
	validates := t.Implements(typeValid)
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		if in.kind != jsonObject {
			*errs = append(*errs, faultModel.at(loc, in.plain()))
			return
		}
		before := len(*errs)
		for i, f := range fields {
			at := append(slices.Clip(loc), f.name)
			member, sent := in.member(f.name)
			switch {
			case sent:
				binders[i](v.FieldByIndex(f.index), member, at, errs)
			case f.required:
				*errs = append(*errs, faultMissing.at(at, in.plain()))
			case f.defaultValue != nil:
				f.setDefault(v.FieldByIndex(f.index))
			}
		}
		if validates && len(*errs) == before {
			appendInvalid(errs, v.Interface().(Validator).Validate(), loc)
		}
	}
}

// appendInvalid adds the fields of a domain error; places that name no part of
// the request are put at loc.
func appendInvalid(errs *[]mc.FieldError, err error, loc []any) {
	if err == nil {
		return
	}
	invalid, ok := errors.AsType[*mc.Error](err)
	if !ok || len(invalid.Fields) == 0 {
		*errs = append(*errs, mc.FieldError{Type: "value_error", Loc: loc, Msg: "Value error, " + err.Error()})
		return
	}
	*errs = append(*errs, invalid.Fields...)
}

// binderFor builds the binder of a type once, when an operation is registered.
func binderFor(t reflect.Type, r rules) binder {
	switch {
	case isOptional(t):
		return optionalBinder(t, r)
	case t.Kind() == reflect.Pointer:
		inner := binderFor(t.Elem(), r)
		return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
			if in.kind == jsonNull {
				v.SetZero()
				return
			}
			v.Set(reflect.New(t.Elem()))
			inner(v.Elem(), in, loc, errs)
			if r.lenient && v.Elem().IsZero() {
				v.SetZero()
			}
		}
	case t.Implements(typeEither):
		return eitherBinder(t)
	case t == typeID:
		return scalarBinder(idFromJSON)
	case t == typeTime:
		return scalarBinder(timeFromJSON)
	case t == typeJSON:
		return jsonBinder(r)
	}
	switch t.Kind() {
	case reflect.String:
		return textBinder(t, r)
	case reflect.Bool:
		return scalarBinder(boolFromJSON)
	case reflect.Int, reflect.Int64:
		return numberBinder(r, intFromJSON, func(v reflect.Value, n int64) { v.SetInt(n) })
	case reflect.Float64:
		return numberBinder(r, floatFromJSON, func(v reflect.Value, f float64) { v.SetFloat(f) })
	case reflect.Slice:
		return listBinder(t, r)
	case reflect.Map:
		return mapBinder(t)
	case reflect.Struct:
		return structBinder(t)
	}
	panic(fmt.Sprintf("httpapi: no way to decode a %s", t))
}

func optionalBinder(t reflect.Type, r rules) binder {
	elem := reflect.New(t).Interface().(optional).ElemType()
	notNull := r.notNull
	r.notNull = false
	inner := binderFor(elem, r)
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		opt := v.Addr().Interface().(optional)
		if in.kind != jsonNull {
			inner(reflect.ValueOf(opt.BindValue()).Elem(), in, loc, errs)
			return
		}
		if opt.BindNull(); notNull {
			*errs = append(*errs, mc.FieldError{Type: "value_error", Loc: loc, Msg: "Value error, must not be null"})
		}
	}
}

func scalarBinder[T any](read func(jsonValue) (T, *fault)) binder {
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		value, f := read(in)
		if f != nil {
			*errs = append(*errs, f.at(loc, in.plain()))
			return
		}
		*v.Addr().Interface().(*T) = value
	}
}

func idFromJSON(in jsonValue) (mc.ID, *fault) {
	if in.kind != jsonString {
		return mc.ID{}, faultUUID
	}
	return idFromText(in.text)
}

func jsonBinder(r rules) binder {
	raw := scalarBinder(func(in jsonValue) (mc.JSON, *fault) { return rawFromJSON(in, r) })
	if r.integers {
		return integersBinder(raw)
	}
	if !r.texts {
		return raw
	}
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		raw(v, in, loc, errs)
		for _, m := range in.members {
			if m.value.kind != jsonString && m.value.kind != jsonNumber && m.value.kind != jsonNull {
				*errs = append(*errs, faultString.at(append(loc[:len(loc):len(loc)], m.key), m.value.plain()))
			}
		}
	}
}

// integersBinder reads an object of integers, in any form that an integer may
// have, and writes it with plain ones.
func integersBinder(raw binder) binder {
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		raw(v, in, loc, errs)
		if in.kind != jsonObject {
			return
		}
		plain := []byte{'{'}
		for i, m := range in.members {
			n, f := intFromJSON(m.value)
			if f != nil {
				*errs = append(*errs, f.at(append(loc[:len(loc):len(loc)], m.key), m.value.plain()))
			}
			if i > 0 {
				plain = append(plain, ',')
			}
			plain = append(append(plain, mc.JSONOf(m.key)...), ':')
			plain = strconv.AppendInt(plain, n, 10)
		}
		v.Set(reflect.ValueOf(mc.JSON(append(plain, '}'))))
	}
}

func rawFromJSON(in jsonValue, r rules) (mc.JSON, *fault) {
	switch {
	case in.kind == jsonNull, r.object && r.lenient && in.kind != jsonObject:
		return nil, nil
	case r.object && in.kind != jsonObject:
		return nil, faultObject
	case in.unclean:
		return nil, faultUnclean
	case in.overlarge():
		return nil, faultFloatText
	}
	return mc.JSON(append([]byte(nil), in.raw...)), nil
}

// overlarge reports whether a number in the value exceeds the range of a double.
func (v jsonValue) overlarge() bool {
	if v.kind == jsonNumber && strings.ContainsAny(v.text, ".eE") {
		_, err := strconv.ParseFloat(v.text, 64)
		return err != nil
	}
	for _, item := range v.items {
		if item.overlarge() {
			return true
		}
	}
	for _, m := range v.members {
		if m.value.overlarge() {
			return true
		}
	}
	return false
}

func numberBinder[T int64 | float64](r rules, read func(jsonValue) (T, *fault), set func(reflect.Value, T)) binder {
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		n, f := read(in)
		if f == nil {
			f = r.checkRange(float64(n))
		}
		if f != nil {
			*errs = append(*errs, f.at(loc, in.plain()))
			return
		}
		set(v, n)
	}
}

func (r *rules) checkRange(n float64) *fault {
	if r.minimum != nil && n < *r.minimum {
		return &fault{"greater_than_equal", fmt.Sprintf("Input should be greater than or equal to %v", *r.minimum)}
	}
	if r.maximum != nil && n > *r.maximum {
		return &fault{"less_than_equal", fmt.Sprintf("Input should be less than or equal to %v", *r.maximum)}
	}
	return nil
}

func listBinder(t reflect.Type, r rules) binder {
	item := binderFor(t.Elem(), rules{trim: r.trim, minLength: r.minLength})
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		if in.kind != jsonArray {
			*errs = append(*errs, faultList.at(loc, in.plain()))
			return
		}
		if len(in.items) < r.minItems {
			*errs = append(*errs, (&fault{"too_short", fmt.Sprintf("List should have at least %d item(s)", r.minItems)}).at(loc, in.plain()))
			return
		}
		if r.maxItems > 0 && len(in.items) > r.maxItems {
			*errs = append(*errs, (&fault{"too_long", fmt.Sprintf("List should have at most %d items", r.maxItems)}).at(loc, nil))
			return
		}
		v.Set(reflect.MakeSlice(t, len(in.items), len(in.items)))
		for i, value := range in.items {
			item(v.Index(i), value, append(loc[:len(loc):len(loc)], i), errs)
		}
	}
}

func mapBinder(t reflect.Type) binder {
	item := binderFor(t.Elem(), rules{})
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		if in.kind != jsonObject {
			*errs = append(*errs, faultObject.at(loc, in.plain()))
			return
		}
		v.Set(reflect.MakeMapWithSize(t, len(in.members)))
		for _, m := range in.members {
			value := reflect.New(t.Elem()).Elem()
			item(value, m.value, append(loc[:len(loc):len(loc)], m.key), errs)
			v.SetMapIndex(reflect.ValueOf(m.key), value)
		}
	}
}
