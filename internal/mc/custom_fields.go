package mc

import (
	"slices"
	"strings"
)

// CustomField is a field that an organization adds to the tasks of some of its
// boards.
type CustomField struct {
	ID             ID              `db:"id"`
	OrganizationID ID              `db:"organization_id"`
	Key            string          `db:"field_key"` // unique in the organization; never changes
	Label          string          `db:"label"`
	Type           FieldType       `db:"field_type"`
	Visibility     FieldVisibility `db:"ui_visibility"`
	Pattern        *Pattern        `db:"validation_regex"` // of the types that are texts
	Description    *string         `db:"description"`
	Required       bool            `db:"required"`
	Default        JSON            `db:"default_value"`
	CreatedAt      Time            `db:"created_at"`
	UpdatedAt      Time            `db:"updated_at"`
}

// CustomFieldBinding says that the tasks of a board have a custom field.
type CustomFieldBinding struct {
	ID        ID   `db:"id"`
	BoardID   ID   `db:"board_id"`
	FieldID   ID   `db:"task_custom_field_definition_id"`
	CreatedAt Time `db:"created_at"`
}

// CustomFieldValue is what a task has in a custom field.
type CustomFieldValue struct {
	ID        ID   `db:"id"`
	TaskID    ID   `db:"task_id"`
	FieldID   ID   `db:"task_custom_field_definition_id"`
	Value     JSON `db:"value"` // as it was sent
	CreatedAt Time `db:"created_at"`
	UpdatedAt Time `db:"updated_at"`
}

// FieldType is what the values of a custom field are.
type FieldType string

// The types of custom fields.
const (
	FieldText     FieldType = "text"
	FieldTextLong FieldType = "text_long"
	FieldInteger  FieldType = "integer"
	FieldDecimal  FieldType = "decimal"
	FieldBoolean  FieldType = "boolean"
	FieldDate     FieldType = "date"
	FieldDateTime FieldType = "date_time"
	FieldURL      FieldType = "url"
	FieldJSON     FieldType = "json"
)

// Values lists the types, for validation and documentation.
func (FieldType) Values() []string {
	return []string{
		string(FieldText), string(FieldTextLong), string(FieldInteger), string(FieldDecimal), string(FieldBoolean),
		string(FieldDate), string(FieldDateTime), string(FieldURL), string(FieldJSON),
	}
}

// Read gives the type that a client may have spelled as people read it. It is
// for decoders.
func (FieldType) Read(sent string) (string, error) {
	word := strings.ToLower(strings.TrimSpace(sent))
	switch word {
	case "text (long)", "long_text":
		return string(FieldTextLong), nil
	case "true/false":
		return string(FieldBoolean), nil
	case "date & time", "datetime":
		return string(FieldDateTime), nil
	}
	return word, nil
}

// isText reports whether the values are texts, for which alone there are patterns.
func (t FieldType) isText() bool {
	return slices.Contains([]FieldType{FieldText, FieldTextLong, FieldDate, FieldDateTime, FieldURL}, t)
}

// FieldVisibility tells when a client shows a custom field.
type FieldVisibility string

// When custom fields are shown.
const (
	FieldAlways FieldVisibility = "always"
	FieldIfSet  FieldVisibility = "if_set"
	FieldHidden FieldVisibility = "hidden"
)

// Values lists the visibilities, for validation and documentation.
func (FieldVisibility) Values() []string {
	return []string{string(FieldAlways), string(FieldIfSet), string(FieldHidden)}
}

// Read gives the visibility that a client may have spelled as people read it.
// It is for decoders.
func (FieldVisibility) Read(sent string) (string, error) {
	word := strings.ToLower(strings.TrimSpace(sent))
	if word == "if set" {
		return string(FieldIfSet), nil
	}
	return word, nil
}

// PatternOnlyForTexts is what is said of a pattern on a field of another type.
const PatternOnlyForTexts = "validation_regex is only supported for string field types."

// PatternFits reports whether a field of this type may have this pattern.
func (f CustomField) PatternFits() bool { return f.Pattern == nil || f.Type.isText() }

// Check refuses a field whose type, pattern and default do not go together.
func (f CustomField) Check() error {
	if !f.PatternFits() {
		return Unprocessable(PatternOnlyForTexts)
	}
	if reason := f.reject(f.Default, Pattern.Matches); reason != "" {
		return Unprocessable(reason)
	}
	return nil
}

// InvalidBoardsDetail names boards to which a field cannot be bound.
type InvalidBoardsDetail struct {
	Message         string `json:"message"`
	InvalidBoardIDs []ID   `json:"invalid_board_ids"`
}

// CheckFieldBoards refuses boards for a field that are not among the known ones
// of its organization.
func CheckFieldBoards(wanted, known []ID) error {
	invalid := MissingIDs(wanted, known)
	if len(invalid) == 0 {
		return nil
	}
	slices.SortFunc(invalid, CompareIDs)
	return Unprocessable(InvalidBoardsDetail{"Some selected boards are invalid for this organization.", invalid})
}
