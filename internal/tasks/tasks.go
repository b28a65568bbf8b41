// Package tasks is the heart: tasks of a board, their dependencies and
// comments, the rules by which people and agents move them, and the stream on
// which both see it happen.
//
// The rules themselves are pure functions of package mc. Here they are given
// what they ask for, within one transaction, and what follows from them is
// written: rows, activity events, and the notices to agents.
//
// It is the model for the other features: api.go declares the operations,
// create.go, change.go, comment.go and so on hold one use case each, view.go
// the read models.
package tasks

import (
	"missioncontrol/internal/live"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/store"
)

// Feature holds what the use cases need.
type Feature struct {
	store  *store.Store
	broker *live.Broker
	notify *notify.Sender
}

// New returns the feature.
func New(st *store.Store, broker *live.Broker, sender *notify.Sender) *Feature {
	return &Feature{store: st, broker: broker, notify: sender}
}

// Place is where a use case happens: who acts, on which board.
type Place struct {
	Actor mc.TaskActor
	Board mc.Board
}
