package tags

import (
	"context"

	"missioncontrol/internal/access"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/views"
)

// Register declares the operations.
func (f *Feature) Register(r *httpapi.Router, g *access.Guards) {
	tag := []string{"tags"}
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/agent/boards/{board_id}/tags", Name: "list_tags", Tags: []string{"agent", "agent-lead", "agent-worker"},
		Summary:          "List tags as an agent",
		Description:      "All tags of the board's organization, by name.",
		Hints:            agentHints,
		ResponseExamples: map[string]any{"tags": []views.TagRef{exampleRef}},
	}, g.AgentBoard(), f.listForAgent)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/tags", Name: "list_tags", Tags: tag,
		Summary:     "List tags",
		Description: "Lists the tags of the active organization by name.",
	}, g.Member(), f.list)
	httpapi.Register(r, httpapi.Op{
		Method: "POST", Path: "/api/v1/tags", Name: "create_tag", Tags: tag,
		Summary:         "Create a tag",
		Description:     "Adds a tag to the active organization.",
		Errors:          []httpapi.ErrorDoc{errSlugTaken},
		RequestExamples: createExamples, ResponseExamples: tagExamples,
	}, g.OrgAdmin(), f.create)
	httpapi.Register(r, httpapi.Op{
		Method: "GET", Path: "/api/v1/tags/{tag_id}", Name: "get_tag", Tags: tag,
		Summary:     "Get a tag",
		Description: "Returns a tag of the active organization.",
		Errors:      []httpapi.ErrorDoc{errForeign, errNoTag}, ResponseExamples: tagExamples,
	}, g.Member(), f.get)
	httpapi.Register(r, httpapi.Op{
		Method: "PATCH", Path: "/api/v1/tags/{tag_id}", Name: "update_tag", Tags: tag,
		Summary:         "Change a tag",
		Description:     "Changes the fields that are sent, of which there must be one. A new name leaves the slug as it is.",
		Errors:          []httpapi.ErrorDoc{errForeign, errNoTag, errSlugTaken},
		RequestExamples: changeExamples, ResponseExamples: tagExamples,
	}, g.OrgAdmin(), f.change)
	httpapi.Register(r, httpapi.Op{
		Method: "DELETE", Path: "/api/v1/tags/{tag_id}", Name: "delete_tag", Tags: tag,
		Summary:     "Delete a tag",
		Description: "Takes a tag off all tasks and removes it.",
		Errors:      []httpapi.ErrorDoc{errForeign, errNoTag},
	}, g.OrgAdmin(), f.remove)
}

type (
	createInput struct{ Body TagCreate }
	tagInput    struct {
		ID mc.ID `path:"tag_id"`
	}
	changeInput struct {
		ID   mc.ID `path:"tag_id"`
		Body TagUpdate
	}
)

func (f *Feature) listForAgent(ctx context.Context, b access.Board, _ *httpapi.None) ([]views.TagRef, error) {
	tags, err := f.store.AllTags(ctx, b.Board.OrganizationID)
	return views.Each(tags, views.Tag), err
}

func (f *Feature) list(ctx context.Context, p access.Person, in *httpapi.PageQuery) (httpapi.Page[TagRead], error) {
	tags, total, err := f.store.Tags(ctx, p.Member.OrganizationID, in.Limit, in.Offset)
	items := make([]TagRead, len(tags))
	for i, t := range tags {
		items[i] = view(t)
	}
	return httpapi.NewPage(items, total, *in), err
}

func (f *Feature) create(ctx context.Context, p access.Person, in *createInput) (TagRead, error) {
	return f.Create(ctx, p.Member.OrganizationID, in.Body)
}

func (f *Feature) get(ctx context.Context, p access.Person, in *tagInput) (TagRead, error) {
	return f.Get(ctx, p.Member.OrganizationID, in.ID)
}

func (f *Feature) change(ctx context.Context, p access.Person, in *changeInput) (TagRead, error) {
	return f.Change(ctx, p.Member.OrganizationID, in.ID, in.Body)
}

func (f *Feature) remove(ctx context.Context, p access.Person, in *tagInput) (httpapi.OK, error) {
	return httpapi.Done, f.Delete(ctx, p.Member.OrganizationID, in.ID)
}
