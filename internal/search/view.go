package search

import (
	"math"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// SearchResults are what was found, the best first.
type SearchResults struct {
	Items []SearchResult `json:"items"`
}

// SearchResult is something that was found.
type SearchResult struct {
	Type        mc.SearchKind `json:"type"`
	ID          mc.ID         `json:"id"`
	Title       string        `json:"title" doc:"Its own, or that of the task, board or group it belongs to."`
	MarkedTitle string        `json:"marked_title" doc:"The title with marks around what was found in it; on one line."`
	Snippet     string        `json:"snippet" doc:"Piece of the text with what was found between U+0002 and U+0003, two characters that the text itself never holds; plain text, on one line."`
	URL         string        `json:"url" doc:"Path of the web UI that shows it."`
	BoardID     *mc.ID        `json:"board_id" doc:"Null for memory of a group."`
	BoardName   *string       `json:"board_name"`
	CreatedAt   mc.Time       `json:"created_at"`
	Score       float64       `json:"score" doc:"Only compares results of one answer."`
}

func view(query mc.SearchQuery, f store.Found, score float64) SearchResult {
	const digits = 1000
	r := SearchResult{
		Type: f.Kind, ID: f.ID, Title: f.Title, Snippet: query.Snippet(f.Body), URL: url(f),
		BoardID: f.BoardID, BoardName: f.BoardName, CreatedAt: f.CreatedAt, Score: math.Round(score*digits) / digits,
	}
	if f.Kind.Titled() {
		r.MarkedTitle = query.Mark(f.Title)
	} else {
		r.MarkedTitle = mc.SearchQuery{}.Mark(f.Title)
	}
	return r
}

// url is the page of the web UI that shows something.
func url(f store.Found) string {
	if f.Kind == mc.FindGroupMemory {
		return "/board-groups/" + f.GroupID.String()
	}
	board := "/boards/" + f.BoardID.String()
	switch f.Kind {
	case mc.FindTask:
		return board + "?taskId=" + f.ID.String()
	case mc.FindComment:
		return board + "?taskId=" + f.TaskID.String() + "&commentId=" + f.ID.String()
	case mc.FindMemory:
		if f.IsChat {
			return board + "?panel=chat"
		}
		return board + "?panel=memory"
	}
	return board
}
