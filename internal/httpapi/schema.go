package httpapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemas collects the component schemas of the document. They are made from
// the same types and tags as decoding, so that the document cannot promise what
// the server does not do. huma's own generator is not used: it has no shape for
// a nullable reference, and its idea of a required field is another one.
type schemas struct {
	named map[string]*huma.Schema
	types map[string]reflect.Type
	// answering is set while the schema of an answer is made: all its fields are
	// there, where a request may leave those out that have a default.
	answering bool
}

func newSchemas() *schemas {
	return &schemas{named: map[string]*huma.Schema{}, types: map[string]reflect.Type{}}
}

const schemaRefPrefix = "#/components/schemas/"

// The methods below make schemas a huma.Registry.

// Schema returns the schema of t, by reference for a named struct.
func (s *schemas) Schema(t reflect.Type, _ bool, _ string) *huma.Schema { return s.of(t, "") }

// SchemaFromRef returns what a reference names.
func (s *schemas) SchemaFromRef(ref string) *huma.Schema {
	return s.named[strings.TrimPrefix(ref, schemaRefPrefix)]
}

// TypeFromRef returns the Go type that a reference stands for.
func (s *schemas) TypeFromRef(ref string) reflect.Type {
	return s.types[strings.TrimPrefix(ref, schemaRefPrefix)]
}

// Map returns all named schemas.
func (s *schemas) Map() map[string]*huma.Schema { return s.named }

// RegisterTypeAlias is not used.
func (s *schemas) RegisterTypeAlias(reflect.Type, reflect.Type) {}

// MarshalJSON writes the named schemas.
func (s *schemas) MarshalJSON() ([]byte, error) { return json.Marshal(s.named) }

// schemaNamer is implemented by types whose name in the document is not their Go name.
type schemaNamer interface{ SchemaName() string }

// schemaHinter is implemented by types whose schema carries hints for agents.
type schemaHinter interface{ SchemaHints() map[string]any }

// schemaCorrector is implemented by types that Go cannot describe in full, such
// as one of several shapes.
type schemaCorrector interface{ CorrectSchema(s *huma.Schema) }

func schemaName(t reflect.Type) string {
	if n, ok := reflect.Zero(t).Interface().(schemaNamer); ok {
		return n.SchemaName()
	}
	return t.Name()
}

// of returns the schema of a type; tag holds the tags of the field it is of.
func (s *schemas) of(t reflect.Type, tag reflect.StructTag) *huma.Schema {
	switch {
	case isOptional(t):
		inner := s.of(reflect.Zero(t).Interface().(optional2).ElemType(), tag)
		if tag.Get("nullable") == "false" {
			return inner
		}
		return nullable(inner)
	case t.Kind() == reflect.Pointer:
		return nullable(s.of(t.Elem(), tag))
	case t.Implements(typeEither):
		return s.ofEither(t)
	case t.Implements(typeStandsFor):
		return s.of(reflect.Zero(t).Interface().(standsFor).StandsFor(), tag)
	case t == typeID:
		return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
	case t == typeTime:
		return &huma.Schema{Type: huma.TypeString, Format: "date-time"}
	case t == typeJSON:
		return jsonSchema(tag)
	}
	r := rulesOf(tag)
	switch t.Kind() {
	case reflect.String:
		out := &huma.Schema{Type: huma.TypeString, Format: tag.Get("format")}
		if values := enumValues(t); len(values) == 1 {
			out.Extensions = map[string]any{"const": values[0]}
		} else {
			out.Enum = anySlice(values)
		}
		if r.minLength > 0 {
			out.MinLength = &r.minLength
		}
		if r.maxLength > 0 {
			out.MaxLength = &r.maxLength
		}
		return out
	case reflect.Bool:
		return &huma.Schema{Type: huma.TypeBoolean}
	case reflect.Int, reflect.Int64:
		return &huma.Schema{Type: huma.TypeInteger, Minimum: r.minimum, Maximum: r.maximum}
	case reflect.Float64:
		return &huma.Schema{Type: huma.TypeNumber, Minimum: r.minimum, Maximum: r.maximum}
	case reflect.Slice:
		out := &huma.Schema{Type: huma.TypeArray, Items: s.of(t.Elem(), "")}
		if r.minItems > 0 {
			out.MinItems = &r.minItems
		}
		if r.maxItems > 0 {
			out.MaxItems = &r.maxItems
		}
		return out
	case reflect.Map:
		return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: s.of(t.Elem(), "")}
	case reflect.Interface:
		return &huma.Schema{}
	case reflect.Struct:
		return s.ofStruct(t)
	}
	panic(fmt.Sprintf("httpapi: no schema for a %s", t))
}

// optional2 is the part of mc.Opt that works on a value.
type optional2 interface{ ElemType() reflect.Type }

func jsonSchema(tag reflect.StructTag) *huma.Schema {
	object := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
	switch tag.Get("jsontype") {
	case "":
		return &huma.Schema{}
	case "values": // anything, nulls included
		object.AdditionalProperties = nullable(&huma.Schema{})
	case "texts":
		object.AdditionalProperties = &huma.Schema{Type: huma.TypeString}
	case "integers":
		object.AdditionalProperties = &huma.Schema{Type: huma.TypeInteger}
	}
	if _, hasDefault := tag.Lookup("default"); hasDefault || tag.Get("nullable") == "false" {
		return object
	}
	return nullable(object)
}

// nullable says that a value may also be null, in the form the contract has.
func nullable(s *huma.Schema) *huma.Schema {
	if len(s.AnyOf) > 0 {
		return s
	}
	return &huma.Schema{AnyOf: []*huma.Schema{s, {Type: "null"}}}
}

func (s *schemas) ofStruct(t reflect.Type) *huma.Schema {
	name := schemaName(t)
	ref := &huma.Schema{Ref: schemaRefPrefix + name}
	if known, ok := s.types[name]; ok {
		if known != t {
			panic(fmt.Sprintf("httpapi: %s and %s are both named %s in the document", known, t, name))
		}
		return ref
	}
	s.types[name] = t
	out := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}}
	s.named[name] = out
	for _, f := range fieldsOf(t, "json") {
		prop := s.of(f.typ, f.tag)
		prop.Description = f.tag.Get("doc")
		if f.defaultValue != nil && f.typ.Kind() != reflect.Slice {
			prop.Default = defaultOf(f)
		}
		out.Properties[f.name] = prop
		if (f.required || s.answering) && !strings.Contains(f.tag.Get("json"), ",omit") {
			out.Required = append(out.Required, f.name)
		}
	}
	if c, ok := reflect.Zero(t).Interface().(schemaCorrector); ok {
		c.CorrectSchema(out)
	}
	if h, ok := reflect.Zero(t).Interface().(schemaHinter); ok {
		out.Extensions = h.SchemaHints()
	}
	return ref
}

func defaultOf(f field) any {
	v := reflect.New(f.typ).Elem()
	f.setDefault(v)
	return v.Interface()
}

func anySlice(values []string) []any {
	if values == nil {
		return nil
	}
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}
