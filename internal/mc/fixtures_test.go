package mc

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Fixed entities of the tests: one board with a lead and two workers, and
// agents from elsewhere.
var (
	boardID      = MustID("11111111-1111-4111-8111-111111111111")
	otherBoardID = MustID("11111111-1111-4111-8111-222222222222")
	taskID       = MustID("22222222-2222-4222-8222-222222222222")
	depID        = MustID("22222222-2222-4222-8222-333333333333")
	userID       = MustID("66666666-6666-4666-8666-666666666666")

	wanda = Agent{ID: MustID("33333333-3333-4333-8333-111111111111"), BoardID: &boardID, Name: "Wanda Worker"}
	walt  = Agent{ID: MustID("33333333-3333-4333-8333-222222222222"), BoardID: &boardID, Name: "Walt"}
	lead  = Agent{ID: MustID("33333333-3333-4333-8333-333333333333"), BoardID: &boardID, Name: "Lead Agent", IsBoardLead: true}
	main  = Agent{ID: MustID("33333333-3333-4333-8333-444444444444"), Name: "GW Gateway Agent"}
	alien = Agent{ID: MustID("33333333-3333-4333-8333-555555555555"), BoardID: &otherBoardID, Name: "Alien"}

	byUser  = TaskActor{UserID: userID}
	byWanda = TaskActor{Agent: &wanda}
	byWalt  = TaskActor{Agent: &walt}
	byLead  = TaskActor{Agent: &lead}
	byMain  = TaskActor{Agent: &main}

	earlier = at("2031-01-01T08:00:00")
	started = at("2031-01-01T09:00:00")
	now     = at("2031-01-01T10:00:00")
)

func at(s string) Time {
	t, err := ParseTime(s)
	if err != nil {
		panic(err)
	}
	return t
}

// checkErr compares an error with the wanted one in all that is answered.
func checkErr(t *testing.T, got, want error) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

// checkDetail compares the detail of a refusal as it goes over the wire.
func checkDetail(t *testing.T, err error, kind Kind, detail string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a refusal", err)
	}
	text, jsonErr := json.Marshal(e.Detail)
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	if e.Kind != kind || string(text) != detail {
		t.Errorf("got kind %d, detail %s\nwant kind %d, detail %s", e.Kind, text, kind, detail)
	}
}
