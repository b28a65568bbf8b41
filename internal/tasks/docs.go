package tasks

import (
	"reflect"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// What the OpenAPI document says of the operations beyond their declarations:
// refusals, examples, and hints for agents that choose operations at run time.

// BlockedTaskError is the body of a refusal because of open dependencies.
type BlockedTaskError struct {
	Detail BlockedTaskDetail `json:"detail"`
}

// BlockedTaskDetail says what blocks a task.
type BlockedTaskDetail struct {
	Message          string   `json:"message"`
	Code             *string  `json:"code,omitempty"`
	BlockedByTaskIDs []string `json:"blocked_by_task_ids"`
}

var blockedDetail = map[string]any{"message": "Task is blocked by incomplete dependencies.", "code": "task_blocked_cannot_transition", "blocked_by_task_ids": []string{exampleTask}}

var listErrors = []httpapi.ErrorDoc{
	httpapi.Refusal(404, map[string]any{"message": "One or more dependency tasks were not found on this board.", "missing_task_ids": []string{exampleTask}}, "a dependency is no task of this board"),
	httpapi.Refusal(404, map[string]any{"message": "One or more tags do not exist in this organization.", "missing_tag_ids": []string{exampleTask}}, "a tag is unknown"),
	httpapi.Refusal(404, nil, "the assignee is unknown"),
	httpapi.Refusal(409, "Dependency cycle detected. Remove the cycle before saving.", "the dependencies would wait for each other"),
	httpapi.Refusal(409, nil, "the assignee belongs to another board"),
	httpapi.Refusal(422, "Task cannot depend on itself.", "the list of dependencies names the task itself"),
	httpapi.Refusal(422, map[string]any{"message": "Unknown custom field keys for this board.", "unknown_field_keys": []string{"sprint"}}, "a custom field is not bound to the board"),
	httpapi.Refusal(422, map[string]any{"message": "Invalid custom field value.", "field_key": "severity", "field_type": "integer", "reason": "must be an integer"}, "a value does not fit its custom field"),
	httpapi.Refusal(422, map[string]any{"message": "Required custom fields must have values.", "missing_field_keys": []string{"sprint"}}, "a required custom field would have no value"),
}

var createErrors = append([]httpapi.ErrorDoc{
	{Status: 409, Code: "task_blocked_cannot_transition", Detail: blockedDetail, When: "the task waits for others and is yet assigned or not in the inbox", Schema: BlockedTaskError{}},
}, listErrors...)

var leadCreateErrors = []httpapi.ErrorDoc{
	httpapi.Refusal(403, "Board leads cannot assign tasks to themselves.", "the assignee is a lead"),
}

var changeErrors = append([]httpapi.ErrorDoc{
	{Status: 409, Code: "task_blocked_cannot_transition", Detail: blockedDetail, When: "an agent moves or assigns a task that waits for others", Schema: BlockedTaskError{}},
	{Status: 403, Code: "task_assignee_mismatch", Detail: map[string]any{"message": "Agents can only change status on tasks assigned to them.", "code": "task_assignee_mismatch"}, When: "the task is another agent's"},
	{Status: 403, Code: "task_update_field_forbidden", Detail: map[string]any{"message": "Agents may only update status, comment, and custom field values.", "code": "task_update_field_forbidden"}, When: "a worker changes another field"},
	httpapi.Refusal(403, "Only board leads can change task status.", "the rule only_lead_can_change_status is on and the agent is a worker"),
	httpapi.Refusal(403, "Lead comment gate failed: board leads cannot include `comment` in task PATCH. Use the task comments endpoint instead.", "a lead sends a comment"),
	httpapi.Refusal(403, "Lead field gate failed: unsupported fields for board leads: {fields}. Allowed fields: assigned_agent_id, custom_field_values, depends_on_task_ids, status, tag_ids.", "a lead changes another field"),
	httpapi.Refusal(403, "Lead status gate failed: board leads can only change status when the current task status is `review` (current: `{status}`).", "a lead moves a task that is not in review"),
	httpapi.Refusal(403, "Lead status target gate failed: review tasks can only move to `done` or `inbox` (requested: `{status}`).", "a lead moves a task from review elsewhere"),
	httpapi.Refusal(403, "Board leads cannot assign tasks to themselves.", "a lead assigns a lead"),
	httpapi.Refusal(409, "Cannot change task dependencies after a task is done.", "the task is done"),
	httpapi.Refusal(409, map[string]any{"message": "Task status cannot be changed while a linked approval is pending.", "blocked_by_task_ids": []string{}}, "the rule block_status_changes_with_pending_approval holds the task"),
	httpapi.Refusal(409, map[string]any{"message": "Task can only be marked done from review when the board rule is enabled.", "blocked_by_task_ids": []string{}}, "the rule require_review_before_done is on"),
	httpapi.Refusal(409, map[string]any{"message": "Task can only be marked done when a linked approval has been approved.", "blocked_by_task_ids": []string{}}, "the rule require_approval_for_done is on"),
	httpapi.Refusal(422, "Comment is required.", "the rule comment_required_for_review is on and whoever hands the task in said nothing"),
}, listErrors...)

var commentErrors = []httpapi.ErrorDoc{
	httpapi.Refusal(403, "Board leads can only comment during review, when mentioned, or on tasks they created.", "a lead comments elsewhere"),
}

// The ids of examples are the same throughout the document.
const (
	exampleBoard = "11111111-1111-4111-8111-111111111111"
	exampleTask  = "22222222-2222-4222-8222-222222222222"
	exampleAgent = "33333333-3333-4333-8333-333333333333"
)

var createExamples = map[string]any{
	"new_task":       map[string]any{"title": "Ship the invoice export", "description": "CSV first, PDF later", "priority": "high", "due_at": "2026-03-02T17:00:00Z", "tag_ids": []string{}},
	"dependent_task": map[string]any{"title": "Announce the export", "depends_on_task_ids": []string{exampleTask}},
	"with_fields":    map[string]any{"title": "Round the totals", "custom_field_values": map[string]any{"severity": 2}},
}

var changeExamples = map[string]any{
	"assign":            map[string]any{"assigned_agent_id": exampleAgent},
	"move_with_comment": map[string]any{"status": "review", "comment": "Export runs, please check the totals."},
	"clear_due_date":    map[string]any{"due_at": nil},
	"set_and_clear":     map[string]any{"custom_field_values": map[string]any{"severity": 4, "sprint": nil}},
	"start":             map[string]any{"status": "in_progress"},
	"finish":            map[string]any{"status": "done"},
}

var commentExamples = map[string]any{"progress": map[string]any{"message": "Totals match the ledger for January."}}

var bulkExamples = map[string]any{
	"raise_priority": map[string]any{"ids": []string{exampleTask}, "patch": map[string]any{"priority": "high"}},
	"delete":         map[string]any{"ids": []string{exampleTask}, "delete": true},
}

var bulkAnswers = map[string]any{"one_refused": TaskBulkRead{Results: []TaskBulkResult{
	{ID: mc.MustID(exampleTask), Status: 409, Detail: mc.BlockedDetail{Message: "Task can only be marked done when a linked approval has been approved.", BlockedByTaskIDs: []mc.ID{}}},
}}}

var taskExamples = map[string]any{"task": views.TaskRead{
	Title: "Ship the invoice export", Description: mc.Ref("CSV first, PDF later"), Status: mc.StatusInbox, Priority: "high", DueAt: mc.Ref(exampleTime("2026-03-02T17:00:00")),
	DependsOnTaskIDs: []mc.ID{}, TagIDs: []mc.ID{}, ID: mc.MustID(exampleTask), BoardID: mc.Ref(mc.MustID(exampleBoard)),
	CreatedAt: exampleTime("2026-03-01T09:30:00"), UpdatedAt: exampleTime("2026-03-01T09:30:00"),
	BlockedByTaskIDs: []mc.ID{}, Tags: []views.TagRef{}, CustomFieldValues: mc.JSON(`{"severity":2,"sprint":null}`),
}}

func exampleTime(s string) mc.Time {
	t, err := mc.ParseTime(s)
	if err != nil {
		panic(err) // a constant of this file
	}
	return t
}

func streamDoc() httpapi.StreamDoc {
	return httpapi.StreamDoc{
		Event: "task", Data: reflect.TypeFor[TaskStreamItem](),
		Example: "event: task\nid: 42\ndata: {\"type\":\"task.comment\",\"activity\":{\"id\":\"55555555-5555-4555-8555-555555555555\",\"event_type\":\"task.comment\",\"message\":\"Totals match.\",\"agent_id\":null,\"task_id\":\"" + exampleTask + "\",\"created_at\":\"2026-03-01T09:30:00\"},\"comment\":{\"id\":\"55555555-5555-4555-8555-555555555555\",\"message\":\"Totals match.\",\"agent_id\":null,\"task_id\":\"" + exampleTask + "\",\"created_at\":\"2026-03-01T09:30:00\"}}\n\n: ping\n\n",
	}
}
