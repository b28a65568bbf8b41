package mc

import "reflect"

// Opt is a field of a PATCH body. It tells apart what a client may mean: the
// key is absent (leave the field), null (clear it) or a value (set it).
type Opt[T any] struct {
	present bool
	value   *T
}

// Set returns an Opt that carries v.
func Set[T any](v T) Opt[T] { return Opt[T]{present: true, value: &v} }

// Null returns an Opt that was sent as null.
func Null[T any]() Opt[T] { return Opt[T]{present: true} }

// Present reports whether the key was sent, as null or as a value.
func (o Opt[T]) Present() bool { return o.present }

// IsNull reports whether null was sent.
func (o Opt[T]) IsNull() bool { return o.present && o.value == nil }

// Get returns the value, and whether one was sent.
func (o Opt[T]) Get() (T, bool) {
	if o.value == nil {
		var zero T
		return zero, false
	}
	return *o.value, true
}

// Ptr returns the value, or nil when the field is absent or null.
func (o Opt[T]) Ptr() *T { return o.value }

// Apply writes the value to dst if one was sent, and reports whether it did.
func (o Opt[T]) Apply(dst *T) bool {
	if o.value == nil {
		return false
	}
	*dst = *o.value
	return true
}

// ApplyPtr writes the value, or nil for null, to dst if the key was sent.
func (o Opt[T]) ApplyPtr(dst **T) bool {
	if o.present {
		*dst = o.value
	}
	return o.present
}

// BindNull marks the field as sent with null. It is for decoders.
func (o *Opt[T]) BindNull() { *o = Null[T]() }

// BindValue marks the field as sent with a value and returns where that value
// goes, as a *T. It is for decoders.
func (o *Opt[T]) BindValue() any {
	o.present, o.value = true, new(T)
	return o.value
}

// ElemType returns the type of the value. It is for decoders and documentation.
func (Opt[T]) ElemType() reflect.Type { return reflect.TypeFor[T]() }
