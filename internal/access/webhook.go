package access

import (
	"context"
	"net/http"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// WebhookCall is the scope of a call of a webhook: nobody in particular calls.
type WebhookCall struct {
	Board     mc.Board
	WebhookID mc.ID // need not exist
}

var webhookParam = httpapi.PathParam{Name: "webhook_id", UUID: true}

// WebhookSender lets everybody in who calls a webhook of a board that there is,
// but no address too often. Boards are looked up first: a call of an unknown one
// counts for nothing.
func (g *Guards) WebhookSender() httpapi.Guard[WebhookCall] {
	limit := g.limits.WebhookIngest
	return httpapi.Guard[WebhookCall]{
		Auth:   httpapi.Auth{Actors: []string{}, Notes: "No credentials: a webhook with a secret wants its calls signed."},
		Errors: []httpapi.ErrorDoc{errNoBoard},
		Limit:  &httpapi.LimitPolicy{Name: limit.Scope, Limit: limit.Limit, Window: limit.Window, AppliesTo: "every call of a board that exists", Counts: "all"},
		Path:   []httpapi.PathParam{boardParam, webhookParam},
		Resolve: func(r *http.Request) (call WebhookCall, err error) {
			id, ok := mc.ParseID(r.PathValue(boardParam.Name))
			if !ok {
				return call, mc.NotFound()
			}
			if call.Board, err = g.store.Board(r.Context(), id); err != nil {
				return call, err
			}
			if call.WebhookID, ok = mc.ParseID(r.PathValue(webhookParam.Name)); !ok {
				return call, httpapi.ErrInvalidPath
			}
			return call, nil
		},
		After: func(ctx context.Context, _ WebhookCall) error {
			return refused(g.limiter.Hit(ctx, limit, httpapi.ClientAddr(ctx)))
		},
	}
}
