package users_test

import (
	"context"
	"errors"
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
	"missioncontrol/internal/users"
)

// directory is an identity provider that deletes accounts, or fails to. during,
// if any, runs while it is asked.
type directory struct {
	fails   error
	removed []string
	during  func()
}

func (d *directory) Remove(ctx context.Context, subject string) error {
	if d.during != nil {
		d.during()
	}
	if d.fails != nil {
		return d.fails
	}
	d.removed = append(d.removed, subject)
	return ctx.Err()
}

func TestAccountsEndAtTheDirectoryToo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, d := apitest.New(t, st), &directory{fails: errors.New("answered 422")}
		w.Serve(users.New(st, provision.New(provision.Config{Store: st, Client: openclawtest.Client(t)}), d))
		owner := apitest.As(w.Owner)
		if got := w.Call(owner, "DELETE", me, ""); got.Status != 502 || got.Detail() != "Failed to delete account from Clerk" {
			t.Errorf("answered %d with %v", got.Status, got.Body)
		}
		if _, err := st.User(t.Context(), w.Owner.ID); err != nil {
			t.Errorf("the user is gone all the same: %v", err)
		}
		if _, err := st.Organization(t.Context(), w.Organization.ID); err != nil {
			t.Errorf("the organization is gone all the same: %v", err)
		}
		d.fails = nil
		// Nothing is gone for others as long as the directory may refuse.
		d.during = func() {
			if _, err := st.User(context.Background(), w.Owner.ID); err != nil {
				t.Errorf("gone before the directory agreed: %v", err)
			}
		}
		if got := w.Call(owner, "DELETE", me, ""); got.Status != 200 || len(d.removed) != 1 || d.removed[0] != w.Owner.ClerkUserID {
			t.Errorf("answered %d, removed %v", got.Status, d.removed)
		}
		if _, err := st.User(t.Context(), w.Owner.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("the user is still there: %v", err)
		}
	})
}

// A client that hangs up while the directory is asked does not leave half an account.
func TestHangingUpDoesNotSplitAnAccount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, d := apitest.New(t, st), &directory{}
		ctx, hangUp := context.WithCancel(t.Context())
		d.during = hangUp
		f := users.New(st, provision.New(provision.Config{Store: st, Client: openclawtest.Client(t)}), d)
		if err := f.Delete(ctx, w.Owner.ID); err != nil {
			t.Error(err)
		}
		if _, err := st.User(t.Context(), w.Owner.ID); mc.KindOf(err) != mc.KindNotFound {
			t.Errorf("gone there, and still here: %v", err)
		}
	})
}
