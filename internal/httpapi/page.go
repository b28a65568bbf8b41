package httpapi

import (
	"reflect"
	"strings"
)

// PageQuery is the part of a page that a request asks for.
type PageQuery struct {
	Limit  int `query:"limit" default:"200" minimum:"1" maximum:"200" doc:"Greatest number of items to return."`
	Offset int `query:"offset" default:"0" minimum:"0" doc:"Number of items to skip."`
}

// Page is one page of a list. Total counts all rows after filters.
type Page[T any] struct {
	Items  []T   `json:"items"`
	Total  int64 `json:"total" minimum:"0"`
	Limit  int   `json:"limit" minimum:"1"`
	Offset int   `json:"offset" minimum:"0"`
}

// NewPage makes the page that q asked for.
func NewPage[T any](items []T, total int64, q PageQuery) Page[T] {
	if items == nil {
		items = []T{}
	}
	return Page[T]{Items: items, Total: total, Limit: q.Limit, Offset: q.Offset}
}

// SchemaName is the name in the document.
func (Page[T]) SchemaName() string {
	return "LimitOffsetPage_TypeVar_Customized_" + strings.TrimPrefix(schemaName(reflect.TypeFor[T]()), "*") + "_"
}
