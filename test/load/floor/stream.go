package floor

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// hub hands the committed changes of a board to its open streams.
type hub struct {
	mu     sync.Mutex
	boards map[string]map[chan *item]struct{}
}

// item is an announced change; its frame is made once for all streams.
type item struct {
	change
	once  sync.Once
	frame []byte
}

func newHub() *hub { return &hub{boards: map[string]map[chan *item]struct{}{}} }

// publish never waits for a stream: one that lies far behind misses changes.
func (h *hub) publish(changes []change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range changes {
		if c.kind != "activity" {
			continue
		}
		it := &item{change: c}
		for ch := range h.boards[c.board] {
			select {
			case ch <- it:
			default:
			}
		}
	}
}

func (h *hub) subscribe(board string) (items chan *item, leave func()) {
	items = make(chan *item, 256)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.boards[board] == nil {
		h.boards[board] = map[chan *item]struct{}{}
	}
	h.boards[board][items] = struct{}{}
	return items, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.boards[board], items)
	}
}

const pingEvery = 15 * time.Second

// stream sends the changes of a board's tasks as they happen.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	_, b, err := s.enter(r)
	if err != nil {
		fail(w, err)
		return
	}
	items, leave := s.hub.subscribe(b.ID)
	defer leave()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	frame := []byte(": ping\r\n\r\n")
	for {
		if _, err := w.Write(frame); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-ping.C:
			frame = []byte(": ping\r\n\r\n")
		case it := <-items:
			it.once.Do(func() { it.frame = s.render(it.change) })
			frame = it.frame
		}
	}
}

// streamItem is the data of an event of the stream.
type streamItem struct {
	Type     string         `json:"type"`
	Activity streamActivity `json:"activity"`
	Task     *task          `json:"task,omitempty"`
	Comment  *comment       `json:"comment,omitempty"`
}

type streamActivity struct {
	ID        string  `json:"id"`
	EventType string  `json:"event_type"`
	Message   string  `json:"message"`
	AgentID   *string `json:"agent_id"`
	TaskID    *string `json:"task_id"`
	CreatedAt stamp   `json:"created_at"`
}

// render reads event and task as they are now. Nothing is sent of what is gone.
func (s *Server) render(c change) []byte {
	var e event
	err := s.reads.event.QueryRow(c.entity).Scan(&e.id, &e.kind, &e.message, &e.agent, &e.task, &e.board, &e.user, &e.at, &e.seq)
	if err != nil || e.task == nil {
		return nil
	}
	tasks, err := collect(s.reads.tasksByID, c.board, *e.task)
	if err == nil && len(tasks) == 0 {
		err = sql.ErrNoRows
	}
	if err := errors.Join(err, s.reads.complete(tasks)); err != nil {
		return nil
	}
	e.at.wire()
	shown := streamItem{Type: e.kind, Activity: streamActivity{e.id, e.kind, e.message, e.agent, e.task, e.at}}
	if e.kind == "task.comment" {
		shown.Comment = &comment{ID: e.id, Message: e.message, AgentID: e.agent, TaskID: *e.task, UserID: e.user, CreatedAt: e.at}
	} else {
		shown.Task = &tasks[0]
	}
	data, err := json.Marshal(shown)
	if err != nil {
		return nil
	}
	frame := append([]byte("event: task\r\nid: "), strconv.FormatInt(e.seq, 10)...)
	frame = append(append(frame, "\r\ndata: "...), data...)
	return append(frame, "\r\n\r\n"...)
}
