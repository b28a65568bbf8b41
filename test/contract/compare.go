package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// comparison walks the contract's operations and the schemas they name, and
// notes where ours says something else. Ours may say more where clients are
// free not to look: further properties, statuses, media types, optional
// parameters, prose, examples and extensions.
type comparison struct {
	contract, ours object
	differences    []string
	schemas        map[string]bool // compared, or about to be
	queue          []string
}

// compare returns one line for each difference.
func compare(contract, ours object) []string {
	c := &comparison{contract: contract, ours: ours, schemas: map[string]bool{}}
	paths := get(contract, "paths")
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for _, method := range methods {
			if operation, ok := get(paths, path)[method].(object); ok {
				our := get(get(get(ours, "paths"), path), method)
				c.operation(strings.ToUpper(method)+" "+path, operation, our)
			}
		}
	}
	for len(c.queue) > 0 {
		name := c.queue[0]
		c.queue = c.queue[1:]
		theirs, ours := c.component(contract, name), c.component(ours, name)
		if ours == nil {
			c.note("schema "+name, "is missing")
			continue
		}
		c.schema("schema "+name, theirs, ours)
	}
	slices.Sort(c.differences)
	return c.differences
}

func (c *comparison) component(document object, name string) object {
	return get(get(get(document, "components"), "schemas"), name)
}

func (c *comparison) note(place, format string, args ...any) {
	c.differences = append(c.differences, place+": "+fmt.Sprintf(format, args...))
}

func (c *comparison) operation(place string, theirs, ours object) {
	for _, key := range []string{"operationId", "tags"} {
		if !reflect.DeepEqual(theirs[key], ours[key]) {
			c.note(place, "%s is %s, not %s", key, text(ours[key]), text(theirs[key]))
		}
	}
	for key, value := range theirs {
		// Lists in extensions are texts of our own.
		if _, ok := value.(string); strings.HasPrefix(key, "x-") && (!has(ours, key) || ok && value != ours[key]) {
			c.note(place, "%s is %s, not %s", key, text(ours[key]), text(value))
		}
	}
	c.parameters(place, theirs["parameters"], ours["parameters"])
	if body := get(theirs, "requestBody"); body != nil {
		our := get(ours, "requestBody")
		if our["required"] != body["required"] {
			c.note(place, "body: required is %s, not %s", text(our["required"]), text(body["required"]))
		}
		c.content(place+" body", body, our)
	}
	for status, response := range get(theirs, "responses") {
		our := get(get(ours, "responses"), status)
		if our == nil {
			c.note(place, "status %s is not declared", status)
			continue
		}
		if theirs, ok := response.(object); ok {
			c.content(place+" "+status, theirs, our)
		}
	}
}

func (c *comparison) parameters(place string, theirs, ours any) {
	our := map[string]object{}
	list, _ := ours.([]any)
	for _, entry := range list {
		if parameter, ok := entry.(object); ok {
			our[parameterName(parameter)] = parameter
		}
	}
	list, _ = theirs.([]any)
	for _, entry := range list {
		parameter, ok := entry.(object)
		if !ok {
			continue
		}
		name := parameterName(parameter)
		mine, ok := our[name]
		if !ok {
			c.note(place, "parameter %s is missing", name)
			continue
		}
		if isTrue(parameter["required"]) != isTrue(mine["required"]) {
			c.note(place, "parameter %s: required is %t, not %t", name, isTrue(mine["required"]), isTrue(parameter["required"]))
		}
		c.schema(place+" parameter "+name, get(parameter, "schema"), get(mine, "schema"))
	}
}

func parameterName(parameter object) string {
	name := text(parameter["name"])
	if parameter["in"] == "header" {
		name = strings.ToLower(name)
	}
	return text(parameter["in"]) + " " + name
}

func (c *comparison) content(place string, theirs, ours object) {
	for media, entry := range get(theirs, "content") {
		our := get(get(ours, "content"), media)
		if our == nil {
			c.note(place, "%s is missing", media)
			continue
		}
		if theirs, ok := entry.(object); ok {
			c.schema(place, get(theirs, "schema"), get(our, "schema"))
		}
	}
}

// text is how a value is shown.
func text(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(encoded)
}

func isTrue(value any) bool { return value == true }
