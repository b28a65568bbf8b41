package templates

import (
	"testing"
	"time"

	"missioncontrol/internal/mc"
)

const token = "Zk3v-QmB_1x9T0yLr7sWcUe5aHd2fJ4gKpN8oViXtRw"

// input is a complete input for an agent of the kind, always the same.
func input(kind Kind) Input {
	gateway := mc.Gateway{ID: mc.MustID("9a3c1f52-6d0e-4b7a-8c21-5e4f7d9b0a13"), Name: "Home", WorkspaceRoot: "~/.openclaw/"}
	in := Input{
		Agent:   mc.Agent{ID: mc.MustID("5b8e2d74-1c3f-4a96-b7d0-2f6a8c4e9d31"), GatewayID: &gateway.ID, Name: "Home Gateway Agent", IdentityProfile: mc.MainIdentityProfile()},
		Gateway: gateway,
		User: &mc.User{
			Name: mc.Ref("Ann Lee"), Email: mc.Ref("ann@example.com"), Pronouns: mc.Ref("she/her"), Timezone: mc.Ref("Europe/Berlin"), Notes: mc.Ref("prefers mornings"),
		},
		Token: token, BaseURL: "https://mc.example.com/",
	}
	if kind == Main {
		return in
	}
	in.Board = &mc.Board{
		ID: mc.MustID("0f7b6a3e-92d5-4c18-a4e6-7d1c3b5f8e20"), Name: "Launch", BoardType: "goal", Objective: mc.Ref("Ship version 1"),
		SuccessMetrics: mc.JSON(`{"users":100}`), TargetDate: mc.Ref(mc.TimeOf(time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC))),
		BoardRules: mc.BoardRules{RequireApprovalForDone: true, CommentRequiredForReview: true}, MaxAgents: 3,
	}
	in.Agent.BoardID = &in.Board.ID
	in.Agent.Name, in.Agent.IdentityProfile = "Scout", mc.JSON(`{"role":"Researcher","personality":"curious"}`)
	if kind == Lead {
		in.Agent.Name, in.Agent.IsBoardLead, in.Agent.IdentityProfile = "Ava", true, mc.LeadIdentityProfile()
	}
	return in
}

// rendered returns the files of a new agent on a gateway that seeds a bootstrap.
func rendered(t *testing.T, in Input) map[string]string {
	t.Helper()
	files, err := Files(in, FileOptions{Action: Provision, Existing: []ExistingFile{{Name: "BOOTSTRAP.md"}}})
	if err != nil {
		t.Fatal(err)
	}
	contents := map[string]string{}
	for _, f := range files {
		contents[f.Name] = f.Content
	}
	return contents
}

func kinds() []Kind { return []Kind{Main, Lead, Worker} }
