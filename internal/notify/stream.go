package notify

import (
	"context"
	"encoding/json"
	"reflect"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// JobRead is a message to an agent on its way, as work in the background.
type JobRead struct {
	ID        mc.ID            `json:"id"`
	Kind      string           `json:"kind" doc:"What is done: message, which brings one to an agent."`
	State     mc.DeliveryState `json:"state" doc:"queued, sent, failed or expired."`
	AgentID   mc.ID            `json:"agent_id"`
	TaskID    *mc.ID           `json:"task_id"`
	Attempts  int              `json:"attempts"`
	LastError *string          `json:"last_error"`
	CreatedAt mc.Time          `json:"created_at"`
	UpdatedAt mc.Time          `json:"updated_at"`
}

// JobStreamItem is the data of an event about work in the background.
type JobStreamItem struct {
	Job JobRead `json:"job"`
}

// Shows is what the stream of everything shows of messages to agents.
func (s *Sender) Shows() []feed.Shown {
	queued := feed.Shown{
		Event: "job", Kind: store.KindDelivery, Audience: feed.BoardReaders, Show: s.render, Key: jobStream{},
		Data: reflect.TypeFor[JobStreamItem](), Doc: "A message to an agent was queued, sent, or given up.",
	}
	ended := queued
	ended.Kind = store.KindJob
	return []feed.Shown{queued, ended}
}

// jobStream names the way in which streams show a message.
type jobStream struct{}

// render builds the frame of a message as it is now; nil when it is gone.
func (s *Sender) render(ctx context.Context, c store.Change) (*feed.Frame, error) {
	d, err := s.store.Delivery(ctx, c.Entity)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil, nil //nolint:nilnil // nothing to show is ordinary
	}
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(JobStreamItem{Job: JobRead{
		ID: d.ID, Kind: "message", State: d.State, AgentID: d.AgentID, TaskID: d.TaskID, Attempts: d.Attempts, LastError: d.LastError,
		CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}})
	return &feed.Frame{Event: httpapi.Event{ID: c.Seq, Name: "job", Data: data}, At: d.UpdatedAt}, err
}
