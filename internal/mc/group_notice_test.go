package mc

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGroupNotice(t *testing.T) {
	t.Parallel()
	moved := Board{ID: boardID, Name: "Beta"}
	neighbour := Board{ID: taskID, Name: "Alpha"}
	group := BoardGroup{ID: depID, Name: "Team"}
	to := Agent{Name: "Will"}
	for move, want := range map[GroupMove]struct {
		did    string
		record NoticeRecord
	}{
		GroupJoin: {"Joined", NoticeRecord{
			"board.group.join.notified", "Board-group join notice sent to Will for board Alpha related to Beta and Team.",
			"board.group.join.notify_failed", "Board-group join notify failed for Will on board Alpha: ",
		}},
		GroupLeave: {"Left", NoticeRecord{
			"board.group.leave.notified", "Board-group leave notice sent to Will for board Alpha related to Beta and Team.",
			"board.group.leave.notify_failed", "Board-group leave notify failed for Will on board Alpha: ",
		}},
	} {
		notice := GroupNotice{Move: move, Moved: moved, Group: group}
		head := "BOARD GROUP UPDATED\n" + want.did + " Board: Beta\n" + want.did + " Board ID: " + boardID.String() +
			"\nRecipient Board: Alpha\nRecipient Board ID: " + taskID.String() + "\nBoard Group: Team\nBoard Group ID: " + depID.String() + "\n\n"
		text, ok := strings.CutPrefix(notice.Message(neighbour), head)
		if lines := strings.Split(text, "\n"); !ok || len(lines) != 4 || !strings.HasSuffix(lines[0], ":") || lines[1][:3] != "1. " || lines[2][:3] != "2. " || lines[3][:3] != "3. " {
			t.Errorf("%s:\n%s", move, notice.Message(neighbour))
		}
		if diff := cmp.Diff(want.record, notice.Record(to, neighbour)); diff != "" {
			t.Errorf("%s:\n%s", move, diff)
		}
	}
}
