package httpapi

import (
	"net/http"
	"reflect"
	"strconv"

	"missioncontrol/internal/mc"
)

// Listing is a list that is a plain array. When a page of it was asked for,
// headers tell which one, and how much there is.
type Listing[T any] struct {
	Items []T
	Paged *Paged // nil: these are all
}

// Paged tells what part of a list was asked for, and how long the list is.
type Paged struct {
	Total         int64
	Limit, Offset int
}

// MarshalJSON writes the items.
func (l Listing[T]) MarshalJSON() ([]byte, error) {
	if l.Items == nil {
		return []byte("[]"), nil
	}
	return mc.JSONOf(l.Items), nil
}

// SetHeaders tells of the page.
func (l Listing[T]) SetHeaders(h http.Header) {
	if l.Paged != nil {
		h.Set("X-Total-Count", strconv.FormatInt(l.Paged.Total, 10))
		h.Set("X-Limit", strconv.Itoa(l.Paged.Limit))
		h.Set("X-Offset", strconv.Itoa(l.Paged.Offset))
	}
}

// StandsFor is what the document shows.
func (Listing[T]) StandsFor() reflect.Type { return reflect.TypeFor[[]T]() }

// standsFor is implemented by answers that are written as another type.
type standsFor interface{ StandsFor() reflect.Type }

var typeStandsFor = reflect.TypeFor[standsFor]()
