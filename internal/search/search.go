// Package search finds tasks, comments, memory and boards by the words in them.
//
// The database finds candidates, in an index that every transaction keeps up to
// date; what a word is, which candidate is better and what is shown of it are
// rules of package mc, the same on every engine.
package search

import (
	"cmp"
	"context"
	"slices"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Feature holds what the use cases need.
type Feature struct {
	store *store.Store
	clock mc.Clock
}

// New returns the feature.
func New(st *store.Store, clock mc.Clock) *Feature { return &Feature{store: st, clock: clock} }

// candidates is how many of the newest that match in their title, and how many
// of the newest that match at all, are ranked.
const candidates = 100

// Search lists the best matches among what a member may read in their
// organization, of some kinds or of all.
func (f *Feature) Search(ctx context.Context, m mc.Member, text string, kinds []mc.SearchKind, limit int) (SearchResults, error) {
	results := SearchResults{Items: []SearchResult{}}
	query := mc.ParseSearch(text)
	if query.Empty() {
		return results, nil
	}
	scope, err := f.store.SearchScopeOf(ctx, m)
	if err != nil {
		return results, err
	}
	found, err := f.store.Find(ctx, store.Lookup{Scope: scope, Kinds: kinds, Terms: query.Terms()}, candidates)
	if err != nil {
		return results, err
	}
	for _, best := range rank(query, found, f.clock(), limit) {
		results.Items = append(results.Items, view(query, best.Found, best.score))
	}
	return results, nil
}

type scored struct {
	store.Found
	score float64
}

// rank orders what was found, the best and then the newest first.
func rank(query mc.SearchQuery, found []store.Found, now mc.Time, limit int) []scored {
	var ranked []scored
	for _, item := range found {
		d := mc.SearchDocument{Kind: item.Kind, Title: item.Title, Body: item.Body, CreatedAt: item.CreatedAt}
		if score, ok := query.Score(d, now); ok {
			ranked = append(ranked, scored{item, score})
		}
	}
	slices.SortFunc(ranked, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), b.CreatedAt.Std().Compare(a.CreatedAt.Std()), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return ranked[:min(limit, len(ranked))]
}
