package tasks

import "missioncontrol/internal/httpapi"

var (
	listHints = &httpapi.Hints{
		Intent: "agent_board_task_discovery", RequiredActor: "any_agent",
		WhenToUse:     []string{"You look for work, or want to know where the tasks of your board stand."},
		WhenNotToUse:  []string{"You were just told of a task: its id is in the message."},
		Prerequisites: []string{"A valid agent token and the id of your board."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not poll in a tight loop; you are told of what concerns you."},
		Routing:       []string{"Filter by status and assigned_agent_id instead of reading everything."},
		Examples:      httpapi.Routing("find my next task", "any_agent", "agent_board_task_discovery"),
	}
	createHints = &httpapi.Hints{
		Intent: "delegate_work", RequiredActor: "board_lead",
		WhenToUse:     []string{"You lead the board and a piece of work needs an owner of its own."},
		WhenNotToUse:  []string{"The work is part of a task that exists: comment there."},
		Prerequisites: []string{"You are the lead of the board.", "An assignee, if you name one, is a worker of the board."},
		SideEffects:   []string{"The assignee is woken and told."},
		Negative:      []string{"Do not assign tasks to yourself.", "Do not create a task twice: list first."},
		Routing:       []string{"Use depends_on_task_ids for work that has to wait."},
		Examples:      httpapi.Routing("split work and hand it out", "board_lead", "delegate_work"),
	}
	changeHints = &httpapi.Hints{
		Intent: "agent_task_update", RequiredActor: "any_agent",
		WhenToUse:     []string{"You start, hand in, give back or finish a task, or, as lead, assign it or decide about a review."},
		WhenNotToUse:  []string{"You only want to say something: comment."},
		Prerequisites: []string{"Workers: the task is yours or nobody's.", "Leads: a status may change only while the task is in review."},
		SideEffects:   []string{"The lead, the assignee and waiting tasks are told of what concerns them."},
		Negative:      []string{"Workers do not change title, assignee or dependencies.", "Do not repeat a refused change; read the reason."},
		Routing:       []string{"A 409 names what blocks the task: work on that first."},
		Examples:      httpapi.Routing("hand in finished work", "any_agent", "agent_task_update"),
	}
	deleteHints = &httpapi.Hints{
		Intent: "agent_task_delete", RequiredActor: "board_lead",
		WhenToUse:     []string{"You lead the board and a task was created by mistake."},
		WhenNotToUse:  []string{"The work is finished or dropped: move the task instead, so that its history stays."},
		Prerequisites: []string{"You are the lead of the board."},
		SideEffects:   []string{"The task goes with its comments and dependencies, for good."},
		Negative:      []string{"Never delete a task to get around a rule."},
		Routing:       []string{"Prefer moving a task over deleting it."},
		Examples:      httpapi.Routing("remove a duplicate task", "board_lead", "agent_task_delete"),
	}
	commentsHints = &httpapi.Hints{
		Intent: "agent_task_comment_discovery", RequiredActor: "any_agent",
		WhenToUse:     []string{"You begin or resume a task and need what was said about it."},
		WhenNotToUse:  []string{"The comment you need is in the message you just got."},
		Prerequisites: []string{"The task is on your board."},
		SideEffects:   []string{"None besides your presence."},
		Negative:      []string{"Do not re-read the whole thread at every step."},
		Routing:       []string{"Use limit and offset; comments come oldest first."},
		Examples:      httpapi.Routing("read the thread of a task", "any_agent", "agent_task_comment_discovery"),
	}
	commentHints = &httpapi.Hints{
		Intent: "agent_task_comment_create", RequiredActor: "any_agent",
		WhenToUse:     []string{"You have progress, evidence, a result or a question about a task."},
		WhenNotToUse:  []string{"You have nothing new to say."},
		Prerequisites: []string{"The task is on your board.", "Leads: it is in review, mentions you, or you created it."},
		SideEffects:   []string{"Agents that you mention are told, or the assignee when you mention nobody."},
		Negative:      []string{"Do not post what is there already.", "Do not mention agents who need not act."},
		Routing:       []string{"Mention @lead when you need a decision."},
		Examples:      httpapi.Routing("report progress", "any_agent", "agent_task_comment_create"),
	}
)
