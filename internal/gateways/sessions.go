package gateways

import (
	"context"
	"encoding/json"

	"missioncontrol/internal/access"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
)

// Status tells whether a gateway can be reached with the given settings, now,
// and what runs there.
func (f *Feature) Status(ctx context.Context, t target) GatewaysStatusResponse {
	status := GatewaysStatusResponse{GatewayURL: t.endpoint.URL}
	if verdict := f.lifecycle.GatewayVerdict(ctx, t.endpoint); verdict != "" {
		status.Error = &verdict
		return status
	}
	g := f.client.Gateway(t.endpoint)
	sessions, err := listSessions(ctx, g)
	if err != nil {
		status.Error = mc.Ref(openclaw.NormalizedMessage(err))
		return status
	}
	status.Connected, status.Sessions, status.SessionsCount = true, &sessions, mc.Ref(len(sessions))
	if t.mainKey == "" {
		return status
	}
	if status.MainSession, err = ensureMain(ctx, g, t); err != nil {
		status.MainSessionError = mc.Ref(err.Error())
	}
	return status
}

// Sessions lists what runs on a gateway.
func (f *Feature) Sessions(ctx context.Context, t target) (GatewaySessionsResponse, error) {
	g := f.client.Gateway(t.endpoint)
	sessions, err := listSessions(ctx, g)
	if err != nil {
		return GatewaySessionsResponse{}, refused(err)
	}
	main, _ := ensureMain(ctx, g, t) // nice to have
	return GatewaySessionsResponse{Sessions: sessions, MainSession: main}, nil
}

// Session returns one session. That of the main agent is made if need be.
func (f *Feature) Session(ctx context.Context, t target, key string) (GatewaySessionResponse, error) {
	g := f.client.Gateway(t.endpoint)
	sessions, err := listSessions(ctx, g)
	if err != nil {
		return GatewaySessionResponse{}, refused(err)
	}
	var main *mc.JSON
	if session(sessions, t.mainKey) == nil {
		if main, err = ensureMain(ctx, g, t); err == nil {
			if again, err := listSessions(ctx, g); err == nil {
				sessions = again
			}
		}
	}
	if found := session(sessions, key); found != nil {
		return GatewaySessionResponse{Session: found}, nil
	}
	if key == t.mainKey && main != nil {
		return GatewaySessionResponse{Session: *main}, nil
	}
	return GatewaySessionResponse{}, mc.NotFound("Session not found")
}

// History returns what was said in a session; nothing, for one that is not there.
func (f *Feature) History(ctx context.Context, t target, key string) (GatewaySessionHistoryResponse, error) {
	messages, err := f.client.Gateway(t.endpoint).ChatHistory(ctx, key, 0)
	if err != nil {
		return GatewaySessionHistoryResponse{}, refused(err)
	}
	return GatewaySessionHistoryResponse{History: values(messages)}, nil
}

// Send says something in a session, whichever it is.
func (f *Feature) Send(ctx context.Context, t target, key, content string) error {
	if !t.mayWrite {
		return mc.Forbidden(access.BoardDenied)
	}
	g := f.client.Gateway(t.endpoint)
	if key == t.mainKey {
		if _, err := ensureMain(ctx, g, t); err != nil {
			return refused(err)
		}
	}
	if err := g.ChatSend(ctx, openclaw.Chat{SessionKey: key, Message: content}); err != nil {
		return refused(err)
	}
	return nil
}

func listSessions(ctx context.Context, g *openclaw.Gateway) ([]mc.JSON, error) {
	raw, err := g.SessionsList(ctx)
	return values(raw), err
}

func ensureMain(ctx context.Context, g *openclaw.Gateway, t target) (*mc.JSON, error) {
	entry, err := g.SessionsPatch(ctx, t.mainKey, mc.MainSessionLabel)
	if err != nil {
		return nil, err
	}
	value := mc.JSON(entry)
	return &value, nil
}

// session finds the entry with a key; entries that are no objects have none.
func session(sessions []mc.JSON, key string) mc.JSON {
	for _, s := range sessions {
		var entry struct {
			Key *string `json:"key"`
		}
		if s.Decode(&entry) == nil && entry.Key != nil && *entry.Key == key {
			return s
		}
	}
	return nil
}

func values(raw []json.RawMessage) []mc.JSON {
	out := make([]mc.JSON, len(raw))
	for i, r := range raw {
		out[i] = mc.JSON(r)
	}
	return out
}

// refused is the answer when a gateway fails an inspection: its own words.
func refused(err error) error {
	e := mc.Upstream(err.Error())
	e.Cause = err
	return e
}
