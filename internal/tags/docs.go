package tags

import (
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// What the OpenAPI document says beyond the declarations: refusals, examples,
// and hints for agents.

var (
	errNoTag     = httpapi.ErrorDoc{Status: 404, When: "there is no such tag"}
	errForeign   = httpapi.ErrorDoc{Status: 403, When: "the tag belongs to another organization than the active one"}
	errSlugTaken = httpapi.ErrorDoc{Status: 409, Detail: slugTaken, When: "another tag of the organization has the slug"}
)

var createExamples = map[string]any{
	"name_only": map[string]any{"name": "Release / QA"},
	"colored":   map[string]any{"name": "Urgent", "slug": "urgent", "color": "#ff3300", "description": "Today"},
}

var changeExamples = map[string]any{
	"rename":            map[string]any{"name": "Quality"},
	"slug_of_the_name":  map[string]any{"slug": nil},
	"clear_description": map[string]any{"description": nil},
}

var exampleRef = views.TagRef{ID: mc.MustID("99999999-9999-4999-8999-999999999999"), Name: "Release / QA", Slug: "release-qa", Color: "9e9e9e"}

var exampleTime = mc.TimeOf(time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC))

var tagExamples = map[string]any{"tag": TagRead{
	Name: exampleRef.Name, Slug: exampleRef.Slug, Color: exampleRef.Color, ID: exampleRef.ID,
	OrganizationID: mc.MustID("66666666-6666-4666-8666-666666666666"), TaskCount: 3, CreatedAt: exampleTime, UpdatedAt: exampleTime,
}}

var agentHints = &httpapi.Hints{
	Intent: "agent_board_tag_discovery", RequiredActor: "any_agent",
	WhenToUse:     []string{"You lead the board and need ids of tags for a task, or want to know what a tag stands for."},
	WhenNotToUse:  []string{"You read a task: its tags come with it."},
	Prerequisites: []string{"The board is yours."},
	SideEffects:   []string{"None besides your presence."},
	Negative:      []string{"Do not make up ids of tags; people define tags."},
	Routing:       []string{"Put the ids into tag_ids of a task."},
	Examples:      []httpapi.RoutingExample{tagRouting()},
}

func tagRouting() (e httpapi.RoutingExample) {
	e.Input.Intent, e.Input.RequiredPrivilege = "which tags can I put on a task", "any_agent"
	e.Decision = "agent_board_tag_discovery"
	return e
}
