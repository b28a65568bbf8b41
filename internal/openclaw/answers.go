package openclaw

import (
	"encoding/json"
	"path"
)

// File is an entry of an agent's workspace.
type File struct {
	Name    string
	Missing bool // the gateway would keep it, but it is not there
}

// readFiles reads the answer of agents.files.list. An entry that has no name is
// known by its path; one without either is left out.
func readFiles(raw json.RawMessage) []File {
	files := []File{}
	for _, entry := range listOrMember(raw, "files") {
		var f struct {
			Name    string `json:"name"`
			Path    string `json:"path"`
			Missing bool   `json:"missing"`
		}
		_ = readLeniently(entry, &f) // what cannot be read stays empty
		if f.Name == "" && f.Path != "" {
			f.Name = path.Base(f.Path)
		}
		if f.Name != "" {
			files = append(files, File{Name: f.Name, Missing: f.Missing})
		}
	}
	return files
}

// readContent finds the text of a file in the forms an answer may have: a
// string, an object with content, or an object with a file with content.
func readContent(raw json.RawMessage) (string, bool) {
	if content, ok := stringOf(raw); ok {
		return content, true
	}
	var body, file struct {
		Content json.RawMessage `json:"content"`
		File    json.RawMessage `json:"file"`
	}
	_ = readLeniently(raw, &body) // what cannot be read stays empty
	if content, ok := stringOf(body.Content); ok {
		return content, true
	}
	_ = readLeniently(body.File, &file)
	return stringOf(file.Content)
}

// stringOf returns a JSON text; ok is false for anything else.
func stringOf(raw json.RawMessage) (text string, ok bool) {
	var read *string
	if json.Unmarshal(raw, &read) != nil || read == nil {
		return "", false
	}
	return *read, true
}

// readEntry returns the entry of an answer, or the whole of it.
func readEntry(raw json.RawMessage) json.RawMessage {
	var body struct {
		Entry json.RawMessage `json:"entry"`
	}
	_ = readLeniently(raw, &body)
	if present(body.Entry) {
		return body.Entry
	}
	return raw
}

// listOrMember reads a list, given as such or as a member of an object.
func listOrMember(raw json.RawMessage, member string) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		var body map[string]json.RawMessage
		_ = json.Unmarshal(raw, &body)
		_ = json.Unmarshal(body[member], &list)
	}
	if list == nil {
		return []json.RawMessage{}
	}
	return list
}
