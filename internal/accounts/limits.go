package accounts

import (
	"context"
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/ratelimit"
)

// How often people may try. Wrong passwords are counted by account, so that many
// addresses cannot guess at one, and by address of the client, so that one
// cannot guess at many.
var (
	tries    = ratelimit.Policy{Scope: "sign_in_account", Limit: 10, Window: 10 * time.Minute}
	triesAt  = ratelimit.Policy{Scope: "sign_in_address", Limit: 50, Window: 10 * time.Minute}
	signUps  = ratelimit.Policy{Scope: "sign_up_address", Limit: 20, Window: 10 * time.Minute}
	starts   = ratelimit.Policy{Scope: "oidc_start_address", Limit: 60, Window: 10 * time.Minute}
	recently = 15 * time.Minute // ago is a sign-in that still proves who is there
)

// mayTry refuses more tries than the limits allow. Refused ones are not counted,
// so that a limit ends although somebody goes on trying.
func (f *Feature) mayTry(ctx context.Context, email string) error {
	if err := refused(f.Limiter.Check(ctx, tries, tokenOf(email))); err != nil {
		return err
	}
	return refused(f.Limiter.Check(ctx, triesAt, httpapi.ClientAddr(ctx)))
}

func (f *Feature) failed(ctx context.Context, email string) {
	f.Limiter.Hit(ctx, tries, tokenOf(email))
	f.Limiter.Hit(ctx, triesAt, httpapi.ClientAddr(ctx))
}

// count counts an attempt of which each costs something.
func (f *Feature) count(ctx context.Context, p ratelimit.Policy, key string) error {
	return refused(f.Limiter.Hit(ctx, p, key))
}

func refused(d ratelimit.Decision) error {
	if d.Allowed {
		return nil
	}
	return &httpapi.TooManyRequests{Limit: d.Limit, Remaining: d.Remaining, RetryAfter: d.Retry, Reset: d.Reset}
}
