package main

import "slices"

// object is a JSON object of a document.
type object = map[string]any

var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// cut removes from contract every operation that ours lacks, and nothing else.
// It counts the operations that are left, those removed, and those that only
// ours has.
//
// Where the contract's document declares no security it means "not said here"
// and not "open to everybody": the guards of operations that agents may call
// are missing in it. Ours does say it, which must not read as a change. Only
// the probes are really open, and theirs is compared.
func cut(contract, ours object) (built, missing, additional int) {
	theirPaths, ourPaths := get(contract, "paths"), get(ours, "paths")
	for path := range theirPaths {
		item := get(theirPaths, path)
		for _, method := range methods {
			operation, ok := item[method].(object)
			if !ok {
				continue
			}
			our, ok := get(get(ourPaths, path), method), has(get(ourPaths, path), method)
			if !ok {
				delete(item, method)
				missing++
				continue
			}
			built++
			if !has(operation, "security") && !tagged(operation, "health") && has(our, "security") {
				operation["security"] = our["security"]
			}
		}
		if !slices.ContainsFunc(methods, func(method string) bool { return has(item, method) }) {
			delete(theirPaths, path)
		}
	}
	for path := range ourPaths {
		for _, method := range methods {
			if has(get(ourPaths, path), method) && !has(get(theirPaths, path), method) {
				additional++
			}
		}
	}
	adoptSchemes(contract, ours)
	return built, missing, additional
}

// adoptSchemes adds the security schemes that the adopted securities name.
func adoptSchemes(contract, ours object) {
	theirs := get(get(contract, "components"), "securitySchemes")
	for name, scheme := range get(get(ours, "components"), "securitySchemes") {
		if !has(theirs, name) && theirs != nil {
			theirs[name] = scheme
		}
	}
}

func tagged(operation object, tag string) bool {
	tags, _ := operation["tags"].([]any)
	return slices.Contains(tags, any(tag))
}

// get returns the object under key, nil where there is none; nil is an empty
// object to all who read it.
func get(o object, key string) object {
	value, _ := o[key].(object)
	return value
}

func has(o object, key string) bool {
	_, ok := o[key]
	return ok
}
