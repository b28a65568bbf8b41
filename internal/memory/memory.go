// Package memory is what a board remembers, and what the boards of a group
// remember together: notes for whoever works there later, and the chat in which
// people and agents talk.
//
// A chat entry is stored like any other and, in the same transaction, queued
// as a message to the agents that it concerns. Who that is and what they are
// told are rules of package mc. The other way in which agents hear of entries
// is to read: the lists and streams here.
package memory

import (
	"missioncontrol/internal/live"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/store"
)

// Feature holds what the use cases need.
type Feature struct {
	store   *store.Store
	broker  *live.Broker
	notify  *notify.Sender
	baseURL string // public address of the server, put into messages
}

// New returns the feature.
func New(st *store.Store, broker *live.Broker, sender *notify.Sender, baseURL string) *Feature {
	return &Feature{store: st, broker: broker, notify: sender, baseURL: baseURL}
}
