package audit

import (
	"strings"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// AuditEntryRead is a line of the audit log.
type AuditEntryRead struct {
	ID         mc.ID        `json:"id"`
	At         mc.Time      `json:"at"`
	ActorKind  mc.PartyKind `json:"actor_kind" doc:"system: nobody asked for it at the moment, as in the background."`
	ActorID    *mc.ID       `json:"actor_id"`
	ActorName  string       `json:"actor_name" doc:"At the time."`
	Action     string       `json:"action" doc:"What was done, as area.verb, such as member.role_changed."`
	TargetKind string       `json:"target_kind" doc:"What it was done to: organization, member, invite, gateway, board, agent or whatever the action says."`
	TargetID   mc.ID        `json:"target_id"`
	TargetName string       `json:"target_name" doc:"At the time."`
	Details    mc.JSON      `json:"details" jsontype:"object" doc:"What else there is to tell, mostly the fields that changed, each with old and new. Secrets are left out, long values cut."`
	Address    string       `json:"address" doc:"Of the client; empty where there was no request."`
	RequestID  string       `json:"request_id"`
}

func view(e mc.AuditEntry) AuditEntryRead {
	return AuditEntryRead{
		ID: e.ID, At: e.At, ActorKind: e.ActorKind, ActorID: e.ActorID, ActorName: e.ActorName, Action: string(e.Action),
		TargetKind: e.TargetKind, TargetID: e.TargetID, TargetName: e.TargetName, Details: e.Details, Address: e.Address, RequestID: e.RequestID,
	}
}

// filterQuery is the part of a request that chooses entries.
type filterQuery struct {
	Action   string   `query:"action" default:"" doc:"Only this action, such as member.removed; without a verb, as member, all actions of the area."`
	ActorID  *mc.ID   `query:"actor_id" doc:"Only what this user, agent or token did."`
	TargetID *mc.ID   `query:"target_id" doc:"Only what was done to this one."`
	Since    *mc.Time `query:"since" doc:"Only entries at or after this time."`
	Until    *mc.Time `query:"until" doc:"Only entries before this time."`
}

func (q filterQuery) filter(organization mc.ID) store.AuditFilter {
	f := store.AuditFilter{OrganizationID: organization, ActorID: q.ActorID, TargetID: q.TargetID, Since: q.Since, Until: q.Until}
	wanted := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(q.Action), "*"), ".")
	if strings.Contains(wanted, ".") {
		f.Action = mc.AuditAction(wanted)
	} else {
		f.Area = wanted
	}
	return f
}

// Format is the form of an export.
type Format string

// The formats.
const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
)

// Values lists the formats, for validation and documentation.
func (Format) Values() []string { return []string{string(CSV), string(NDJSON)} }
