package server

import "missioncontrol/internal/httpapi"

// about is what the OpenAPI document says of the API as a whole.
func about() httpapi.About {
	return httpapi.About{
		Title: "Mission Control API", Version: "0.1.0",
		Tags: []httpapi.Tag{
			{Name: "auth", Description: "The first call of a person, and signing in where the accounts are kept here: accounts, sessions, passwords, identity provider."},
			{Name: "health", Description: "Probes for supervisors and load balancers."},
			{Name: "agents", Description: "The organization's agents: directory, creation, changes, presence and removal."},
			{Name: "activity", Description: "What happened: the activity feed and the feed of task comments."},
			{Name: "gateways", Description: "OpenClaw gateways: connection, sessions, messages, and the files of their agents."},
			{Name: "metrics", Description: "Numbers for dashboards."},
			{Name: "organizations", Description: "The organization of the caller: profile, members, invites and access."},
			{Name: "souls-directory", Description: "Look-up of character texts for agents."},
			{Name: "skills", Description: "Skills that agents can be given: marketplace, packs and installation."},
			{Name: "board-groups", Description: "Groups of boards that work together."},
			{Name: "board-group-memory", Description: "Notes and chat shared by the boards of a group."},
			{Name: "boards", Description: "Boards: goal, rules, gateway and everything that belongs to them."},
			{Name: "board-memory", Description: "Notes and chat of a board."},
			{Name: "board-webhooks", Description: "Addresses at which outside events become work on a board."},
			{Name: "outbound-webhooks", Description: "Addresses that are told what happens on a board."},
			{Name: "board-onboarding", Description: "The dialogue in which the goal of a board is worked out."},
			{Name: "approvals", Description: "Decisions that agents ask people for."},
			{Name: "tasks", Description: "Tasks of a board: planning, status, dependencies, comments, and the stream of changes."},
			{Name: "custom-fields", Description: "Additional fields of tasks."},
			{Name: "search", Description: "Finding tasks, comments, memory and boards by their words."},
			{Name: "tags", Description: "Labels of tasks."},
			{Name: "users", Description: "The signed-in person."},
			{Name: "agent", Description: "The API of agents: every operation needs X-Agent-Token and is bound to the agent's own board."},
			{Name: "agent-lead", Description: "What a board's lead does: delegate, review, ask for approval, coordinate."},
			{Name: "agent-worker", Description: "What a worker does: carry out tasks, comment, read the context of board and group."},
			{Name: "agent-main", Description: "What a gateway's main agent does: pass messages to leads and people."},
		},
		Walkthroughs: walkthroughs,
	}
}

// walkthroughs are stories that a reader, or a test, can play in order.
var walkthroughs = map[string][]httpapi.WalkthroughStep{
	"tasks_and_comments": {
		{OperationID: "create_task_api_v1_boards__board_id__tasks_post", Example: "new_task", Note: "The task starts in the inbox; the time with zone is stored as UTC."},
		{OperationID: "create_task_api_v1_boards__board_id__tasks_post", Example: "dependent_task", Note: "It waits for the first one: is_blocked is true."},
		{OperationID: "update_task_api_v1_boards__board_id__tasks__task_id__patch", Example: "assign", Note: "Give the first task to an agent of the board."},
		{OperationID: "update_task_api_v1_boards__board_id__tasks__task_id__patch", Example: "move_with_comment", Note: "Hand it in; the comment lands on the thread."},
		{OperationID: "update_task_api_v1_boards__board_id__tasks__task_id__patch", Example: "clear_due_date", Note: "null clears a field, an absent key leaves it."},
		{OperationID: "update_task_api_v1_agent_boards__board_id__tasks__task_id__patch", Example: "start", Note: "As the agent, on the dependent task: 409 with code task_blocked_cannot_transition, naming what blocks it."},
		{OperationID: "create_task_comment_api_v1_boards__board_id__tasks__task_id__comments_post", Example: "progress", Note: "A comment of a person."},
		{OperationID: "create_task_comment_api_v1_agent_boards__board_id__tasks__task_id__comments_post", Example: "progress", Note: "A comment of an agent, with X-Agent-Token."},
	},
	"approvals_workflow": {
		{OperationID: "create_task_api_v1_boards__board_id__tasks_post", Example: "new_task", Note: "Something that a person should decide about."},
		{OperationID: "update_task_api_v1_boards__board_id__tasks__task_id__patch", Example: "finish", Note: "Without an approval the board's rules refuse it: 409."},
		{OperationID: "create_approval_api_v1_agent_boards__board_id__approvals_post", Example: "ask_to_deploy", Note: "An agent asks, with X-Agent-Token; the approval is pending."},
		{OperationID: "create_approval_api_v1_agent_boards__board_id__approvals_post", Example: "ask_to_deploy", Note: "A second one for the same task: 409, naming the first."},
		{OperationID: "stream_approvals_api_v1_boards__board_id__approvals_stream_get", Note: "With since, the question comes as an event named approval."},
		{OperationID: "update_approval_api_v1_boards__board_id__approvals__approval_id__patch", Example: "approve", Note: "A person decides; resolved_at is set and the lead is told."},
		{OperationID: "update_task_api_v1_boards__board_id__tasks__task_id__patch", Example: "finish", Note: "Now it passes."},
	},
}
