package store

import (
	"context"
	"fmt"
	"strings"

	"missioncontrol/internal/mc"
)

// Found is something that is searched, with its texts and what it belongs to.
type Found struct {
	Kind           mc.SearchKind
	ID             mc.ID   `db:"id"`
	OrganizationID mc.ID   `db:"organization_id"`
	BoardID        *mc.ID  `db:"board_id"` // nil for memory of a group
	BoardName      *string `db:"board_name"`
	GroupID        *mc.ID  `db:"group_id"` // of memory of a group
	TaskID         *mc.ID  `db:"task_id"`  // of a comment
	IsChat         bool    `db:"is_chat"`  // of memory
	Title          string  `db:"title"`
	Body           string  `db:"body"`
	CreatedAt      mc.Time `db:"created_at"`
}

// foundBy are the queries for what is searched, by the ids that follow.
var foundBy = map[mc.SearchKind]string{
	mc.FindTask: `SELECT t.id, b.organization_id, t.board_id, b.name AS board_name, t.title, ` + searchable("coalesce(t.description, '')") + ` AS body, t.created_at
		FROM tasks t JOIN boards b ON b.id = t.board_id WHERE t.id IN `,
	mc.FindComment: `SELECT e.id, b.organization_id, t.board_id, b.name AS board_name, t.id AS task_id, t.title, ` + searchable("coalesce(e.message, '')") + ` AS body, e.created_at
		FROM activity_events e JOIN tasks t ON t.id = e.task_id JOIN boards b ON b.id = t.board_id WHERE e.event_type = 'task.comment' AND e.id IN `,
	mc.FindMemory: `SELECT m.id, b.organization_id, m.board_id, b.name AS board_name, m.is_chat, b.name AS title, ` + searchable("m.content") + ` AS body, m.created_at
		FROM board_memory m JOIN boards b ON b.id = m.board_id WHERE m.id IN `,
	mc.FindGroupMemory: `SELECT m.id, g.organization_id, m.board_group_id AS group_id, m.is_chat, g.name AS title, ` + searchable("m.content") + ` AS body, m.created_at
		FROM board_group_memory m JOIN board_groups g ON g.id = m.board_group_id WHERE m.id IN `,
	mc.FindBoard: `SELECT b.id, b.organization_id, b.id AS board_id, b.name AS board_name, b.name AS title,
			` + searchable("b.description || ' ' || coalesce(b.objective, '')") + ` AS body, b.created_at
		FROM boards b WHERE b.id IN `,
}

// searchable is as much of a text as is searched.
func searchable(text string) string {
	return fmt.Sprintf("substr(%s, 1, %d)", text, mc.SearchableLength)
}

func (r Reader) foundOf(ctx context.Context, kind mc.SearchKind, ids []mc.ID) ([]Found, error) {
	placeholders, args := in(ids)
	found, err := list[Found](ctx, r, foundBy[kind]+placeholders, args...)
	for i := range found {
		found[i].Kind = kind
	}
	return found, err
}

// SearchScope is where somebody may look.
type SearchScope struct {
	Organization *mc.ID // all of it; or
	Boards       []mc.ID
	Groups       []mc.ID
}

// SearchScopeOf is where a member may look in their organization.
func (r Reader) SearchScopeOf(ctx context.Context, m mc.Member) (scope SearchScope, err error) {
	if m.ReadsAllBoards() {
		scope.Organization = &m.OrganizationID
		return scope, nil
	}
	if scope.Boards, err = r.ReadableBoardIDs(ctx, m); err != nil {
		return scope, err
	}
	// A group is read with any of its boards; one without boards by admins.
	readable, args := readableBoards(m)
	query := `SELECT g.id FROM board_groups g WHERE g.organization_id = ? AND (
		EXISTS (SELECT 1 FROM boards o WHERE o.board_group_id = g.id AND o.id IN (` + readable + `))`
	if m.Role.IsAdmin() {
		query += ` OR NOT EXISTS (SELECT 1 FROM boards o WHERE o.board_group_id = g.id)`
	}
	scope.Groups, err = list[mc.ID](ctx, r, query+`)`, append([]any{m.OrganizationID}, args...)...)
	return scope, err
}

// words of which anything within the scope has one.
func (s SearchScope) words() (words []string) {
	if s.Organization != nil {
		return []string{organizationWord(*s.Organization)}
	}
	for _, id := range s.Boards {
		words = append(words, boardWord(id))
	}
	for _, id := range s.Groups {
		words = append(words, groupWord(id))
	}
	return words
}

// Lookup is what is looked up in the index.
type Lookup struct {
	Scope SearchScope
	Kinds []mc.SearchKind // empty: all
	Terms []mc.SearchTerm
}

// Find lists what has all the terms, in its title or anywhere in its text: the
// newest of either, at most limit of each, in no order. Whatever there is, the
// cost of judging it is bounded.
func (r Reader) Find(ctx context.Context, l Lookup, limit int) ([]Found, error) {
	if len(l.Terms) == 0 || len(l.Scope.words()) == 0 {
		return nil, nil
	}
	ids := map[mc.SearchKind][]mc.ID{}
	for _, titleOnly := range []bool{true, false} {
		entries, err := r.lookUp(ctx, l, titleOnly, limit)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			ids[e.Kind] = append(ids[e.Kind], e.Entity)
		}
	}
	var all []Found
	for kind, of := range ids {
		found, err := r.foundOf(ctx, kind, mc.DedupeIDs(of))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (r Reader) lookUp(ctx context.Context, l Lookup, titleOnly bool, limit int) ([]note, error) {
	if r.dialect == PostgreSQL {
		return list[note](ctx, r, lookUpPostgreSQL, l.tsquery(titleOnly), limit)
	}
	return list[note](ctx, r, lookUpSQLite, l.match(titleOnly), limit)
}

const (
	lookUpSQLite = `
		SELECT d.id, d.kind, d.entity_id
		FROM (SELECT rowid AS id FROM search_words WHERE search_words MATCH ? ORDER BY rowid DESC LIMIT ?) w JOIN search_documents d ON d.id = w.id`
	// Adding nothing to the id keeps the planner from walking through the documents,
	// the newest first, in the hope of soon having enough: for rare words it never has.
	lookUpPostgreSQL = `
		SELECT d.id, d.kind, d.entity_id
		FROM (SELECT s.id FROM search_words s WHERE s.words @@ CAST(CAST(? AS text) AS tsquery) ORDER BY s.id + 0 DESC LIMIT ?) w JOIN search_documents d ON d.id = w.id`
)

// match writes the lookup for SQLite. Words hold nothing but letters, digits and
// marks, and stand in quotes.
func (l Lookup) match(titleOnly bool) string {
	var terms []string
	for _, t := range l.Terms {
		word := `"` + t.Text + `"`
		if t.Prefix {
			word += " *"
		}
		terms = append(terms, word)
	}
	columns := "{title body}"
	if titleOnly {
		columns = "title"
	}
	query := `scope : (` + strings.Join(l.Scope.words(), " OR ") + `)`
	if len(l.Kinds) > 0 {
		query += ` AND scope : (` + strings.Join(l.kindWords(), " OR ") + `)`
	}
	return query + ` AND ` + columns + ` : (` + strings.Join(terms, " AND ") + `)`
}

// tsquery writes the lookup for PostgreSQL.
func (l Lookup) tsquery(titleOnly bool) string {
	var parts []string
	anyOf := func(words []string) {
		parts = append(parts, "('"+scopeMark+strings.Join(words, "' | '"+scopeMark)+"')")
	}
	anyOf(l.Scope.words())
	if len(l.Kinds) > 0 {
		anyOf(l.kindWords())
	}
	for _, t := range l.Terms {
		word := "'" + t.Text + "'"
		if titleOnly {
			word = "'" + titleMark + t.Text + "'"
		}
		if t.Prefix {
			word += ":*"
		}
		parts = append(parts, word)
	}
	return strings.Join(parts, " & ")
}

func (l Lookup) kindWords() (words []string) {
	for _, k := range l.Kinds {
		words = append(words, kindWord(k))
	}
	return words
}
