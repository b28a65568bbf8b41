package mc

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	sprint   = CustomField{ID: MustID("77777777-7777-4777-8777-111111111111"), Key: "sprint", Type: FieldText, Required: true}
	severity = CustomField{ID: MustID("77777777-7777-4777-8777-222222222222"), Key: "severity", Type: FieldInteger, Default: JSON("3")}
	auto     = CustomField{ID: MustID("77777777-7777-4777-8777-333333333333"), Key: "auto", Type: FieldDecimal, Required: true, Default: JSON("1.0")}
	code     = CustomField{ID: MustID("77777777-7777-4777-8777-444444444444"), Key: "code", Type: FieldText, Pattern: Ref[Pattern]("[A-Z]+")}
	fields   = []CustomField{sprint, severity, auto, code}
)

func TestCheckOfFieldValues(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		sent   string
		stored map[ID]JSON
		detail string // none: accepted
	}{
		"unknown keys come first, sorted": {
			sent:   `{"zz":1,"aa":2,"severity":"x"}`,
			detail: `{"message":"Unknown custom field keys for this board.","unknown_field_keys":["aa","zz"]}`,
		},
		"keys count as they are written": {
			sent:   `{"Sprint":"1"}`,
			detail: `{"message":"Unknown custom field keys for this board.","unknown_field_keys":["Sprint"]}`,
		},
		"the first bad value in the order sent": {
			sent:   `{"code":"abc","severity":"x","sprint":1}`,
			detail: `{"message":"Invalid custom field value.","field_key":"code","field_type":"text","reason":"does not match validation_regex"}`,
		},
		"the same, sent in another order": {
			sent:   `{"sprint":"1","severity":1.5,"code":"abc"}`,
			detail: `{"message":"Invalid custom field value.","field_key":"severity","field_type":"integer","reason":"must be an integer"}`,
		},
		"the last of a repeated key counts": {sent: `{"sprint":5,"sprint":"five"}`},
		"a repeated key keeps its first place": {
			sent:   `{"severity":1,"code":"abc","severity":"x"}`,
			detail: `{"message":"Invalid custom field value.","field_key":"severity","field_type":"integer","reason":"must be an integer"}`,
		},
		"required without value": {
			sent:   `{}`,
			detail: `{"message":"Required custom fields must have values.","missing_field_keys":["sprint"]}`,
		},
		"null is no value, nor is a default then": {
			sent:   `{"sprint":null,"auto":null}`,
			detail: `{"message":"Required custom fields must have values.","missing_field_keys":["auto","sprint"]}`,
		},
		"null asks for what is required": {
			sent:   `null`,
			detail: `{"message":"Required custom fields must have values.","missing_field_keys":["sprint"]}`,
		},
		"a text of nothing is a value": {sent: `{"sprint":""}`},
		"stored is a value":            {sent: `null`, stored: map[ID]JSON{sprint.ID: JSON(`"12"`)}},
		"stored and taken away": {
			sent: `{"sprint":null}`, stored: map[ID]JSON{sprint.ID: JSON(`"12"`)},
			detail: `{"message":"Required custom fields must have values.","missing_field_keys":["sprint"]}`,
		},
		"null of a field that is not required": {sent: `{"sprint":"1","severity":null,"code":null}`},
	} {
		values := NewFieldValues(JSON(tc.sent))
		values.Prepare(fields) // changes nothing
		err := values.Check(fields, tc.stored)
		if tc.detail != "" {
			checkDetail(t, err, KindInvalid, tc.detail)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatBecomesOfFieldValues(t *testing.T) {
	t.Parallel()
	values := NewFieldValues(JSON(`{"code":null,"sprint":"12"}`))
	created := []CustomFieldChange{{sprint.ID, JSON(`"12"`)}, {severity.ID, JSON("3")}, {auto.ID, JSON("1.0")}}
	if diff := cmp.Diff(created, values.ForNewTask(fields)); diff != "" {
		t.Errorf("of a new task (-want +got):\n%s", diff)
	}
	changed := []CustomFieldChange{{sprint.ID, JSON(`"12"`)}, {code.ID, JSON("null")}}
	if diff := cmp.Diff(changed, values.ForTask(fields)); diff != "" {
		t.Errorf("of a task (-want +got):\n%s", diff)
	}
}

func TestShowFields(t *testing.T) {
	t.Parallel()
	stored := map[ID]JSON{severity.ID: JSON("12345678901234567890"), NewID(): JSON(`"of a field that was taken off the board"`)}
	const want = `{"sprint":null,"severity":12345678901234567890,"auto":1.0,"code":null}`
	if got := ShowFields(fields, stored); string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := ShowFields(nil, stored); string(got) != "{}" {
		t.Errorf("without fields: %s", got)
	}
}

func TestCheckOfAField(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		field  CustomField
		detail string
	}{
		"plain":                     {CustomField{Type: FieldText}, ""},
		"a default":                 {CustomField{Type: FieldText, Pattern: Ref[Pattern]("a+"), Default: JSON(`"aa"`)}, ""},
		"a default of another type": {CustomField{Type: FieldBoolean, Default: JSON(`"no"`)}, `"must be true or false"`},
		"a default off the pattern": {CustomField{Type: FieldText, Pattern: Ref[Pattern]("a+"), Default: JSON(`"b"`)}, `"does not match validation_regex"`},
		"a pattern of a number": {
			CustomField{Type: FieldInteger, Pattern: Ref[Pattern]("1"), Default: JSON(`"x"`)}, `"validation_regex is only supported for string field types."`,
		},
		"a pattern of an address": {CustomField{Type: FieldURL, Pattern: Ref[Pattern](".*x")}, ""},
	} {
		err := tc.field.Check()
		if tc.detail != "" {
			checkDetail(t, err, KindInvalid, tc.detail)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSpellingsOfTypes(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]FieldType{
		" Text ": FieldText, "TEXT (Long)": FieldTextLong, "long_text": FieldTextLong, "True/False": FieldBoolean,
		"Date & Time": FieldDateTime, "datetime": FieldDateTime, "date_time": FieldDateTime, " JSON": FieldJSON, "number": "number",
	} {
		if got, err := FieldType("").Read(sent); err != nil || FieldType(got) != want {
			t.Errorf("type %q: %q, %v", sent, got, err)
		}
	}
	for sent, want := range map[string]FieldVisibility{" ALWAYS ": FieldAlways, "If Set": FieldIfSet, "if_set": FieldIfSet, "Hidden": FieldHidden, "never": "never"} {
		if got, err := FieldVisibility("").Read(sent); err != nil || FieldVisibility(got) != want {
			t.Errorf("visibility %q: %q, %v", sent, got, err)
		}
	}
}

func TestCheckFieldBoards(t *testing.T) {
	t.Parallel()
	if err := CheckFieldBoards([]ID{boardID, otherBoardID}, []ID{otherBoardID, boardID}); err != nil {
		t.Error(err)
	}
	checkDetail(t, CheckFieldBoards([]ID{otherBoardID, boardID, {}}, []ID{boardID}), KindInvalid,
		`{"message":"Some selected boards are invalid for this organization.","invalid_board_ids":["00000000-0000-0000-0000-000000000000","`+otherBoardID.String()+`"]}`)
}
