package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/search", Name: "search", Tags: []string{"search"},
		Summary: "Search",
		Description: "Finds tasks, comments, memory of boards and groups, and boards of the active organization that the caller may read, the best match first. " +
			"All words have to be found, the last one also as the beginning of a word; case and diacritics do not count, and nothing is an operator. " +
			"Chinese, Japanese, Korean and Thai are found by any two characters in a row. " +
			"Words in titles count more than those in texts, and new things more than old ones; of very many matches only the newest are judged.",
		ResponseExamples: map[string]any{"results": example},
	}, g.Member(), f.search)
}

type searchInput struct {
	Query string `query:"q" maxLength:"1000" doc:"Words to look for. Without any letter or digit nothing is found."`
	Types string `query:"types" default:"" doc:"Kinds of things to find, with commas between them: task, comment, memory, group_memory, board. All when empty."`
	Limit int    `query:"limit" default:"20" minimum:"1" maximum:"50" doc:"Greatest number of results."`
}

func (f *Feature) search(ctx context.Context, p access.Person, in *searchInput) (SearchResults, error) {
	kinds, err := parseTypes(in.Types)
	if err != nil {
		return SearchResults{}, err
	}
	return f.Search(ctx, p.Member, in.Query, kinds, in.Limit)
}

func parseTypes(list string) (kinds []mc.SearchKind, err error) {
	for word := range strings.SplitSeq(list, ",") {
		kind := mc.SearchKind(strings.TrimSpace(word))
		switch {
		case kind == "":
		case !kind.Valid():
			return nil, mc.Invalid(fmt.Sprintf("types must be of %s", strings.Join(kind.Values(), ", ")), "query", "types")
		case !slices.Contains(kinds, kind):
			kinds = append(kinds, kind)
		}
	}
	return kinds, nil
}

var example = SearchResults{Items: []SearchResult{{
	Type: mc.FindTask, ID: mc.MustID("22222222-2222-4222-8222-222222222222"), Title: "Ship the invoice export",
	MarkedTitle: "Ship the " + mc.MarkStart + "invoice" + mc.MarkEnd + " export", Snippet: "CSV first, PDF later",
	URL:     "/boards/11111111-1111-4111-8111-111111111111?taskId=22222222-2222-4222-8222-222222222222",
	BoardID: mc.Ref(mc.MustID("11111111-1111-4111-8111-111111111111")), BoardName: mc.Ref("Billing"),
	CreatedAt: mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)), Score: 13.2,
}}}
