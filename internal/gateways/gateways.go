// Package gateways is the administration of gateways: connecting one, changing
// and disconnecting it, looking at what it runs, and having the files of its
// agents written again.
//
// Each gateway has a main agent, which comes and goes with it. How agents are
// brought to life there is the business of package provision, the protocol that
// of package openclaw.
package gateways

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/provision"
	"missioncontrol/internal/store"
)

// Feature holds what the use cases need.
type Feature struct {
	store     *store.Store
	lifecycle *provision.Service
	client    *openclaw.Client
}

// New returns the feature.
func New(st *store.Store, lifecycle *provision.Service, client *openclaw.Client) *Feature {
	return &Feature{store: st, lifecycle: lifecycle, client: client}
}

const notFound = "Gateway not found"

// found words a missing gateway as the contract does.
func found(g mc.Gateway, err error) (mc.Gateway, error) {
	if mc.KindOf(err) == mc.KindNotFound {
		return g, mc.NotFound(notFound)
	}
	return g, err
}

// List returns a page of an organization's gateways, newest first.
func (f *Feature) List(ctx context.Context, organization mc.ID, limit, offset int) ([]GatewayRead, int64, error) {
	gateways, total, err := f.store.Gateways(ctx, organization, limit, offset)
	views := make([]GatewayRead, len(gateways))
	for i, g := range gateways {
		views[i] = viewOf(g)
	}
	return views, total, err
}

// Get returns one gateway of an organization.
func (f *Feature) Get(ctx context.Context, organization, id mc.ID) (GatewayRead, error) {
	g, err := found(f.store.Gateway(ctx, organization, id))
	return viewOf(g), err
}
