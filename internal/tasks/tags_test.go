package tasks_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// tag adds a tag and returns its id.
func (r *room) tag(organization mc.ID, name string) string {
	tag := mc.Tag{ID: mc.NewID(), OrganizationID: organization, Name: name, Slug: mc.TagSlug(nil, name), Color: "9e9e9e"}
	r.Write(func(ctx context.Context, tx *store.Tx) error {
		tag.CreatedAt, tag.UpdatedAt = tx.Now(), tx.Now()
		return tx.InsertTag(ctx, tag)
	})
	return tag.ID.String()
}

func TestTagsOfTasks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		r := newRoom(t, st, nil)
		a, b, c := r.tag(r.Organization.ID, "A"), r.tag(r.Organization.ID, "B"), r.tag(r.Organization.ID, "C")
		other, _ := r.NewOrganization("Other")
		foreign, unknown := r.tag(other.ID, "F"), mc.NewID().String()
		names := map[string]string{a: "A", b: "B", c: "C"}
		check := func(what string, got apitest.Answer, at []any, want ...string) {
			t.Helper()
			ids, refs := []any{}, []any{}
			for _, id := range want {
				ids = append(ids, id)
				refs = append(refs, map[string]any{"id": id, "name": names[id], "slug": mc.Slug(names[id]), "color": "9e9e9e"})
			}
			if diff := cmp.Diff([]any{ids, refs}, []any{got.At(append(at, "tag_ids")...), got.At(append(at, "tags")...)}); diff != "" {
				t.Errorf("%s: %d (-want +got):\n%s", what, got.Status, diff)
			}
		}

		made := r.Call(r.owner, "POST", r.path(), fmt.Sprintf(`{"title":"One","tag_ids":[%q,%q,%q]}`, b, a, b))
		check("created", made, nil, b, a)
		one := made.At("id").(string)
		r.create(t, `{"title":"Bare"}`)
		r.create(t, fmt.Sprintf(`{"title":"Three","tag_ids":[%q]}`, a))
		list := r.Call(r.owner, "GET", r.path(), "")
		check("first of the list", list, []any{"items", 0}, a)
		check("second of the list", list, []any{"items", 1})
		check("third of the list", list, []any{"items", 2}, b, a)

		check("absent", r.patch(r.owner, one, `{"title":"Uno"}`), nil, b, a)
		check("null", r.patch(r.owner, one, `{"tag_ids":null}`), nil, b, a)
		check("replaced", r.patch(r.owner, one, fmt.Sprintf(`{"tag_ids":[%q,%q,%q]}`, c, b, c)), nil, c, b)
		refused := r.patch(r.owner, one, fmt.Sprintf(`{"tag_ids":[%q,%q,%q,%q]}`, unknown, a, foreign, unknown))
		want := map[string]any{"message": "One or more tags do not exist in this organization.", "missing_tag_ids": []any{unknown, foreign}}
		if diff := cmp.Diff(any(want), refused.At("detail")); diff != "" || refused.Status != 404 {
			t.Errorf("unknown tags: %d (-want +got):\n%s", refused.Status, diff)
		}
		if got := r.patch(r.asAgent, one, fmt.Sprintf(`{"tag_ids":[%q]}`, a)); got.Status != 403 {
			t.Errorf("a worker: %d", got.Status)
		}
		check("after refusals", r.patch(r.owner, one, `{"title":"Uno"}`), nil, c, b)
		check("by the lead", r.patch(r.asLead, one, fmt.Sprintf(`{"tag_ids":[%q]}`, a)), nil, a)
		check("cleared", r.patch(r.owner, one, `{"tag_ids":[]}`), nil)
	})
}
