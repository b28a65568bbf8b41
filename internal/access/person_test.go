package access_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/auth"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/ratelimit"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// provider is an identity provider whose tokens tell little, and that is asked
// for the rest.
type provider struct {
	told  auth.Identity
	known auth.Identity // what the profile adds
	asked int
}

func (p *provider) Authenticate(*http.Request) (auth.Identity, error) { return p.told, nil }

func (p *provider) Complete(_ context.Context, id auth.Identity) auth.Identity {
	p.asked++
	if p.known.Email != nil {
		id.Email, id.EmailVerified = p.known.Email, p.known.EmailVerified
	}
	if p.known.Name != nil {
		id.Name = p.known.Name
	}
	return id
}

func guardsWith(st *store.Store, signIn auth.Authenticator) *access.Guards {
	return access.New(st, signIn, ratelimit.NewMemory(time.Now), access.Limits{}, mc.SystemClock)
}

func TestWhatIsLearntOfPeople(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		p := &provider{told: auth.Identity{Subject: "user_1", EmailRules: true}}
		user := guardsWith(st, p).User()
		see := func(step, email, name string, verified bool, asked int) access.Person {
			t.Helper()
			got, err := user.Resolve(request(t, nil, nil))
			if err != nil {
				t.Fatalf("%s: %v", step, err)
			}
			if text(got.User.Email) != email || text(got.User.Name) != name || got.User.EmailVerified != verified || p.asked != asked {
				t.Errorf("%s: %q, %q, verified %v, asked %d times", step, text(got.User.Email), text(got.User.Name), got.User.EmailVerified, p.asked)
			}
			return got
		}
		see("nobody knows anything", "", "", false, 1)
		p.known = auth.Identity{Email: mc.Ref("a@x.y"), EmailVerified: true, Name: mc.Ref("Ann")}
		first := see("a later request completes it", "a@x.y", "Ann", true, 2)
		p.known = auth.Identity{Email: mc.Ref("b@x.y"), Name: mc.Ref("Bea")}
		see("who is complete is not asked about", "a@x.y", "Ann", true, 2)
		p.told.Email, p.told.Name = mc.Ref("c@x.y"), mc.Ref("Cora")
		see("an address in the token replaces the stored one", "c@x.y", "Ann", false, 2)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			u, err := tx.UserBySubject(ctx, "user_1")
			if err != nil {
				return err
			}
			u.Name = nil
			return tx.UpdateUser(ctx, u)
		})
		p.known = auth.Identity{}
		if again := see("a name that was cleared comes back", "c@x.y", "Cora", false, 3); again.Member.ID != first.Member.ID {
			t.Error("acts as another member")
		}
	})
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Invites by address count for who was shown to have it, at the first sign-in.
func TestInvitesOfUnverifiedAddresses(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := apitest.New(t, st)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.InsertInvite(ctx, mc.Invite{ID: mc.NewID(), OrganizationID: w.Organization.ID, InvitedEmail: "a@x.y", Token: "t", Role: mc.RoleMember, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}, nil)
		})
		for _, tc := range []struct {
			subject string
			known   auth.Identity
			joins   bool
		}{
			{"claims it", auth.Identity{}, false},
			{"is banned", auth.Identity{Email: mc.Ref("a@x.y")}, false},
			{"has it", auth.Identity{Email: mc.Ref("a@x.y"), EmailVerified: true}, true},
		} {
			p := &provider{told: auth.Identity{Subject: tc.subject, Email: mc.Ref("a@x.y"), EmailRules: true}, known: tc.known}
			got, err := guardsWith(st, p).User().Resolve(request(t, nil, nil))
			if err != nil || (got.Member.OrganizationID == w.Organization.ID) != tc.joins {
				t.Errorf("who %s: %+v, %v", tc.subject, got.Member, err)
			}
		}
	})
}

func TestAccessTokensAreNoAgents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		g := guardsOf(st, 1, false)
		for range 3 {
			if _, err := g.Actor().Resolve(request(t, bearer(auth.NewAccessToken(mc.TokenPersonal)), nil)); kind(err) != mc.KindUnauthorized {
				t.Errorf("a token that nobody has costs a try of the agents': %v", err)
			}
		}
	})
}
