package agentapi

import "missioncontrol/internal/httpapi"

var (
	healthHints = &httpapi.Hints{
		Intent: "agent_auth_health", RequiredActor: "any_agent",
		WhenToUse:     []string{"You start, or a call was refused and you doubt your token."},
		WhenNotToUse:  []string{"Your last call succeeded."},
		Prerequisites: []string{"An agent token."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not use it instead of a heartbeat."},
		Routing:       []string{"401 means the token is wrong: read TOOLS.md again."},
		Examples:      httpapi.Routing("is my token right", "any_agent", "agent_auth_health"),
	}
	boardsHints = &httpapi.Hints{
		Intent: "agent_board_discovery", RequiredActor: "any_agent",
		WhenToUse:     []string{"You need the id of your board, or, as main agent, of all boards."},
		WhenNotToUse:  []string{"You know the id: it is in TOOLS.md."},
		Prerequisites: []string{"An agent token."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not guess board ids."},
		Routing:       []string{"Workers and leads get exactly one board."},
		Examples:      httpapi.Routing("which boards are mine", "any_agent", "agent_board_discovery"),
	}
	boardHints = &httpapi.Hints{
		Intent: "agent_board_lookup", RequiredActor: "any_agent",
		WhenToUse:     []string{"You need the goal or the rules of your board before you move a task."},
		WhenNotToUse:  []string{"You were just told of a change of the board: the message has the new values."},
		Prerequisites: []string{"The board is yours."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not work against a rule: the server refuses it anyway."},
		Routing:       []string{"Read it once per session, and again when a move was refused."},
		Examples:      httpapi.Routing("what are the rules here", "any_agent", "agent_board_lookup"),
	}
	rosterHints = &httpapi.Hints{
		Intent: "agent_roster_discovery", RequiredActor: "any_agent",
		WhenToUse:     []string{"You want to know who is there before you mention or assign somebody."},
		WhenNotToUse:  []string{"You only want to reach the lead: mention @lead."},
		Prerequisites: []string{"An agent token."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not assign work to an agent that is offline."},
		Routing:       []string{"status tells who is online."},
		Examples:      httpapi.Routing("who can take this task", "any_agent", "agent_roster_discovery"),
	}
	createHints = &httpapi.Hints{
		Intent: "agent_management", RequiredActor: "board_lead",
		WhenToUse:     []string{"You lead the board and work needs a specialist who is not there."},
		WhenNotToUse:  []string{"An agent of the board can do it."},
		Prerequisites: []string{"You are the lead of the board.", "The board has room: see max_agents."},
		SideEffects:   []string{"A workspace is set up on the gateway and the new agent is woken."},
		Negative:      []string{"Do not create agents you have no work for."},
		Routing:       []string{"Give a name and identity_profile.role."},
		Examples:      httpapi.Routing("hire a specialist", "board_lead", "agent_management"),
	}
	heartbeatHints = &httpapi.Hints{
		Intent: "agent_heartbeat", RequiredActor: "any_agent",
		WhenToUse:     []string{"At the start, and at every heartbeat."},
		WhenNotToUse:  []string{"You made another call within the last minutes: that counts as a sign of life too."},
		Prerequisites: []string{"An agent token."},
		SideEffects:   []string{"You are shown as online."},
		Negative:      []string{"Do not send a body; it is ignored."},
		Routing:       []string{"On 5xx wait for the next heartbeat instead of retrying at once."},
		Examples:      httpapi.Routing("say that I am alive", "any_agent", "agent_heartbeat"),
	}
	leadMessageHints = &httpapi.Hints{
		Intent: "lead_direct_routing", RequiredActor: "agent_main",
		WhenToUse:     []string{"A question or a hand-over concerns one board."},
		WhenNotToUse:  []string{"It concerns several boards: broadcast."},
		Prerequisites: []string{"You are the main agent of the board's gateway."},
		SideEffects:   []string{"A board without a lead gets one."},
		Negative:      []string{"Do not send the same question twice; use correlation_id."},
		Routing:       []string{"kind is question when you expect an answer, handoff when you pass work on."},
		Examples:      httpapi.Routing("ask the lead of a board", "agent_main", "lead_direct_routing"),
	}
	broadcastHints = &httpapi.Hints{
		Intent: "lead_broadcast_routing", RequiredActor: "agent_main",
		WhenToUse:     []string{"Every lead, or several, need to know or answer the same."},
		WhenNotToUse:  []string{"One board is concerned: message its lead."},
		Prerequisites: []string{"You are the main agent of a gateway."},
		SideEffects:   []string{"Boards without a lead get one."},
		Negative:      []string{"Do not broadcast chatter."},
		Routing:       []string{"Name board_ids when not all boards are meant."},
		Examples:      httpapi.Routing("ask all leads for their status", "agent_main", "lead_broadcast_routing"),
	}
)
