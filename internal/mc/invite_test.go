package mc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
)

func TestMergingAnInviteLosesNothing(t *testing.T) {
	t.Parallel()
	now := mc.SystemClock()
	type rights struct {
		role        mc.Role
		read, write bool
	}
	for name, tc := range map[string]struct {
		member, invite, want rights
		changed              bool
	}{
		"nothing to add":                   {rights{"owner", true, true}, rights{"member", false, false}, rights{"owner", true, true}, false},
		"a higher role":                    {rights{"member", false, false}, rights{"admin", false, false}, rights{"admin", false, false}, true},
		"the highest role":                 {rights{"admin", false, false}, rights{"owner", false, false}, rights{"owner", false, false}, true},
		"a lower role":                     {rights{"admin", false, false}, rights{"guest", false, false}, rights{"admin", false, false}, false},
		"another role of no meaning":       {rights{"guest", false, false}, rights{"member", false, false}, rights{"guest", false, false}, false},
		"reading":                          {rights{"member", false, false}, rights{"member", true, false}, rights{"member", true, false}, true},
		"writing brings reading":           {rights{"member", false, false}, rights{"member", false, true}, rights{"member", true, true}, true},
		"reading does not end the writing": {rights{"member", false, true}, rights{"member", true, false}, rights{"member", true, true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := mc.Member{Role: tc.member.role, AllBoardsRead: tc.member.read, AllBoardsWrite: tc.member.write}
			got, changed := m.Merged(mc.Invite{Role: tc.invite.role, AllBoardsRead: tc.invite.read, AllBoardsWrite: tc.invite.write}, now)
			if (rights{got.Role, got.AllBoardsRead, got.AllBoardsWrite}) != tc.want || changed != tc.changed || changed != got.UpdatedAt.Equal(now) {
				t.Errorf("became %+v, changed %v", got, changed)
			}
		})
	}
}

func TestWhomAnInviteIsFor(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		invited string
		email   *string
		want    bool
	}{
		"the address":             {"bob@example.com", mc.Ref("bob@example.com"), true},
		"in other letters":        {"bob@example.com", mc.Ref(" Bob@Example.COM "), true},
		"another address":         {"bob@example.com", mc.Ref("ann@example.com"), false},
		"somebody without any":    {"bob@example.com", nil, true},
		"somebody with a blank":   {"bob@example.com", mc.Ref(" "), true},
		"an invite without any":   {"", mc.Ref("ann@example.com"), true},
		"no address after all":    {"bob", mc.Ref("bob"), true},
		"the beginning of theirs": {"bob", mc.Ref("bob@example.com"), false},
	} {
		if got := (mc.Invite{InvitedEmail: tc.invited}).IsFor(tc.email); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestBoardsNamedTwiceAreMerged(t *testing.T) {
	t.Parallel()
	a, b := mc.NewID(), mc.NewID()
	got := mc.MergeBoardAccess([]mc.BoardAccess{{a, true, false}, {b, false, false}, {a, false, true}})
	if diff := cmp.Diff([]mc.BoardAccess{{a, true, true}, {b, false, false}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
