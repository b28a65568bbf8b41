package mc

import (
	"fmt"
	"strings"
)

// GroupMove is what a board does to a board group.
type GroupMove string

// The moves, as the types of their events name them.
const (
	GroupJoin  GroupMove = "join"
	GroupLeave GroupMove = "leave"
)

// GroupNotice tells an agent that a board has joined its board's group, or left it.
type GroupNotice struct {
	Move  GroupMove
	Moved Board
	Group BoardGroup
}

// Message is what the notice says to an agent of a board.
func (n GroupNotice) Message(recipient Board) string {
	did := "Joined"
	hints := []string{
		"What to do with the new neighbour:",
		"1. Talk across boards where work spans them; the group's memory is the place for it.",
		"2. Look at the related boards before you act on anything that is shared.",
		"3. Agree who owns what, so that nothing is done twice.",
	}
	if n.Move == GroupLeave {
		did = "Left"
		hints = []string{
			"What to do without it:",
			"1. Take coordination with that board as over.",
			"2. Look again at dependencies and ownership that spanned it.",
			"3. Make sure that no hand-over still counts on the link.",
		}
	}
	lines := []string{
		"BOARD GROUP UPDATED",
		did + " Board: " + n.Moved.Name,
		did + " Board ID: " + n.Moved.ID.String(),
		"Recipient Board: " + recipient.Name,
		"Recipient Board ID: " + recipient.ID.String(),
		"Board Group: " + n.Group.Name,
		"Board Group ID: " + n.Group.ID.String(),
		"",
	}
	return strings.Join(append(lines, hints...), "\n")
}

// Record returns the activity rows of the notice to an agent of a board.
func (n GroupNotice) Record(to Agent, recipient Board) NoticeRecord {
	return NoticeRecord{
		SentType:      EventType("board.group." + string(n.Move) + ".notified"),
		SentMessage:   fmt.Sprintf("Board-group %s notice sent to %s for board %s related to %s and %s.", n.Move, to.Name, recipient.Name, n.Moved.Name, n.Group.Name),
		FailedType:    EventType("board.group." + string(n.Move) + ".notify_failed"),
		FailedMessage: fmt.Sprintf("Board-group %s notify failed for %s on board %s: ", n.Move, to.Name, recipient.Name),
	}
}
