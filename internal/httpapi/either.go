package httpapi

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"missioncontrol/internal/mc"
)

// Either is a body that has one of two forms. Of a value that has neither, what
// is wrong with both is reported, each place under the name of its form.
type Either[A, B any] struct {
	A *A // set when the first form fits, which is tried first
	B *B // set otherwise
}

func (Either[A, B]) forms() [2]reflect.Type {
	return [2]reflect.Type{reflect.TypeFor[A](), reflect.TypeFor[B]()}
}

// either is an Either, whatever its forms. Its fields are in the order of forms.
type either interface{ forms() [2]reflect.Type }

var typeEither = reflect.TypeFor[either]()

func formsOf(t reflect.Type) [2]reflect.Type { return reflect.Zero(t).Interface().(either).forms() }

func eitherBinder(t reflect.Type) binder {
	forms := formsOf(t)
	binders := [2]binder{binderFor(forms[0], rules{}), binderFor(forms[1], rules{})}
	return func(v reflect.Value, in jsonValue, loc []any, errs *[]mc.FieldError) {
		var all []mc.FieldError
		for i, form := range forms {
			value := reflect.New(form)
			var wrong []mc.FieldError
			binders[i](value.Elem(), in, loc, &wrong)
			if len(wrong) == 0 {
				v.Field(i).Set(value)
				return
			}
			for _, w := range wrong {
				w.Loc = append(append(append([]any{}, loc...), schemaName(form)), w.Loc[min(len(loc), len(w.Loc)):]...)
				all = append(all, w)
			}
		}
		*errs = append(*errs, all...)
	}
}

func (s *schemas) ofEither(t reflect.Type) *huma.Schema {
	forms := formsOf(t)
	return &huma.Schema{AnyOf: []*huma.Schema{s.of(forms[0], ""), s.of(forms[1], "")}}
}
