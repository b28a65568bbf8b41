package apitest

import (
	"fmt"
	"slices"

	"missioncontrol/internal/store"
)

// Audited lists what the audit log of the organization tells, oldest first, as
// "action target by kind of actor".
func (w *World) Audited() []string {
	w.t.Helper()
	entries, _, err := w.Store.AuditLog(w.t.Context(), store.AuditFilter{OrganizationID: w.Organization.ID}, 1000, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	var told []string
	for _, e := range slices.Backward(entries) {
		told = append(told, fmt.Sprintf("%s %s by %s", e.Action, e.TargetName, e.ActorKind))
	}
	return told
}
