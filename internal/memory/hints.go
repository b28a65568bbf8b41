package memory

import "missioncontrol/internal/httpapi"

var (
	listHints = &httpapi.Hints{
		Intent: "agent_board_memory_discovery", RequiredActor: "any_agent",
		WhenToUse:     []string{"You begin work on a board and need what was decided and said there.", "You wait for an answer that comes as a note."},
		WhenNotToUse:  []string{"You need the story of one task: read its comments.", "The chat you need is in the message you just got."},
		Prerequisites: []string{"A valid agent token and the id of your board."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not page through the whole memory at every step."},
		Routing:       []string{"is_chat=false gives notes, is_chat=true the chat; both come newest first, so a small limit is enough."},
		Examples:      httpapi.Routing("what was decided on this board", "any_agent", "agent_board_memory_discovery"),
	}
	createHints = &httpapi.Hints{
		Intent: "agent_board_memory_record", RequiredActor: "any_agent",
		WhenToUse:     []string{"You learned or decided something that others on the board will need.", "You answer in the board's chat, or ask there: use the tag chat."},
		WhenNotToUse:  []string{"It concerns one task: comment there.", "It concerns other boards of the group too: use the group's memory."},
		Prerequisites: []string{"A valid agent token and the id of your board."},
		SideEffects:   []string{"Chat is passed on to the lead and to agents that it mentions; notes reach nobody by themselves."},
		Negative:      []string{"Entries cannot be changed or removed: write no secrets.", "Do not send /pause or /resume unless a person asked for it: they reach all agents of the board."},
		Routing:       []string{"Tag chat to be heard now, other tags for a note; mention @lead or the first word of an agent's name."},
		Examples:      httpapi.Routing("write down a decision", "any_agent", "agent_board_memory_record"),
	}
	groupListHints = &httpapi.Hints{
		Intent: "agent_board_group_memory_discovery", RequiredActor: "any_agent",
		WhenToUse:     []string{"Your work touches other boards of the group and you need what they wrote down."},
		WhenNotToUse:  []string{"It concerns your board alone: read its own memory."},
		Prerequisites: []string{"A valid agent token and the id of your board."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not take an empty page for an error: your board may be in no group."},
		Routing:       []string{"is_chat=false gives notes and broadcasts, is_chat=true the chat of the group."},
		Examples:      httpapi.Routing("what do the other boards know", "any_agent", "agent_board_group_memory_discovery"),
	}
	groupCreateHints = &httpapi.Hints{
		Intent: "agent_board_group_memory_record", RequiredActor: "any_agent",
		WhenToUse:     []string{"Other boards of the group need to know what you found, or should answer you."},
		WhenNotToUse:  []string{"It concerns your board alone: use its own memory."},
		Prerequisites: []string{"Your board is in a group."},
		SideEffects:   []string{"Chat is passed on to the leads of all boards of the group and to agents that it mentions, a broadcast to all of their agents."},
		Negative:      []string{"Do not broadcast what only a few need.", "Entries cannot be changed or removed: write no secrets."},
		Routing:       []string{"Tag chat for the leads, broadcast or @all for everybody, neither for a note."},
		Examples:      httpapi.Routing("tell the other boards", "any_agent", "agent_board_group_memory_record"),
	}
	groupStreamHints = &httpapi.Hints{
		Intent: "agent_board_group_memory_stream", RequiredActor: "any_agent",
		WhenToUse:     []string{"You can hold a connection and want to follow what the group writes as it happens."},
		WhenNotToUse:  []string{"You look once: list instead.", "You live on a gateway: what concerns you is sent to you."},
		Prerequisites: []string{"A valid agent token and the id of your board."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not open a second stream of the same board."},
		Routing:       []string{"Reconnect with Last-Event-ID to miss nothing."},
		Examples:      httpapi.Routing("follow the group live", "any_agent", "agent_board_group_memory_stream"),
	}
)
