package fields

import (
	"slices"
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
)

// What the OpenAPI document says beyond the declarations: refusals and examples.

const exampleBoard = "11111111-1111-4111-8111-111111111111"

var boardErrors = []httpapi.ErrorDoc{
	httpapi.Refusal(422, map[string]any{
		"message": "Some selected boards are invalid for this organization.", "invalid_board_ids": []string{exampleBoard},
	}, "a board is none of the organization"),
	httpapi.Refusal(422, "must be an integer", "the default does not fit the type, whose reason is said"),
	httpapi.Refusal(422, "does not match validation_regex", "the default does not match the pattern"),
}

var createErrors = slices.Concat(boardErrors, []httpapi.ErrorDoc{
	httpapi.Refusal(409, keyTaken, "another field of the organization has the key"),
})

var noSuchField = httpapi.Refusal(404, nil, "the organization has no such field")

var changeErrors = slices.Concat([]httpapi.ErrorDoc{noSuchField}, boardErrors, []httpapi.ErrorDoc{
	httpapi.Refusal(422, mc.PatternOnlyForTexts, "the field would have a pattern and a type that is no text"),
})

var removeErrors = []httpapi.ErrorDoc{noSuchField, httpapi.Refusal(409, valuesHeld, "a task has a value in the field")}

var createExamples = map[string]any{
	"key_only": map[string]any{"field_key": "sprint", "board_ids": []string{exampleBoard}},
	"severity": map[string]any{"field_key": "severity", "label": "Severity", "field_type": "integer", "required": true, "default_value": 3, "board_ids": []string{exampleBoard}},
	"pattern":  map[string]any{"field_key": "ticket", "validation_regex": "[A-Z]+-\\d+", "ui_visibility": "if_set", "board_ids": []string{exampleBoard}},
}

var changeExamples = map[string]any{
	"rename":            map[string]any{"label": "Impact"},
	"type_and_default":  map[string]any{"field_type": "decimal", "default_value": 0.5},
	"other_boards":      map[string]any{"board_ids": []string{exampleBoard}},
	"clear_the_default": map[string]any{"default_value": nil},
}

var exampleTime = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))

var exampleField = view(mc.CustomField{
	ID: mc.MustID("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"), OrganizationID: mc.MustID("66666666-6666-4666-8666-666666666666"), Key: "severity", Label: "Severity",
	Type: mc.FieldInteger, Visibility: mc.FieldAlways, Required: true, Default: mc.JSON("3"), CreatedAt: exampleTime, UpdatedAt: exampleTime,
}, []mc.ID{mc.MustID(exampleBoard)})

var fieldExamples = map[string]any{"field": exampleField}
