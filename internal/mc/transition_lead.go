package mc

import (
	"fmt"
	"slices"
	"strings"
)

// The rules of board leads: they assign and plan, and decide about tasks in
// review. They do no work themselves.

func (t *Transition) checkLead() error {
	if t.change.CommentText() != "" {
		return Forbidden("Lead comment gate failed: board leads cannot include `comment` in task PATCH. Use the task comments endpoint instead.")
	}
	var sent []string
	for field, present := range map[string]bool{
		"title":       t.change.Title.Present(),
		"description": t.change.Description.Present(),
		"priority":    t.change.Priority.Present(),
		"due_at":      t.change.DueAt.Present(),
	} {
		if present {
			sent = append(sent, field)
		}
	}
	if len(sent) == 0 {
		return nil
	}
	slices.Sort(sent)
	return Forbidden("Lead field gate failed: unsupported fields for board leads: " + strings.Join(sent, ", ") +
		". Allowed fields: assigned_agent_id, custom_field_values, depends_on_task_ids, status, tag_ids.")
}

func (t *Transition) moveByLead() error {
	t.change.AssignedAgentID.ApplyPtr(&t.after.AssignedAgentID)
	status, ok := t.change.Status.Get()
	if !ok {
		return nil
	}
	_, assigns := t.change.AssignedAgentID.Get()
	switch prev := t.before.Status; {
	case prev == StatusInbox && status == StatusInProgress && assigns:
		t.after.InProgressAt = Ref(t.now)
	case prev != StatusReview:
		return Forbidden(fmt.Sprintf("Lead status gate failed: board leads can only change status when the current task status is `review` (current: `%s`).", prev))
	case status == StatusInbox:
		t.after.InProgressAt = nil
	case status != StatusDone:
		return Forbidden(fmt.Sprintf("Lead status target gate failed: review tasks can only move to `done` or `inbox` (requested: `%s`).", status))
	}
	t.after.Status = status
	return nil
}
