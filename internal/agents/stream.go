package agents

import (
	"context"
	"encoding/json"
	"reflect"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// AgentStreamItem is the data of an event of the agent stream.
type AgentStreamItem struct {
	Agent views.AgentRead `json:"agent"`
}

// Stream opens the event stream of the agents on the boards that a member may
// read, or on one of them. Which boards that are is settled when it opens; main
// agents never appear.
func (f *Feature) Stream(ctx context.Context, m mc.Member, board *mc.ID, cursor httpapi.Cursor) (opened httpapi.Feed[*live.Item], err error) {
	if err := f.checkBoard(ctx, m, board); err != nil {
		return opened, err
	}
	var boards []mc.ID
	if board != nil {
		boards = []mc.ID{*board}
	} else if boards, err = f.store.ReadableBoardIDs(ctx, m); err != nil {
		return opened, err
	}
	topics := make([]live.Topic, len(boards))
	for i, id := range boards {
		topics[i] = live.Topic{Kind: store.KindAgent, Scope: id}
	}
	filter := store.AgentFilter{Member: &m, BoardID: board}
	return feed.Open(ctx, f.store, f.broker, cursor, feed.Source{
		Topics: topics,
		Backlog: func(ctx context.Context, since mc.Time, after int64) ([]feed.Frame, int64, bool, error) {
			return f.backlog(ctx, filter, since, after)
		},
		Show: f.render, Kind: agentStream{},
	})
}

// Shows is what the stream of everything shows of agents.
func (f *Feature) Shows() []feed.Shown {
	return []feed.Shown{
		{
			Event: "agent", Kind: store.KindAgent, Audience: feed.BoardAdmins, Show: f.render, Key: agentStream{},
			Data: reflect.TypeFor[AgentStreamItem](), Doc: "An agent of a board has changed or given a sign of life; for owners and admins.",
		},
		feed.Gone(store.KindAgentDeleted, "agent_id", feed.BoardAdmins, "An agent of a board was deleted; for owners and admins."),
	}
}

// agentStream names the way in which streams show an agent.
type agentStream struct{}

// backlog shows the agents that changed since; each row is its last change.
func (f *Feature) backlog(ctx context.Context, filter store.AgentFilter, since mc.Time, after int64) (frames []feed.Frame, scanned int64, done bool, err error) {
	var from *mc.Time
	if !since.IsZero() {
		from = &since
	}
	agents, err := f.store.AgentsSince(ctx, filter, from, after)
	if err != nil {
		return nil, after, true, err
	}
	scanned = after
	for _, a := range agents {
		frame, err := f.frame(a)
		if err != nil {
			return nil, after, true, err
		}
		frames, scanned = append(frames, frame), a.Seq
	}
	return frames, scanned, true, nil
}

// render builds the frame of an agent as it is now; nil when it is gone, or no
// longer on the board where it changed.
func (f *Feature) render(ctx context.Context, c store.Change) (*feed.Frame, error) {
	a, err := f.store.Agent(ctx, c.Entity)
	if mc.KindOf(err) == mc.KindNotFound || err == nil && !a.OnBoard(c.Scope) {
		return nil, nil //nolint:nilnil // nothing to show is ordinary
	}
	if err != nil {
		return nil, err
	}
	frame, err := f.frame(a)
	return &frame, err
}

func (f *Feature) frame(a mc.Agent) (feed.Frame, error) {
	at := a.UpdatedAt
	if a.LastSeenAt != nil && a.LastSeenAt.After(at) {
		at = *a.LastSeenAt
	}
	data, err := json.Marshal(AgentStreamItem{Agent: f.show(a)})
	return feed.Frame{Event: httpapi.Event{ID: a.Seq, Name: "agent", Data: data}, At: at}, err
}
