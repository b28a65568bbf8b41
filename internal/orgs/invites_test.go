package orgs_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/auth/token"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func tokenBody(secret string) string { return string(mc.JSONOf(map[string]any{"token": secret})) }

func TestInvite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		admin, plain := w.Member(mc.RoleAdmin, false, false), w.Member(mc.RoleMember, false, false)
		rival, _ := w.NewOrganization("Rival")
		foreign := w.BoardOf(rival, "Foreign", nil)
		since := lastSeq(t, st)
		for name, tc := range map[string]struct {
			as     mc.User
			body   string
			status int
			detail any
		}{
			"an address":          {admin, `{"invited_email":" Bob@Example.com "}`, 200, nil},
			"the address again":   {admin, `{"invited_email":"bob@example.com","role":" Admin "}`, 200, nil},
			"what is no address":  {admin, `{"invited_email":"bob"}`, 200, nil},
			"an owner by owners":  {w.Owner, `{"invited_email":"o@example.com","role":"OWNER"}`, 200, nil},
			"an owner by admins":  {admin, `{"invited_email":"o@example.com","role":"Owner"}`, 403, "Only owners can manage owners"},
			"by a member":         {plain, `{"invited_email":"x@example.com"}`, 403, "Forbidden"},
			"a blank address":     {admin, `{"invited_email":"  "}`, 422, "Unprocessable Entity"},
			"a member's address":  {admin, fmt.Sprintf(`{"invited_email":" %s "}`, *plain.Email), 409, "Conflict"},
			"a foreign board":     {admin, fmt.Sprintf(`{"invited_email":"x@example.com","board_access":[{"board_id":%q}]}`, foreign.ID), 422, "Unprocessable Entity"},
			"no board":            {admin, `{"invited_email":"x@example.com","board_access":[{"can_read":true}]}`, 422, `["body","board_access",0,"board_id"]`},
			"nulls":               {admin, `{"invited_email":null,"role":null,"all_boards_read":null,"all_boards_write":null,"board_access":null}`, 422, `["body","invited_email"] ["body","role"] ["body","all_boards_read"] ["body","all_boards_write"] ["body","board_access"]`},
			"nothing":             {admin, `{}`, 422, `["body","invited_email"]`},
			"nobody":              {mc.User{}, `{}`, 401, "Unauthorized"},
			"a list is no object": {admin, `[]`, 422, `["body"]`},
		} {
			as := apitest.As(tc.as)
			if tc.as.ClerkUserID == "" {
				as = apitest.AsNobody
			}
			got := w.Call(as, "POST", invites, tc.body)
			if got.Status != tc.status || got.Detail() != tc.detail {
				t.Errorf("%s: answered %d %v", name, got.Status, got.Body)
			}
			if secret, _ := got.At("token").(string); got.Status == 200 && len(secret) != 32 {
				t.Errorf("%s: the token is %q", name, secret)
			}
		}
		list := w.Call(apitest.As(admin), "GET", invites, "")
		if list.At("total") != 4.0 || list.At("items", 0, "expires_at") != nil {
			t.Errorf("pending: %v", list.Body)
		}
		if told := announced(t, st, since); told[store.KindOrganization][w.Organization.ID] != 4 {
			t.Errorf("announced %v", told)
		}
		if got := w.Call(apitest.As(plain), "GET", invites, ""); got.Status != 403 {
			t.Errorf("a member sees the tokens: %d", got.Status)
		}
	})
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		_, stranger := w.NewOrganization("Rival")
		pending := w.Call(apitest.As(w.Owner), "POST", invites, `{"invited_email":"a@example.com"}`)
		accepted := w.Call(apitest.As(w.Owner), "POST", invites, `{"invited_email":"b@example.com"}`)
		joined := w.Call(apitest.AsNewcomer("b", "b@example.com", true), "GET", member, "")
		if joined.At("organization_id") != w.Organization.ID.String() {
			t.Fatalf("did not join: %v", joined.Body)
		}
		for _, step := range []struct {
			about  string
			as     mc.User
			id     any
			status int
		}{
			{"from elsewhere", stranger, pending.At("id"), 404},
			{"pending", w.Owner, pending.At("id"), 200},
			{"again", w.Owner, pending.At("id"), 404},
			{"accepted", w.Owner, accepted.At("id"), 200},
			{"none", w.Owner, mc.NewID(), 404},
			{"no id", w.Owner, "x", 422},
		} {
			got := w.Call(apitest.As(step.as), "DELETE", fmt.Sprintf("%s/%v", invites, step.id), "")
			if got.Status != step.status {
				t.Errorf("%s: answered %d %v", step.about, got.Status, got.Body)
			}
			if step.about == "pending" && cmp.Diff(pending.Body, got.Body) != "" {
				t.Errorf("it was %s", cmp.Diff(pending.Body, got.Body))
			}
		}
		if got := w.Call(apitest.As(stranger), "POST", accept, tokenBody(pending.At("token").(string))); got.Status != 404 {
			t.Errorf("a revoked token: %d", got.Status)
		}
		if got := w.Call(apitest.As(mc.User{ClerkUserID: "b"}), "GET", member, ""); got.At("organization_id") != w.Organization.ID.String() {
			t.Errorf("whoever had accepted is out: %v", got.Body)
		}
	})
}

func TestAcceptJoins(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		a, b := w.Board("A", nil), w.Board("B", nil)
		home, guest := w.NewOrganization("Home")
		_, other := w.NewOrganization("Other")
		secret := invited(t, w, fmt.Sprintf(`{"invited_email":%q,"role":"helper","board_access":[{"board_id":%q},{"board_id":%q,"can_read":false,"can_write":true}]}`, *guest.Email, a.ID, b.ID))
		if got := w.Call(apitest.As(other), "POST", accept, tokenBody(secret)); got.Status != 403 || got.Detail() != "Forbidden" {
			t.Errorf("somebody else: %d %v", got.Status, got.Body)
		}
		since := lastSeq(t, st)
		got := w.Call(apitest.As(guest), "POST", accept, tokenBody(secret))
		if got.Status != 200 || got.At("role") != "helper" || got.At("user", "id") != guest.ID.String() || cmp.Diff([]any{}, got.At("board_access")) != "" {
			t.Errorf("answered %d %v", got.Status, got.Body)
		}
		rows, err := st.Grants(t.Context(), memberOf(t, w, guest).ID)
		if err != nil || len(rows) != 2 || !rows[0].CanRead || rows[0].CanWrite || rows[1].CanRead || !rows[1].CanWrite {
			t.Errorf("boards: %+v, %v", rows, err)
		}
		if again := w.Call(apitest.As(guest), "POST", accept, tokenBody(secret)); again.Status != 404 {
			t.Errorf("once more: %d", again.Status)
		}
		if now := w.Call(apitest.As(guest), "GET", current, ""); now.At("id") != home.ID.String() {
			t.Errorf("acts in %v", now.Body)
		}
		if told := announced(t, st, since); told[store.KindOrganization][w.Organization.ID] != 2 {
			t.Errorf("announced %v", told)
		}
		entries := audited(t, w)
		if len(entries) != 3 || entries[0].Action != mc.AuditMemberJoined || entries[1].Action != mc.AuditInviteAccepted || entries[2].Action != mc.AuditInviteCreated ||
			*entries[0].ActorID != guest.ID || entries[0].TargetName != "Home owner" {
			t.Errorf("audited %+v", entries)
		}
	})
}

func TestAcceptMerges(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		a, b := w.Board("A", nil), w.Board("B", nil)
		u := w.Member(mc.RoleMember, false, false)
		w.Grant(u, a, false)
		offer := func(email, role string, read, write bool, boards ...mc.BoardAccess) mc.Member {
			t.Helper()
			invite := mc.Invite{ID: mc.NewID(), OrganizationID: w.Organization.ID, InvitedEmail: email, Token: mc.NewID().String(), Role: mc.Role(role), AllBoardsRead: read, AllBoardsWrite: write}
			w.Write(func(ctx context.Context, tx *store.Tx) error {
				invite.CreatedAt, invite.UpdatedAt = tx.Now(), tx.Now() // without a digest, as in an adopted database
				return tx.InsertInvite(ctx, invite, boards)
			})
			if got := w.Call(apitest.As(u), "POST", accept, tokenBody(invite.Token)); got.Status != 200 {
				t.Fatalf("answered %d %v", got.Status, got.Body)
			}
			return memberOf(t, w, u)
		}
		before := memberOf(t, w, u)
		m := offer(*u.Email, "guest", false, false, mc.BoardAccess{BoardID: a.ID, CanWrite: true}, mc.BoardAccess{BoardID: b.ID, CanRead: true})
		if m != before {
			t.Errorf("boards only: %+v, was %+v", m, before)
		}
		rows, err := st.Grants(t.Context(), m.ID)
		if err != nil || len(rows) != 2 || !rows[0].CanRead || !rows[0].CanWrite || !rows[0].UpdatedAt.After(rows[0].CreatedAt) || !rows[1].CanRead || rows[1].CanWrite {
			t.Errorf("boards: %+v, %v", rows, err)
		}
		if m = offer("", "admin", true, false); m.Role != mc.RoleAdmin || !m.AllBoardsRead || m.AllBoardsWrite || !m.UpdatedAt.After(before.UpdatedAt) {
			t.Errorf("role and flag: %+v", m)
		}
		if m = offer(*u.Email, "member", false, true); m.Role != mc.RoleAdmin || !m.AllBoardsWrite {
			t.Errorf("a lower role, and a flag: %+v", m)
		}
	})
}

// Of several who accept one invite at once one succeeds, and nobody is told of
// an error of ours.
func TestOneInviteIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		_, guest := w.NewOrganization("Home")
		callers := []mc.User{guest, guest, guest}
		for range 3 { // who have no address may accept any
			_, u := w.NewOrganization(mc.NewID().String())
			w.Write(func(ctx context.Context, tx *store.Tx) error {
				u.Email = nil
				return tx.UpdateUser(ctx, u)
			})
			callers = append(callers, u)
		}
		secret := invited(t, w, fmt.Sprintf(`{"invited_email":%q}`, *guest.Email))
		var wg sync.WaitGroup
		statuses := make([]int, len(callers))
		for i, u := range callers {
			wg.Go(func() { statuses[i] = w.Call(apitest.As(u), "POST", accept, tokenBody(secret)).Status })
		}
		wg.Wait()
		count := map[int]int{}
		for _, status := range statuses {
			count[status]++
		}
		if diff := cmp.Diff(map[int]int{200: 1, 404: 5}, count); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
		if _, total, err := st.Members(t.Context(), w.Organization.ID, 200, 0); err != nil || total != 2 {
			t.Errorf("%d members, %v", total, err)
		}
	})
}

// Several invites of one person at once merge, whatever the order.
func TestSeveralInvitesAreAcceptedAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		_, guest := w.NewOrganization("Home")
		var secrets []string
		for _, extra := range []string{`"role":"admin"`, `"all_boards_read":true`, `"all_boards_write":true`, `"role":"x"`} {
			secrets = append(secrets, invited(t, w, fmt.Sprintf(`{"invited_email":%q,%s}`, *guest.Email, extra)))
		}
		var wg sync.WaitGroup
		statuses := make([]int, len(secrets))
		for i, secret := range secrets {
			wg.Go(func() { statuses[i] = w.Call(apitest.As(guest), "POST", accept, tokenBody(secret)).Status })
		}
		wg.Wait()
		m := memberOf(t, w, guest)
		if diff := cmp.Diff([]int{200, 200, 200, 200}, statuses); diff != "" || m.Role != mc.RoleAdmin || !m.AllBoardsRead || !m.AllBoardsWrite {
			t.Errorf("%v, %+v", statuses, m)
		}
	})
}

func TestFirstSignInTakesTheOldestInvite(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		second, owner := w.NewOrganization("Second")
		for name, tc := range map[string]struct {
			email    string
			verified bool
			joins    bool
		}{
			"an address that is vouched for": {"ann@example.com", true, true},
			"in other letters":               {" Bob@Example.com", true, true},
			"one that anybody may claim":     {"eve@example.com", false, false},
			"none":                           {"", false, false},
		} {
			invitedEmail := tc.email
			if invitedEmail == "" {
				invitedEmail = "nobody@example.com"
			}
			invited(t, w, fmt.Sprintf(`{"invited_email":%q,"all_boards_read":true}`, invitedEmail))
			if got := w.Call(apitest.As(owner), "POST", invites, fmt.Sprintf(`{"invited_email":%q}`, invitedEmail)); got.Status != 200 {
				t.Fatalf("%s: %v", name, got.Body)
			}
			var wg sync.WaitGroup
			answers := make([]apitest.Answer, 4)
			for i := range answers {
				wg.Go(func() { answers[i] = w.Call(apitest.AsNewcomer(name, tc.email, tc.verified), "GET", mine, "") })
			}
			wg.Wait()
			want := mc.PersonalOrganization
			if tc.joins {
				want = w.Organization.Name
			}
			for _, got := range answers {
				if got.At(0, "name") != want || got.At(0, "is_active") != true || got.At(1) != nil {
					t.Errorf("%s: belongs to %v", name, got.Body)
				}
			}
			pending, _, err := st.PendingInvites(t.Context(), second.ID, 200, 0)
			if err != nil || pending[0].InvitedEmail != mc.NormalizeEmail(invitedEmail) {
				t.Errorf("%s: the younger invite is gone (%v)", name, err)
			}
		}
		// An address that is vouched for later helps only who belongs nowhere.
		if got := w.Call(apitest.AsNewcomer("one that anybody may claim", "eve@example.com", true), "GET", mine, ""); got.At(0, "name") != mc.PersonalOrganization || got.At(1) != nil {
			t.Errorf("later: %v", got.Body)
		}
	})
}

func TestInvitesExpire(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorldWithTTL(t, st, 48*time.Hour)
		_, guest := w.NewOrganization("Home")
		got := w.Call(apitest.As(w.Owner), "POST", invites, fmt.Sprintf(`{"invited_email":%q}`, *guest.Email))
		made, _ := mc.ParseTime(got.At("created_at").(string))
		if end, err := mc.ParseTime(fmt.Sprint(got.At("expires_at"))); err != nil || end.Sub(made) != 48*time.Hour {
			t.Errorf("ends at %v", got.At("expires_at"))
		}
		past := mc.SystemClock().Add(-time.Second)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			for _, email := range []string{*guest.Email, "new@example.com"} {
				invite := mc.Invite{ID: mc.NewID(), OrganizationID: w.Organization.ID, InvitedEmail: email, Token: email, TokenSHA256: mc.Ref(token.SHA256Hex(email)), Role: mc.RoleMember, ExpiresAt: &past, CreatedAt: past, UpdatedAt: past}
				if err := tx.InsertInvite(ctx, invite, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if got := w.Call(apitest.As(guest), "POST", accept, tokenBody(*guest.Email)); got.Status != 404 {
			t.Errorf("an expired token: %d %v", got.Status, got.Body)
		}
		if got := w.Call(apitest.AsNewcomer("new", "new@example.com", true), "GET", current, ""); got.At("name") != mc.PersonalOrganization {
			t.Errorf("an expired address: %v", got.Body)
		}
		if got := w.Call(apitest.As(w.Owner), "GET", invites, ""); got.At("total") != 3.0 {
			t.Errorf("admins see what has expired: %v", got.Body)
		}
		if got := w.Call(apitest.As(guest), "POST", accept, tokenBody(got.At("token").(string))); got.Status != 200 {
			t.Errorf("in time: %d %v", got.Status, got.Body)
		}
	})
}
