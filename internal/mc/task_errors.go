package mc

// The details of refusals about tasks whose detail is an object. The order of
// their keys is the contract's.

// BlockedDetail is the detail of a refusal because of open dependencies. Gates
// use its shape too, without a code and with an empty list.
type BlockedDetail struct {
	Message          string `json:"message"`
	Code             string `json:"code,omitempty"`
	BlockedByTaskIDs []ID   `json:"blocked_by_task_ids"`
}

// MissingTasksDetail names dependencies that are no tasks of the board.
type MissingTasksDetail struct {
	Message        string `json:"message"`
	MissingTaskIDs []ID   `json:"missing_task_ids"`
}

// MissingTagsDetail names tags that do not exist in the organization.
type MissingTagsDetail struct {
	Message       string `json:"message"`
	MissingTagIDs []ID   `json:"missing_tag_ids"`
}

// UnknownFieldsDetail names keys that are no custom fields of the board.
type UnknownFieldsDetail struct {
	Message          string   `json:"message"`
	UnknownFieldKeys []string `json:"unknown_field_keys"`
}

// InvalidFieldDetail tells why a value does not fit its custom field.
type InvalidFieldDetail struct {
	Message   string    `json:"message"`
	FieldKey  string    `json:"field_key"`
	FieldType FieldType `json:"field_type"`
	Reason    string    `json:"reason"`
}

// MissingFieldsDetail names required custom fields that would have no value.
type MissingFieldsDetail struct {
	Message          string   `json:"message"`
	MissingFieldKeys []string `json:"missing_field_keys"`
}

// CodedDetail is a detail with a code that clients look for.
type CodedDetail struct {
	Message string `json:"message"`
	Code    string `json:"code"`
}

const blockedMessage = "Task is blocked by incomplete dependencies."

func blocked(open []ID) error {
	return Conflict(BlockedDetail{blockedMessage, "task_blocked_cannot_transition", open})
}

func gated(message string) error {
	return Conflict(BlockedDetail{Message: message, BlockedByTaskIDs: []ID{}})
}

// MissingTags is the 404 for tags that the organization does not have, nil when
// none is missing.
func MissingTags(missing []ID) error {
	if len(missing) == 0 {
		return nil
	}
	return NotFound(MissingTagsDetail{"One or more tags do not exist in this organization.", missing})
}

func assigneeMismatch() error {
	return Forbidden(CodedDetail{"Agents can only change status on tasks assigned to them.", "task_assignee_mismatch"})
}

func fieldForbidden() error {
	return Forbidden(CodedDetail{"Agents may only update status, comment, and custom field values.", "task_update_field_forbidden"})
}
