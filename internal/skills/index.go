package skills

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"missioncontrol/internal/mc"
)

// parseIndex reads skills_index.json: an array of entries, or an object that has
// one as skills. Such files are written by hand and by all kinds of scripts:
// stray commas and text after the end are let pass.
func parseIndex(raw []byte) ([]map[string]json.RawMessage, error) {
	p := &lenient{rest: bytes.TrimPrefix(raw, []byte("\ufeff"))}
	switch p.next("") {
	case '[':
		return p.array()
	case '{':
		return p.object()
	}
	return nil, errors.New("neither an array nor an object")
}

// lenient reads JSON from the front.
type lenient struct{ rest []byte }

// next skips white space, and the characters in skip, and shows what follows; 0
// at the end.
func (p *lenient) next(skip string) byte {
	p.rest = bytes.TrimLeft(p.rest, " \t\r\n"+skip)
	if len(p.rest) == 0 {
		return 0
	}
	return p.rest[0]
}

func (p *lenient) value() (v json.RawMessage, err error) {
	dec := json.NewDecoder(bytes.NewReader(p.rest))
	if err := dec.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	p.rest = p.rest[dec.InputOffset():]
	return v, nil
}

func (p *lenient) array() (entries []map[string]json.RawMessage, err error) {
	p.rest = p.rest[1:]
	for p.next(",") != ']' {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		var entry map[string]json.RawMessage
		if v[0] != '{' || json.Unmarshal(v, &entry) != nil {
			return nil, errors.New("an entry is no object")
		}
		entries = append(entries, entry)
	}
	p.rest = p.rest[1:]
	return entries, nil
}

func (p *lenient) object() (entries []map[string]json.RawMessage, err error) {
	p.rest = p.rest[1:]
	for p.next(",") != '}' {
		raw, err := p.value()
		var key string
		if err == nil {
			err = json.Unmarshal(raw, &key)
		}
		if err == nil && p.next("") != ':' {
			err = errors.New("a colon is missing")
		}
		if err != nil {
			return nil, err
		}
		p.rest = p.rest[1:]
		if key == "skills" {
			entries = nil
			if p.next("") == '[' {
				if entries, err = p.array(); err != nil {
					return nil, err
				}
				continue
			}
		}
		if _, err := p.value(); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// text is a field of an entry, trimmed; what is no text is none.
func text(entry map[string]json.RawMessage, name string) string {
	var s string
	if json.Unmarshal(entry[name], &s) != nil {
		return ""
	}
	return strings.TrimSpace(mc.CleanText(s))
}

func textOrNil(entry map[string]json.RawMessage, name string) *string {
	if s := text(entry, name); s != "" {
		return &s
	}
	return nil
}

// repositoryPath gives a path its normal form; that of the root is empty.
func repositoryPath(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), `\`, "/")
	for {
		cut := strings.TrimPrefix(strings.TrimPrefix(s, "./"), "/")
		if cut == s {
			break
		}
		s = cut
	}
	s = strings.TrimRight(s, "/")
	if strings.EqualFold(s, skillFile) {
		return ""
	}
	if n := len(s) - len("/"+skillFile); n >= 0 && strings.EqualFold(s[n:], "/"+skillFile) {
		s = s[:n]
	}
	return s
}

func leaves(path string) bool { return slices.Contains(strings.Split(path, "/"), "..") }

// indexMetadata tells how an entry of an index was understood.
type indexMetadata struct {
	Mode     string  `json:"discovery_mode"`
	Branch   string  `json:"pack_branch"`
	Source   *string `json:"source_url,omitempty"`
	Resolved *string `json:"resolved_path,omitempty"`
}

// addIndex adds what an index lists.
func (d *discovery) addIndex(entries []map[string]json.RawMessage) {
	for n, entry := range entries {
		skill, ok, problem := d.fromIndex(entry)
		if problem != "" {
			d.warn(fmt.Sprintf("%s: entry %d %s", indexFile, n+1, problem))
		}
		if ok {
			d.add(skill)
		}
	}
}

func (d *discovery) fromIndex(entry map[string]json.RawMessage) (skill mc.Skill, ok bool, problem string) {
	path, address := text(entry, "path"), text(entry, "source_url")
	place := repositoryPath(path)
	meta := indexMetadata{Mode: "skills_index", Branch: d.branch}
	if address != "" {
		meta.Source = &address
	}
	skill = mc.Skill{Name: text(entry, "name"), Description: textOrNil(entry, "description"), Category: textOrNil(entry, "category"), Risk: textOrNil(entry, "risk"), Source: unlessEmpty(place)}
	switch absolute := strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://"); {
	case absolute:
		skill.SourceURL = address
		if _, inside, ok := strings.Cut(address, "/tree/"); ok {
			_, inside, _ = strings.Cut(inside, "/") // behind the branch
			skill.Source = mc.Ref(repositoryPath(inside))
		}
	case address != "":
		relative := repositoryPath(address)
		if relative == "" {
			return skill, false, ""
		}
		if skill.Source == nil {
			skill.Source = &relative
		}
		meta.Resolved = &relative
	case path != "":
		meta.Resolved = &place
	default:
		return skill, false, ""
	}
	if meta.Resolved != nil {
		if leaves(*meta.Resolved) {
			return skill, false, "leaves the repository"
		}
		skill.SourceURL = d.treeURL(*meta.Resolved)
	}
	if skill.Name == "" {
		skill.Name = "Skill"
		if place != "" {
			skill.Name = mc.SkillName(place)
		}
	}
	skill.Metadata = mc.JSONOf(meta)
	return skill, true, ""
}

func unlessEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
