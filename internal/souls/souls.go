// Package souls looks up texts in the souls directory: descriptions of
// characters that can be given to agents.
//
// The directory is a site of others. It is asked with short deadlines and
// bounds, its index is kept for an hour, and when it fails that is told as a
// failure of a dependency.
package souls

import (
	"context"
	"regexp"
	"strings"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// Feature is the look-up in the souls directory.
type Feature struct{ directory *Directory }

// New returns the feature on a directory.
func New(d *Directory) *Feature { return &Feature{directory: d} }

// SoulsDirectorySoulRef is a find.
type SoulsDirectorySoulRef struct {
	Handle   string `json:"handle"`
	Slug     string `json:"slug"`
	PageURL  string `json:"page_url" doc:"Where people read it."`
	RawMDURL string `json:"raw_md_url" doc:"Where its Markdown is."`
}

// SoulsDirectorySearchResponse lists what was found.
type SoulsDirectorySearchResponse struct {
	Items []SoulsDirectorySoulRef `json:"items"`
}

// SoulsDirectoryMarkdownResponse is the text of a soul.
type SoulsDirectoryMarkdownResponse struct {
	Handle  string `json:"handle"`
	Slug    string `json:"slug"`
	Content string `json:"content" doc:"Markdown, as the directory has it."`
}

// Search lists the first souls whose handle/slug contains a text.
func (f *Feature) Search(ctx context.Context, q string, limit int) (SoulsDirectorySearchResponse, error) {
	found := SoulsDirectorySearchResponse{Items: []SoulsDirectorySoulRef{}}
	souls, err := f.directory.Souls(ctx)
	if err != nil {
		return found, failed(err)
	}
	q = strings.ToLower(strings.TrimSpace(q))
	for _, s := range souls {
		if len(found.Items) == limit {
			break
		}
		if strings.Contains(strings.ToLower(s.Handle+"/"+s.Slug), q) {
			found.Items = append(found.Items, SoulsDirectorySoulRef{Handle: s.Handle, Slug: s.Slug, PageURL: f.directory.PageURL(s), RawMDURL: f.directory.RawURL(s)})
		}
	}
	return found, nil
}

// Markdown reads the text of a soul.
func (f *Feature) Markdown(ctx context.Context, handle, slug string) (SoulsDirectoryMarkdownResponse, error) {
	handle, err := segment("handle", handle)
	if err != nil {
		return SoulsDirectoryMarkdownResponse{}, err
	}
	slug, err = segment("slug", strings.TrimSuffix(slug, ".md"))
	if err != nil {
		return SoulsDirectoryMarkdownResponse{}, err
	}
	content, err := f.directory.Text(ctx, Soul{Handle: handle, Slug: slug})
	if err != nil {
		return SoulsDirectoryMarkdownResponse{}, failed(err)
	}
	return SoulsDirectoryMarkdownResponse{Handle: handle, Slug: slug, Content: content}, nil
}

var segmentPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// segment checks a part of an address, so that nothing else of the site can be
// asked for.
func segment(name, sent string) (string, error) {
	text := strings.Trim(strings.TrimSpace(sent), "/")
	switch {
	case text == "":
		return "", mc.Unprocessable(name + " is required")
	case !segmentPattern.MatchString(text):
		return "", mc.Unprocessable(name + " contains unsupported characters")
	}
	return text, nil
}

func failed(err error) error {
	e := mc.Upstream(err.Error())
	e.Cause = err
	return e
}

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"souls-directory"}
	unreachable := httpapi.Refusal(502, "{error}", "the souls directory cannot be reached or refuses")
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/souls-directory/search", Name: "search", Tags: tag,
		Summary:     "Search souls",
		Description: "Finds souls by a part of their handle and slug, in the order of the directory. The index of the directory is kept for an hour.",
		Errors:      []httpapi.ErrorDoc{unreachable},
	}, g.Actor(), f.search)
	markdown := httpapi.Op{
		Method: "GET", Path: "/api/v1/souls-directory/{handle}/{slug}", Name: "get_markdown", Tags: tag,
		Summary:     "Get the text of a soul",
		Description: "Returns the Markdown of a soul as the directory has it now. An ending .md of the slug is dropped.",
		Errors: []httpapi.ErrorDoc{
			httpapi.Refusal(422, "handle is required", "the handle is blank"),
			httpapi.Refusal(422, "slug is required", "the slug is blank"),
			httpapi.Refusal(422, "handle contains unsupported characters", "the handle is no name of letters, digits, _ and -"),
			httpapi.Refusal(422, "slug contains unsupported characters", "the slug is no name of letters, digits, _ and -"),
			unreachable,
		},
	}
	// The route of the plain one takes what ends in .md, too.
	ending := markdown
	ending.Path, ending.Summary, ending.Unrouted = markdown.Path+".md", "Get the text of a soul by its file name", true
	httpapi.Register(r, ending, g.Actor(), f.markdown)
	httpapi.Register(r, markdown, g.Actor(), f.markdown)
}

type (
	searchInput struct {
		Q     string `query:"q" default:"" doc:"Part of handle/slug; blank finds all."`
		Limit int    `query:"limit" default:"20" minimum:"1" maximum:"100" doc:"Greatest number of finds."`
	}
	markdownInput struct {
		Handle string `path:"handle" doc:"Handle of the author."`
		Slug   string `path:"slug" doc:"Name of the soul."`
	}
)

func (f *Feature) search(ctx context.Context, _ access.Actor, in *searchInput) (SoulsDirectorySearchResponse, error) {
	return f.Search(ctx, in.Q, in.Limit)
}

func (f *Feature) markdown(ctx context.Context, _ access.Actor, in *markdownInput) (SoulsDirectoryMarkdownResponse, error) {
	return f.Markdown(ctx, in.Handle, in.Slug)
}
