package mc

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// MaxSkillURL is how many bytes the address of a skill may have: what an index
// of the database can hold.
const MaxSkillURL = 2048

// SkillURL is the address of a skill or pack, in the one form that equal
// addresses have: that in which browsers write it.
type SkillURL string

// Read normalizes an address; it is for decoders.
func (SkillURL) Read(sent string) (string, error) {
	u, err := whatwg.Parse(strings.TrimSpace(sent))
	if err != nil {
		return "", errors.New("not a valid URL")
	}
	if p := u.Protocol(); p != "http:" && p != "https:" {
		return "", errors.New("URL scheme should be 'http' or 'https'")
	}
	normal := u.Href(false)
	if len(normal) > MaxSkillURL {
		return "", errors.New("the URL is too long")
	}
	return normal, nil
}

// What is said of addresses that no pack may have.
const (
	PackURLNotGitHub = "Pack source URL must be a GitHub repository URL (https://github.com/<owner>/<repo>)"
	PackURLLocal     = "Pack source URL hostname is not allowed"
)

// PackURL turns a normalized address into that of a pack, and refuses what is no
// repository on GitHub.
func PackURL(normal SkillURL) (string, error) {
	text := strings.TrimSuffix(strings.TrimRight(string(normal), "/"), ".git")
	u, err := url.Parse(text)
	if err != nil {
		return "", BadRequest(PackURLNotGitHub)
	}
	owner, repo, _ := strings.Cut(strings.Trim(u.EscapedPath(), "/"), "/")
	switch {
	case u.Scheme != "https":
		return "", BadRequest("Unsupported pack source URL scheme: '" + u.Scheme + "'")
	case u.Hostname() == "localhost":
		return "", BadRequest(PackURLLocal)
	// Host has the port: a default one is gone from a normalized address.
	case u.Host != "github.com", u.User != nil, strings.TrimSpace(owner) == "", strings.Trim(repo, "/") == "":
		return "", BadRequest(PackURLNotGitHub)
	}
	return text, nil
}

// SkillName derives a name from an address or path.
func SkillName(address string) string {
	path := address
	if u, err := url.Parse(address); err == nil {
		if path = u.EscapedPath(); strings.Trim(path, "/") == "" {
			path = u.Hostname()
		}
	}
	path = strings.TrimRight(path, "/")
	path = path[strings.LastIndex(path, "/")+1:]
	if plain, err := url.PathUnescape(path); err == nil {
		path = plain
	}
	return spaced(strings.TrimSuffix(CleanText(path), ".git"))
}

// DirectoryName derives a name from that of a directory.
func DirectoryName(dir string) string { return spaced(dir[strings.LastIndex(dir, "/")+1:]) }

func spaced(s string) string {
	s = strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(s))
	if s == "" {
		return "Skill"
	}
	return s
}

// CleanText takes from a text of unknown origin what the database cannot keep.
func CleanText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

// DefaultBranch is the branch of packs that name none.
const DefaultBranch = "main"

var branchPattern = regexp.MustCompile(`^[A-Za-z0-9._/][A-Za-z0-9._/-]*$`)

// Branch returns the branch that a text names. What cannot be one, or might be
// taken for an option, is the default branch.
func Branch(sent string) string {
	b := strings.TrimSpace(sent)
	if !branchPattern.MatchString(b) || strings.Contains(b, "..") || b[0] == '/' || strings.HasSuffix(b, "/") || strings.HasSuffix(b, ".lock") {
		return DefaultBranch
	}
	return b
}
