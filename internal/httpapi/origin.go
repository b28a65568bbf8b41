package httpapi

import (
	"context"

	"missioncontrol/internal/mc"
)

// party is implemented by scopes of guards that know who calls.
type party interface{ Party() mc.Party }

// caused names the caller as the one who causes what the handler does.
func caused[S any](ctx context.Context, scope S) context.Context {
	who, ok := any(scope).(party)
	if !ok {
		return ctx
	}
	origin := mc.OriginOf(ctx)
	origin.Party = who.Party()
	return mc.WithOrigin(ctx, origin)
}
