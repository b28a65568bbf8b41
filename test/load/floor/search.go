package floor

import (
	"database/sql"
	"errors"
	"strings"

	"missioncontrol/internal/mc"
)

// index puts the words of what was written into the index of the search, as
// the triggers of the schema have noted it: in a transaction at most one thing.
func (w *writer) index() error {
	var id int64
	var kind, entity string
	switch err := w.note.QueryRow(256).Scan(&id, &kind, &entity); {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	if _, err := w.takeNote.Exec(id); err != nil {
		return err
	}
	text := w.taskText
	switch kind {
	case "comment":
		text = w.commentText
	case "board":
		text = w.boardText
	}
	var organization, board, title, body string
	if err := text.QueryRow(entity).Scan(&organization, &board, &title, &body); err != nil {
		return err
	}
	if kind == "comment" {
		title = ""
	}
	if err := w.insertDocument.QueryRow(kind, entity).Scan(&id); err != nil {
		return err
	}
	undashed := strings.NewReplacer("-", "")
	scope := "k" + kind + " o" + undashed.Replace(organization) + " b" + undashed.Replace(board)
	_, err := w.insertWords.Exec(id, scope, strings.Join(mc.SearchWords(title), " "), strings.Join(mc.SearchWords(body), " "))
	return err
}
