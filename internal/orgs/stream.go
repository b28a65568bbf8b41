package orgs

import (
	"context"
	"encoding/json"
	"reflect"

	"missioncontrol/internal/feed"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// OrganizationStreamItem is the data of an event about an organization.
type OrganizationStreamItem struct {
	OrganizationID mc.ID `json:"organization_id"`
}

// Shows is what the stream of everything shows of organizations: that something
// has changed. What, is for its clients to load: not everybody may see all of it.
func (f *Feature) Shows() []feed.Shown {
	return []feed.Shown{{
		Event: "org", Kind: store.KindOrganization, Audience: feed.Organization, Show: renderChange, Key: organizationStream{},
		Data: reflect.TypeFor[OrganizationStreamItem](), Doc: "The organization has changed: its members, their access, invites or settings.",
	}}
}

// organizationStream names the way in which streams show an organization.
type organizationStream struct{}

func renderChange(_ context.Context, c store.Change) (*feed.Frame, error) {
	data, err := json.Marshal(OrganizationStreamItem{OrganizationID: c.Scope})
	return &feed.Frame{Event: httpapi.Event{ID: c.Seq, Name: "org", Data: data}}, err
}
