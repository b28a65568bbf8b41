package search_test

import (
	"database/sql/driver"
	"errors"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Rows of features that are not served here are written as plain SQL, which the
// index has to notice all the same.

func run(t *testing.T, w *apitest.World, statement string, args ...any) {
	t.Helper()
	if w.Store.Dialect() == store.PostgreSQL {
		statement = sqlx.Rebind(sqlx.DOLLAR, statement)
		for i, arg := range args {
			args[i], _ = driver.DefaultParameterConverter.ConvertValue(arg)
		}
	}
	if _, err := w.Store.WriterDB().ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
	if err := w.Store.IndexPending(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func remember(t *testing.T, w *apitest.World, board mc.Board, text string, chat bool) mc.ID {
	t.Helper()
	id := mc.NewID()
	run(t, w, `INSERT INTO board_memory (id, board_id, content, is_chat, created_at) VALUES (?, ?, ?, ?, ?)`, id, board.ID, text, chat, mc.SystemClock())
	return id
}

func rememberTogether(t *testing.T, w *apitest.World, group mc.ID, text string) mc.ID {
	t.Helper()
	id := mc.NewID()
	run(t, w, `INSERT INTO board_group_memory (id, board_group_id, content, is_chat, created_at) VALUES (?, ?, ?, ?, ?)`, id, group, text, false, mc.SystemClock())
	return id
}

// gather puts boards into a new group.
func gather(t *testing.T, w *apitest.World, name string, boards ...mc.Board) mc.ID {
	t.Helper()
	id, now := mc.NewID(), mc.SystemClock()
	run(t, w, `INSERT INTO board_groups (id, organization_id, name, slug, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)`,
		id, w.Organization.ID, name, mc.Slug(name), now, now)
	for _, b := range boards {
		run(t, w, `UPDATE boards SET board_group_id = ? WHERE id = ?`, id, b.ID)
	}
	return id
}

func sorted(texts []string) []string {
	slices.Sort(texts)
	return texts
}

var errGivenUp = errors.New("given up")

func errorsAfter(err error) error { return errors.Join(err, errGivenUp) }
