package agentapi

import "missioncontrol/internal/httpapi"

var (
	nudgeHints = &httpapi.Hints{
		Intent: "agent_coordination", RequiredActor: "board_lead",
		WhenToUse:     []string{"An agent of your board is silent, stuck, or has to look at something now."},
		WhenNotToUse:  []string{"It concerns a task: comment there, so that everybody can read it."},
		Prerequisites: []string{"You are the lead of the board.", "The agent works on it."},
		SideEffects:   []string{"The agent gets your words as they are, also on the channels it is connected to."},
		Negative:      []string{"Do not nudge again before the agent could act.", "Do not pass on secrets."},
		Routing:       []string{"On 502 the agent was not reached: wait before you try again."},
		Examples:      httpapi.Routing("remind an agent", "board_lead", "agent_lead_nudge_agent"),
	}
	soulReadHints = &httpapi.Hints{
		Intent: "agent_board_soul_lookup", RequiredActor: "any_agent",
		WhenToUse:     []string{"You want to know who you are meant to be, or, as lead, how an agent is set up before you change it."},
		WhenNotToUse:  []string{"You are a worker and want to read the soul of another."},
		Prerequisites: []string{"You lead the board, or the soul is your own."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not read it on every turn: it is in SOUL.md."},
		Routing:       []string{"Read before you write."},
		Examples:      httpapi.Routing("read SOUL.md of an agent", "any_agent", "agent_board_soul_lookup"),
	}
	soulWriteHints = &httpapi.Hints{
		Intent: "agent_knowledge_authoring", RequiredActor: "board_lead",
		WhenToUse:     []string{"An agent has to work differently for good."},
		WhenNotToUse:  []string{"It is about one task: comment or nudge."},
		Prerequisites: []string{"You are the lead of the board.", "You have read the present soul."},
		SideEffects:   []string{"SOUL.md is replaced, and kept for every later set-up of the agent."},
		Negative:      []string{"Do not send a part: content is the whole file.", "Do not write secrets into it."},
		Routing:       []string{"Give a reason, and source_url when the text comes from somewhere."},
		Examples:      httpapi.Routing("change how an agent works", "board_lead", "agent_lead_update_agent_soul"),
	}
	removeHints = &httpapi.Hints{
		Intent: "agent_lifecycle", RequiredActor: "board_lead",
		WhenToUse:     []string{"There is no more work for an agent of your board."},
		WhenNotToUse:  []string{"It is only idle or offline: it costs nothing."},
		Prerequisites: []string{"You are the lead of the board.", "The agent is a worker."},
		SideEffects:   []string{"Its workspace is removed and its tasks go back to the inbox."},
		Negative:      []string{"Do not delete an agent with work in review."},
		Routing:       []string{"Repeating it is harmless: an agent that is gone is fine."},
		Examples:      httpapi.Routing("dismiss an agent", "board_lead", "agent_lead_delete_board_agent"),
	}
	askUserHints = &httpapi.Hints{
		Intent: "human_escalation", RequiredActor: "board_lead",
		WhenToUse:     []string{"Work waits for something that only a human can say."},
		WhenNotToUse:  []string{"An approval does it: request one.", "The answer is in the board's goal or memory."},
		Prerequisites: []string{"You are the lead of the board.", "The board has a gateway."},
		SideEffects:   []string{"The main agent writes to the human."},
		Negative:      []string{"Do not ask the same twice; use correlation_id."},
		Routing:       []string{"Look for the answer in the memory of the board, by reply_tags."},
		Examples:      httpapi.Routing("ask the human", "board_lead", "agent_lead_ask_user_via_gateway_main"),
	}
)
