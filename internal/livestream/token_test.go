package livestream_test

import (
	"context"
	"net/http"
	"testing"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

func TestRevokedTokensEndTheirStreams(t *testing.T) {
	each(t, func(t *testing.T, w *apitest.World) {
		board := w.Board("One", nil)
		tok := mc.AccessToken{
			ID: mc.NewID(), Kind: mc.TokenPersonal, UserID: w.Owner.ID, OrganizationID: w.Organization.ID, Name: "Wall", Scope: mc.ScopeRead, CreatedAt: mc.SystemClock(),
		}
		var secret string
		w.Write(func(ctx context.Context, tx *store.Tx) (err error) {
			secret, err = access.IssueToken(ctx, tx, tok)
			return err
		})
		bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+secret) }
		all, ofBoard := w.Open(bearer, path+"?topics=activity", nil), w.Open(bearer, "/api/v1/boards/"+board.ID.String()+"/tasks/stream", nil)
		owners := w.Open(apitest.As(w.Owner), path+"?topics=activity", nil)
		endsAtOnce(t, "a token is revoked", func() {
			w.Write(func(ctx context.Context, tx *store.Tx) error { return access.RevokeToken(ctx, tx, tok) })
		}, []*apitest.Stream{all, ofBoard}, w, board, owners)
	})
}
