// Package webhooks is how outside events become work on a board: addresses that
// anybody may post to who knows them, what was posted, and telling an agent.
//
// What a call may look like, what is kept of it and what agents are told are
// rules of package mc; carrying the message is the business of package notify.
package webhooks

import (
	"log/slog"
	"time"

	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/store"
)

// Config is what the feature needs to know of the installation.
type Config struct {
	BaseURL string // public address of the server
	// Reading bounds the body of a call.
	Reading httpapi.Reading
	Log     *slog.Logger
}

// Feature holds what the use cases need.
type Feature struct {
	store  *store.Store
	notify *notify.Sender
	cfg    Config
}

// New returns the feature.
func New(st *store.Store, sender *notify.Sender, cfg Config) *Feature {
	return &Feature{store: st, notify: sender, cfg: cfg}
}

// rememberedFor is how long a call is known again by the name its sender gave it.
const rememberedFor = 24 * time.Hour
