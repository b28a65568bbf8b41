package mc

import (
	"slices"
	"strings"
)

// ApprovalStatus is how far a decision has come.
type ApprovalStatus string

// The three statuses of an approval.
const (
	ApprovalPending  ApprovalStatus = "pending"
	ApprovalApproved ApprovalStatus = "approved"
	ApprovalRejected ApprovalStatus = "rejected"
)

// Values lists the statuses, for validation and documentation.
func (ApprovalStatus) Values() []string {
	return []string{string(ApprovalPending), string(ApprovalApproved), string(ApprovalRejected)}
}

// Approval is a decision that people are asked for, or have made.
type Approval struct {
	ID              ID             `db:"id"`
	BoardID         ID             `db:"board_id"`
	TaskID          *ID            `db:"task_id"`  // the primary task: the first of those it is about
	AgentID         *ID            `db:"agent_id"` // who asks
	DecidedByUserID *ID            `db:"decided_by_user_id"`
	ActionType      string         `db:"action_type"`
	Payload         JSON           `db:"payload"`
	Confidence      Float          `db:"confidence"` // 0 to 100
	RubricScores    JSON           `db:"rubric_scores"`
	Status          ApprovalStatus `db:"status"`
	CreatedAt       Time           `db:"created_at"`
	UpdatedAt       Time           `db:"updated_at"`
	ResolvedAt      *Time          `db:"resolved_at"` // of the last decision; stays when it is reopened
	Seq             int64          `db:"seq"`
}

// ApprovalLink says that an approval is about a task.
type ApprovalLink struct {
	ID         ID             `db:"id"`
	ApprovalID ID             `db:"approval_id"`
	TaskID     ID             `db:"task_id"`
	Status     ApprovalStatus `db:"status"` // of the approval; the database keeps it so
	CreatedAt  Time           `db:"created_at"`
}

// ApprovalDraft is an approval to be made, with the keys of the body that asks for it.
type ApprovalDraft struct {
	ActionType    string         `json:"action_type" doc:"What is to be approved, such as task.complete."`
	TaskID        *ID            `json:"task_id"`
	TaskIDs       []ID           `json:"task_ids" default:"[]" doc:"All tasks that the decision is about. They may stand in the payload too."`
	Payload       JSON           `json:"payload" jsontype:"object" doc:"Whatever helps to decide. It or lead_reasoning says why: payload.reason."`
	Confidence    Float          `json:"confidence" minimum:"0" maximum:"100" doc:"How sure the asker is, 0 to 100."`
	RubricScores  JSON           `json:"rubric_scores" jsontype:"integers" doc:"The parts of the confidence."`
	Status        ApprovalStatus `json:"status" default:"pending" doc:"Agents always ask: theirs are pending whatever they send."`
	AgentID       *ID            `json:"agent_id" doc:"The agent that asks. For an agent it is the agent itself."`
	LeadReasoning *string        `json:"lead_reasoning" doc:"Why; becomes payload.reason where that is missing."`
}

// Validate refuses an approval that does not say why. Every single field is right already.
func (d ApprovalDraft) Validate() error {
	if _, ok := d.explained(); !ok {
		return Invalid("lead reasoning is required", "body")
	}
	return nil
}

// explained returns the payload with the reason in it, and whether there is one.
// A payload that has it is left as it was sent.
func (d ApprovalDraft) explained() (JSON, bool) {
	payload, _ := d.Payload.object()
	if !payload.blank("reason") {
		return d.Payload, true
	}
	if decision, ok := payload.values["decision"].object(); ok && !decision.blank("reason") {
		return d.Payload, true
	}
	if d.LeadReasoning == nil || strings.TrimSpace(*d.LeadReasoning) == "" {
		return d.Payload, false
	}
	payload.set("reason", JSONOf(strings.TrimSpace(*d.LeadReasoning)))
	return payload.json(), true
}

// blank reports whether the value of a key is anything but a text with words in it.
func (o object) blank(key string) bool {
	text, ok := o.values[key].text()
	return !ok || strings.TrimSpace(text) == ""
}

// The names under which payloads hold ids of tasks.
var (
	payloadLists   = []string{"task_ids", "taskIds", "taskIDs"}
	payloadSingles = []string{"task_id", "taskId", "taskID"}
)

// TaskRefs are the tasks that the draft names, each once: first those that are
// asked for by their own keys, then those that only the payload mentions.
func (d ApprovalDraft) TaskRefs() (named, mentioned []ID) {
	if d.TaskID != nil {
		named = append(named, *d.TaskID)
	}
	named = DedupeIDs(append(named, d.TaskIDs...))
	for _, id := range DedupeIDs(payloadTasks(d.Payload)) {
		if !slices.Contains(named, id) {
			mentioned = append(mentioned, id)
		}
	}
	return named, mentioned
}

// payloadTasks reads the ids of tasks out of a payload. What is no id is passed over.
func payloadTasks(payload JSON) (ids []ID) {
	o, _ := payload.object()
	add := func(value JSON) {
		text, _ := value.text()
		if id, ok := ParseID(text); ok {
			ids = append(ids, id)
		}
	}
	for _, key := range payloadLists {
		for _, item := range o.values[key].items() {
			add(item)
		}
	}
	for _, key := range payloadSingles {
		add(o.values[key])
	}
	return ids
}

// ChooseTasks settles which tasks an approval is about, in their order, given
// which of those that the draft refers to are on the board. A task that was
// asked for has to be; one that only the payload mentions is left out.
func (d ApprovalDraft) ChooseTasks(onBoard func(ID) bool) ([]ID, error) {
	named, mentioned := d.TaskRefs()
	var chosen, missing []ID
	for _, id := range named {
		if onBoard(id) {
			chosen = append(chosen, id)
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		return nil, NotFound(MissingTasksDetail{"One or more tasks were not found on this board.", missing})
	}
	for _, id := range mentioned {
		if onBoard(id) {
			chosen = append(chosen, id)
		}
	}
	return chosen, nil
}

// Asker settles which agent an approval is from: an agent speaks for itself only.
func (d ApprovalDraft) Asker(actor TaskActor) (*ID, error) {
	if actor.Agent == nil {
		return d.AgentID, nil
	}
	if d.AgentID != nil && !actor.is(*d.AgentID) {
		return nil, Forbidden()
	}
	return actor.AgentID(), nil
}

// Approval returns the approval as it is stored. An agent can only ask: what it
// makes is pending, so that it cannot open the gates of its own task. One that a
// person makes decided counts as decided by them, but was never resolved.
func (d ApprovalDraft) Approval(id ID, actor TaskActor, board ID, asker *ID, tasks []ID, now Time) Approval {
	payload, _ := d.explained()
	a := Approval{
		ID: id, BoardID: board, AgentID: asker, ActionType: d.ActionType, Payload: payload, Confidence: d.Confidence,
		RubricScores: d.RubricScores, Status: d.Status, CreatedAt: now, UpdatedAt: now,
	}
	if len(tasks) > 0 {
		a.TaskID = &tasks[0]
	}
	if actor.Agent != nil {
		a.Status = ApprovalPending
	}
	if a.Status != ApprovalPending {
		a.DecidedByUserID = &actor.UserID
	}
	return a
}
