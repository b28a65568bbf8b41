package agents

import (
	"context"
	"encoding/json"

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
// agents never appear. It subscribes first and catches up then, so that nothing
// falls between.
func (f *Feature) Stream(ctx context.Context, m mc.Member, board *mc.ID, cursor httpapi.Cursor) (feed httpapi.Feed[*live.Item], err error) {
	if err := f.checkBoard(ctx, m, board); err != nil {
		return feed, err
	}
	var boards []mc.ID
	if board != nil {
		boards = []mc.ID{*board}
	} else if boards, err = f.store.ReadableBoardIDs(ctx, m); err != nil {
		return feed, err
	}
	topics := make([]live.Topic, len(boards))
	for i, id := range boards {
		topics[i] = live.Topic{Kind: store.KindAgent, Scope: id}
	}
	sub := f.broker.Subscribe(topics...)
	s := &agentStream{f: f, filter: store.AgentFilter{Member: &m, BoardID: board}, cursor: cursor}
	if !cursor.Resumes && !cursor.HasSince {
		// What was committed before may still be on its way to the broker.
		if s.sent, err = f.store.LastSeq(ctx); err != nil {
			sub.Close()
			return feed, err
		}
	}
	return httpapi.Feed[*live.Item]{CatchUp: s.catchUp, Items: sub.Items(), Emit: s.emit, Close: sub.Close}, nil
}

type agentStream struct {
	f      *Feature
	filter store.AgentFilter
	cursor httpapi.Cursor
	sent   int64 // number of the last change sent
}

func (s *agentStream) catchUp(ctx context.Context, emit func(httpapi.Event) error) error {
	var since *mc.Time
	switch {
	case s.cursor.Resumes:
		s.sent = s.cursor.After
	case s.cursor.HasSince:
		since = &s.cursor.Since
	default:
		return nil
	}
	agents, err := s.f.store.AgentsSince(ctx, s.filter, since, s.sent)
	if err != nil {
		return err
	}
	for _, a := range agents {
		frame, err := s.f.frame(a)
		if err != nil {
			return err
		}
		if err := emit(frame.event); err != nil {
			return err
		}
		s.sent = a.Seq
	}
	return nil
}

func (s *agentStream) emit(ctx context.Context, item *live.Item, emit func(httpapi.Event) error) error {
	if item.Seq <= s.sent {
		return nil
	}
	shown, err := live.Render(ctx, item, asAgent{}, s.f.render)
	if err != nil || shown == nil || s.cursor.HasSince && !s.cursor.Resumes && shown.at.Before(s.cursor.Since) {
		return err
	}
	s.sent = item.Seq
	event := shown.event
	event.ID = item.Seq
	return emit(event)
}

// asAgent is the key under which streams share a frame.
type asAgent struct{}

// agentFrame is an agent as it goes out, and when it last changed or was seen.
type agentFrame struct {
	event httpapi.Event
	at    mc.Time
}

// render builds the frame of an agent as it is now; nil when it is gone, or no
// longer on the board where it changed.
func (f *Feature) render(ctx context.Context, c store.Change) (*agentFrame, error) {
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

func (f *Feature) frame(a mc.Agent) (agentFrame, error) {
	at := a.UpdatedAt
	if a.LastSeenAt != nil && a.LastSeenAt.After(at) {
		at = *a.LastSeenAt
	}
	data, err := json.Marshal(AgentStreamItem{Agent: f.show(a)})
	return agentFrame{event: httpapi.Event{ID: a.Seq, Name: "agent", Data: data}, at: at}, err
}
