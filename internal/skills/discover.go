package skills

import (
	"context"
	"fmt"
	"strings"

	"missioncontrol/internal/mc"
)

const (
	indexFile    = "skills_index.json"
	skillFile    = "SKILL.md"
	maxIndexFile = 5 << 20
	maxSkillFile = 256 << 10
	maxSkills    = 5000
	maxWarnings  = 50
)

// discovery is what is found in the repository of a pack.
type discovery struct {
	url, branch string // of the pack
	skills      []mc.Skill
	byURL       map[string]int
	warnings    []string
}

// discover finds the skills of a repository.
func discover(ctx context.Context, url string, repo repository) (*discovery, error) {
	d := &discovery{url: url, branch: repo.branch, byURL: map[string]int{}, warnings: []string{}}
	files, err := repo.files(ctx)
	if err != nil {
		return nil, err
	}
	var described []file
	for _, f := range files {
		switch {
		case f.path == indexFile:
			done, err := d.readIndex(ctx, repo, f)
			if err != nil || done {
				return d, err
			}
		case isSkillFile(f.path):
			described = append(described, f)
		}
	}
	err = d.readFiles(ctx, repo, described)
	return d, err
}

// readIndex reports whether the index could be read: only it counts then.
func (d *discovery) readIndex(ctx context.Context, repo repository, f file) (done bool, err error) {
	const failed = "Failed to parse " + indexFile + ": "
	if f.size > maxIndexFile {
		d.warn(failed + "it is too large")
		return false, nil
	}
	contents, err := repo.contents(ctx, []file{f})
	if err != nil {
		return false, err
	}
	entries, err := parseIndex(contents[0])
	if err != nil {
		d.warn(failed + err.Error())
		return false, nil //nolint:nilerr // a warning tells of it, and the files count
	}
	d.addIndex(entries)
	return true, nil
}

// isSkillFile reports whether a skill is described at a path, outside of hidden
// directories.
func isSkillFile(path string) bool {
	return (path == skillFile || strings.HasSuffix(path, "/"+skillFile)) && path[0] != '.' && !strings.Contains(path, "/.")
}

// atOnce is how many files are in memory together.
const atOnce = 64

func (d *discovery) readFiles(ctx context.Context, repo repository, files []file) error {
	if len(files) > maxSkills {
		d.warn(fmt.Sprintf("more than %d skills; the rest was left out", maxSkills))
		files = files[:maxSkills]
	}
	var usable []file
	for _, f := range files {
		if f.size > maxSkillFile {
			d.warn(mc.CleanText(f.path) + " is too large")
			continue
		}
		usable = append(usable, f)
	}
	for len(usable) > 0 {
		part := usable[:min(atOnce, len(usable))]
		usable = usable[len(part):]
		contents, err := repo.contents(ctx, part)
		if err != nil {
			return err
		}
		for i, f := range part {
			d.add(d.fromFile(mc.CleanText(f.path), mc.CleanText(string(contents[i]))))
		}
	}
	return nil
}

// add takes a skill in place of an earlier one of the same address.
func (d *discovery) add(s mc.Skill) {
	at, known := d.byURL[s.SourceURL]
	switch {
	case known:
		d.skills[at] = s
	case len(s.SourceURL) > mc.MaxSkillURL:
		d.warn("the address of " + s.Name + " is too long")
	case len(d.skills) == maxSkills:
		d.warn(fmt.Sprintf("more than %d skills; the rest was left out", maxSkills))
	default:
		d.byURL[s.SourceURL] = len(d.skills)
		d.skills = append(d.skills, s)
	}
}

// warn notes what could not be used; many of the same kind are told once in a while.
func (d *discovery) warn(text string) {
	if n := len(d.warnings); n < maxWarnings && (n == 0 || d.warnings[n-1] != text) {
		d.warnings = append(d.warnings, text)
	}
}

// treeURL is the address of a directory of the repository.
func (d *discovery) treeURL(dir string) string {
	if dir == "" {
		return d.url + "/tree/" + d.branch
	}
	return d.url + "/tree/" + d.branch + "/" + dir
}
