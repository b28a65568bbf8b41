package main

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// prose are the keywords of a schema that promise nothing to a client.
var prose = []string{"title", "description", "example", "examples", "deprecated", "externalDocs", "$comment"}

const schemaFolder = "#/components/schemas/"

// schema compares two schemas keyword by keyword. The spelling counts too:
// generated clients differ between a list of types and an anyOf, and between a
// reference and what it stands for.
func (c *comparison) schema(place string, theirs, ours object) {
	if ours == nil && theirs != nil {
		c.note(place, "has no schema")
		return
	}
	for _, key := range slices.Sorted(maps.Keys(theirs)) {
		if slices.Contains(prose, key) {
			continue
		}
		if empty, ok := theirs[key].(object); ok && len(empty) == 0 && !has(ours, key) {
			continue // no properties, said or not
		}
		if !has(ours, key) && key == "minLength" {
			continue // a text that the contract's rules take as none may be empty: we refuse less
		}
		if !has(ours, key) {
			c.note(place, "%s is missing (there: %s)", key, text(theirs[key]))
			continue
		}
		c.keyword(place, key, theirs[key], ours[key])
	}
	for _, key := range slices.Sorted(maps.Keys(ours)) {
		free := slices.Contains(prose, key) || strings.HasPrefix(key, "x-") || key == "properties" || key == "required"
		if !free && !has(theirs, key) {
			c.note(place, "%s is not in the contract (here: %s)", key, text(ours[key]))
		}
	}
}

func (c *comparison) keyword(place, key string, theirs, ours any) {
	switch key {
	case "$ref":
		if theirs == ours {
			c.enqueue(text(theirs))
			return
		}
	case "properties":
		c.properties(place, theirs, ours)
		return
	case "required":
		for _, name := range list(theirs) {
			if !slices.Contains(list(ours), name) {
				c.note(place, "%s is not required", text(name))
			}
		}
		return
	case "enum":
		if sameSet(list(theirs), list(ours)) {
			return
		}
	case "anyOf", "oneOf", "allOf", "prefixItems":
		if c.alternatives(place+" "+key, list(theirs), list(ours)) {
			return
		}
	default:
		their, ok := theirs.(object)
		our, also := ours.(object)
		if ok && also && (key == "items" || key == "additionalProperties") {
			c.schema(place+"/"+key, their, our)
			return
		}
		if reflect.DeepEqual(theirs, ours) || sameNumber(theirs, ours) {
			return
		}
	}
	c.note(place, "%s is %s, not %s", key, text(ours), text(theirs))
}

func (c *comparison) properties(place string, theirs, ours any) {
	their, _ := theirs.(object)
	our, _ := ours.(object)
	for _, name := range slices.Sorted(maps.Keys(their)) {
		mine, ok := our[name].(object)
		if !ok {
			c.note(place, "property %s is missing", name)
			continue
		}
		c.schema(place+"/"+name, get(their, name), mine)
	}
}

// alternatives compares lists of schemas by position, where they are as long
// as each other.
func (c *comparison) alternatives(place string, theirs, ours []any) bool {
	if len(theirs) != len(ours) {
		return false
	}
	for i := range theirs {
		their, ok := theirs[i].(object)
		our, also := ours[i].(object)
		if !ok || !also {
			return false
		}
		c.schema(place, their, our)
	}
	return true
}

func (c *comparison) enqueue(reference string) {
	name, ok := strings.CutPrefix(reference, schemaFolder)
	if ok && !c.schemas[name] {
		c.schemas[name] = true
		c.queue = append(c.queue, name)
	}
}

func list(value any) []any {
	values, _ := value.([]any)
	return values
}

func sameSet(a, b []any) bool {
	within := func(a, b []any) bool {
		return !slices.ContainsFunc(a, func(value any) bool { return !slices.Contains(b, value) })
	}
	return within(a, b) && within(b, a)
}

// sameNumber reports whether two values are the same number, however written: 0 and 0.0.
func sameNumber(theirs, ours any) bool {
	their, ok := theirs.(json.Number)
	our, also := ours.(json.Number)
	if !ok || !also {
		return false
	}
	a, errA := their.Float64()
	b, errB := our.Float64()
	return errA == nil && errB == nil && a == b
}
