package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"missioncontrol/internal/mc"
)

// The index of words is kept by the transaction that writes a text. Triggers
// leave a note of whatever is written, however that is done, so that nothing
// has to think of it; before the commit the notes are taken out and the texts
// cut into words here, the same way for both engines. What is deleted leaves
// the index by triggers alone.

// searched are the tables whose texts are searched. Comments are told by their
// type: most other events have nothing to do with the search.
var searched = map[string]bool{"tasks": true, "board_memory": true, "board_group_memory": true, "boards": true}

// writesText reports whether a statement may leave notes.
func writesText(query string) bool {
	verb, rest, _ := strings.Cut(strings.TrimLeft(query, " \t\n"), " ")
	switch verb {
	case "INSERT":
		rest = strings.TrimPrefix(rest, "INTO ")
	case "UPDATE":
	default:
		return false
	}
	name, _, _ := strings.Cut(rest, " ")
	return searched[strings.TrimSpace(name)]
}

// note says that the text of something has changed.
type note struct {
	ID     int64         `db:"id"`
	Kind   mc.SearchKind `db:"kind"`
	Entity mc.ID         `db:"entity_id"`
}

// notesAtOnce bounds what a transaction holds in memory.
const notesAtOnce = 256

// indexTexts brings the index up to date with what the transaction has written.
func (tx *Tx) indexTexts(ctx context.Context) error {
	for tx.wroteText {
		n, err := tx.indexSome(ctx)
		if err != nil {
			return fmt.Errorf("index for the search: %w", err)
		}
		tx.wroteText = n == notesAtOnce
	}
	return nil
}

// IndexPending reads what waits for the index without a transaction that would
// do it: the texts that were there before there was an index, or that somebody
// changed by hand.
func (s *Store) IndexPending(ctx context.Context) error {
	for n := notesAtOnce; n == notesAtOnce; {
		err := s.Write(ctx, func(tx *Tx) (err error) {
			n, err = tx.indexSome(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("index for the search: %w", err)
		}
	}
	return nil
}

func (tx *Tx) indexSome(ctx context.Context) (int, error) {
	skip := ""
	if tx.dialect == PostgreSQL {
		skip = " FOR UPDATE SKIP LOCKED" // notes that another transaction takes out
	}
	notes, err := list[note](ctx, tx.Reader, `SELECT p.id, p.kind, p.entity_id FROM search_pending p ORDER BY p.id LIMIT ?`+skip, notesAtOnce)
	if err != nil || len(notes) == 0 {
		return 0, err
	}
	ids, taken := map[mc.SearchKind][]mc.ID{}, make([]int64, len(notes))
	for i, n := range notes {
		ids[n.Kind], taken[i] = append(ids[n.Kind], n.Entity), n.ID
	}
	placeholders, args := in(taken)
	if _, err := exec(ctx, tx, `DELETE FROM search_pending WHERE id IN `+placeholders, args...); err != nil {
		return 0, err
	}
	texts := map[mc.ID]Found{}
	for kind, of := range ids {
		found, err := tx.foundOf(ctx, kind, mc.DedupeIDs(of))
		if err != nil {
			return 0, err
		}
		for _, f := range found {
			texts[f.ID] = f
		}
	}
	done := map[mc.ID]bool{}
	for _, n := range notes {
		if done[n.Entity] {
			continue
		}
		done[n.Entity] = true
		if f, there := texts[n.Entity]; there {
			err = tx.indexOne(ctx, f)
		} else { // or belongs to nothing any more
			_, err = exec(ctx, tx, `DELETE FROM search_documents WHERE entity_id = ?`, n.Entity)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(notes), nil
}

func (tx *Tx) indexOne(ctx context.Context, f Found) error {
	var title []string
	if f.Kind.Titled() {
		title = mc.SearchWords(f.Title)
	}
	body := mc.SearchWords(f.Body)
	const document = `INSERT INTO search_documents (kind, entity_id) VALUES (?, ?) ON CONFLICT (entity_id) DO UPDATE SET kind = excluded.kind RETURNING id`
	if tx.dialect == PostgreSQL {
		_, err := exec(ctx, tx, `WITH d AS (`+document+`)
			INSERT INTO search_words (id, words) SELECT d.id, CAST(CAST(? AS text) AS tsvector) FROM d
			ON CONFLICT (id) DO UPDATE SET words = excluded.words`, f.Kind, f.ID, vectorOf(f.scope(), title, body))
		return err
	}
	id, err := get[int64](ctx, tx.Reader, document, f.Kind, f.ID)
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx, `INSERT OR REPLACE INTO search_words (rowid, scope, title, body) VALUES (?, ?, ?, ?)`,
		id, strings.Join(f.scope(), " "), strings.Join(title, " "), strings.Join(body, " "))
	return err
}

// scope are the words by which something is found by those only who may read it.
func (f Found) scope() []string {
	words := []string{kindWord(f.Kind), organizationWord(f.OrganizationID)}
	if f.GroupID != nil {
		return append(words, groupWord(*f.GroupID))
	}
	return append(words, boardWord(*f.BoardID))
}

func organizationWord(id mc.ID) string { return "o" + hex.EncodeToString(id[:]) }
func boardWord(id mc.ID) string        { return "b" + hex.EncodeToString(id[:]) }
func groupWord(id mc.ID) string        { return "g" + hex.EncodeToString(id[:]) }

func kindWord(kind mc.SearchKind) string { return "k" + strings.ReplaceAll(string(kind), "_", "") }

// PostgreSQL has one column for all words: those of the scope and those of
// titles, which are there without it as well, carry a mark that no word has.
// Weights would do for titles, but have the engine look at every row again.
const (
	scopeMark = ":"
	titleMark = "."
)

// vectorOf writes words as PostgreSQL keeps them.
func vectorOf(scope, title, body []string) string {
	var b strings.Builder
	seen := map[string]bool{}
	add := func(mark string, words []string) {
		for _, w := range words {
			if word := mark + w; !seen[word] {
				seen[word] = true
				b.WriteString("'" + word + "' ")
			}
		}
	}
	add(scopeMark, scope)
	add(titleMark, title)
	add("", title)
	add("", body)
	return b.String()
}
