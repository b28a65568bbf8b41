package skills

import (
	"strings"

	"gopkg.in/yaml.v3"

	"missioncontrol/internal/mc"
)

// fileMetadata tells where a skill was found.
type fileMetadata struct {
	Mode      string `json:"discovery_mode"`
	Branch    string `json:"pack_branch"`
	Directory string `json:"skill_dir"`
}

// fromFile reads the description of a skill in SKILL.md.
func (d *discovery) fromFile(path, content string) mc.Skill {
	dir := strings.TrimSuffix(strings.TrimSuffix(path, skillFile), "/")
	front, body := frontMatter(content)
	name, _ := front("name")
	if name == "" {
		name = heading(body)
	}
	switch {
	case name != "":
	case dir == "":
		name = mc.SkillName(d.url)
	default:
		name = mc.DirectoryName(dir)
	}
	description, said := front("description")
	if !said {
		description = firstSentence(body)
	}
	return mc.Skill{
		Name: name, Description: unlessEmpty(description), SourceURL: d.treeURL(dir),
		Metadata: mc.JSONOf(fileMetadata{Mode: "skills_md", Branch: d.branch, Directory: dir}),
	}
}

// frontMatter splits a text into the values at its top and the lines after
// them. Only what begins on the first line is front matter: later rules of
// dashes are part of the text.
func frontMatter(content string) (value func(key string) (string, bool), body []string) {
	lines := strings.Split(strings.TrimPrefix(content, "\ufeff"), "\n")
	if strings.TrimSpace(lines[0]) != "---" {
		return func(string) (string, bool) { return "", false }, lines
	}
	front, body := lines[1:], []string(nil)
	for i, line := range front {
		if strings.TrimSpace(line) == "---" {
			front, body = front[:i], front[i+1:]
			break
		}
	}
	known := yamlTexts(strings.Join(front, "\n"))
	return func(key string) (string, bool) {
		if v, ok := known[key]; ok {
			return v, true
		}
		if known != nil {
			return "", false
		}
		return fromLines(front, key)
	}, body
}

// yamlTexts are the scalars of a YAML mapping; nil when the text is none.
func yamlTexts(text string) map[string]string {
	var root yaml.Node // is not expanded, however the text refers to itself
	if yaml.Unmarshal([]byte(text), &root) != nil || len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	texts, pairs := map[string]string{}, root.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		key, value := pairs[i], pairs[i+1]
		if _, again := texts[key.Value]; again || value.Kind != yaml.ScalarNode {
			continue
		}
		if texts[key.Value] = strings.TrimSpace(value.Value); value.Tag == "!!null" {
			texts[key.Value] = ""
		}
	}
	return texts
}

// fromLines finds a value in what is not quite YAML.
func fromLines(lines []string, key string) (string, bool) {
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(strings.Trim(strings.TrimSpace(value), `"'`)), true
		}
	}
	return "", false
}

func heading(body []string) string {
	for _, line := range body {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
			if title := strings.TrimSpace(strings.TrimLeft(line, "# ")); title != "" {
				return title
			}
		}
	}
	return ""
}

func firstSentence(body []string) string {
	for _, line := range body {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return line
		}
	}
	return ""
}
