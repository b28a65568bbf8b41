package users

import (
	"context"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// registerTokens declares the operations on personal access tokens.
func (f *Feature) registerTokens(r *httpapi.Router, g *access.Guards) {
	tag := []string{"users"}
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/users/me/tokens", Name: "create_my_token", Tags: tag, SecretAnswer: true,
		Summary: "Make a personal access token",
		Description: "Makes a token with which a program acts as the caller in the active organization, as far as its scopes reach and never as more than the caller is there at the moment. " +
			"The answer shows it, once. It is sent as Authorization: Bearer.",
		RequestExamples:  map[string]any{"read_only": map[string]any{"name": "Status page", "scopes": []string{"read"}, "expires_at": "2026-06-01T00:00:00Z"}},
		ResponseExamples: map[string]any{"token": PersonalTokenCreated{exampleToken, "mcp_q0eV8T1mYk3bJx5ZlN7uWc9hRf2sPd4Aq0eV8T1mYk3"}},
	}, g.Self(), f.createToken)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/users/me/tokens", Name: "list_my_tokens", Tags: tag,
		Summary:          "List personal access tokens",
		Description:      "Lists the tokens that act as the caller, in whatever organization, the newest first.",
		ResponseExamples: map[string]any{"tokens": []views.AccessTokenRead{exampleToken}},
	}, g.Self(), f.tokens)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/users/me/tokens/{token_id}", Name: "revoke_my_token", Tags: tag,
		Summary:          "Revoke a personal access token",
		Description:      "Ends a token at once, with the streams that it has open.",
		Errors:           []httpapi.ErrorDoc{httpapi.Refusal(404, nil, "the caller has no such token")},
		ResponseExamples: map[string]any{"revoked": httpapi.Done},
	}, g.Self(), f.revokeToken)
}

// PersonalTokenCreated is a token that was just made.
type PersonalTokenCreated struct {
	views.AccessTokenRead
	Token string `json:"token" doc:"What the program sends. It is shown this once."`
}

type (
	tokenInput   struct{ Body PersonalTokenCreate }
	tokenIDInput struct {
		ID mc.ID `path:"token_id"`
	}
)

// PersonalTokenCreate is the body that makes a token.
type PersonalTokenCreate struct{ views.AccessTokenSpec }

func (f *Feature) createToken(ctx context.Context, p access.Person, in *tokenInput) (out PersonalTokenCreated, err error) {
	err = f.store.Write(ctx, func(tx *store.Tx) error {
		if _, err := lock(ctx, tx, p.User.ID); err != nil {
			return err
		}
		t, err := in.Body.Token(mc.TokenPersonal, p.Member.OrganizationID, p.User.ID, tx.Now())
		if err != nil {
			return err
		}
		t.UserID = p.User.ID
		out.AccessTokenRead = views.OfAccessToken(t)
		out.Token, err = access.IssueToken(ctx, tx, t)
		return err
	})
	return out, err
}

func (f *Feature) tokens(ctx context.Context, p access.Person, _ *httpapi.None) ([]views.AccessTokenRead, error) {
	rows, err := f.store.PersonalTokens(ctx, p.User.ID)
	return views.Each(rows, views.OfAccessToken), err
}

func (f *Feature) revokeToken(ctx context.Context, p access.Person, in *tokenIDInput) (httpapi.OK, error) {
	return httpapi.Done, f.store.Write(ctx, func(tx *store.Tx) error {
		t, err := tx.OwnAccessToken(ctx, p.User.ID, in.ID)
		if err != nil {
			return err
		}
		return access.RevokeToken(ctx, tx, t)
	})
}

var exampleToken = views.AccessTokenRead{
	ID: mc.MustID("cccccccc-cccc-4ccc-8ccc-cccccccccccc"), OrganizationID: mc.MustID("88888888-8888-4888-8888-888888888888"), Name: "Status page",
	Scopes: []mc.TokenScope{mc.ScopeRead}, CreatedByUserID: &exampleUser.ID, CreatedAt: mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)),
	ExpiresAt: mc.Ref(mc.TimeOf(time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))),
}
