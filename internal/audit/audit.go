// Package audit shows who did what in an organization, and lets it be taken
// along as a file.
//
// What is done is written down where it is done, in the same transaction:
// store.Tx.Audit. Nothing here, nor anywhere else, changes what was written.
package audit

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Feature is the operations on the audit log.
type Feature struct {
	store *store.Store
	clock mc.Clock
}

// New returns the feature on a store.
func New(st *store.Store, clock mc.Clock) *Feature { return &Feature{store: st, clock: clock} }

// List returns a page of the log of an organization, newest first.
func (f *Feature) List(ctx context.Context, filter store.AuditFilter, limit, offset int) ([]AuditEntryRead, int64, error) {
	entries, total, err := f.store.AuditLog(ctx, filter, limit, offset)
	items := make([]AuditEntryRead, len(entries))
	for i, e := range entries {
		items[i] = view(e)
	}
	return items, total, err
}

// rowsAtOnce is how many entries an export holds in memory.
const rowsAtOnce = 500

// export writes the log of an organization, newest first, entry by entry.
func (f *Feature) export(ctx context.Context, filter store.AuditFilter, write func(AuditEntryRead) error) error {
	var last *mc.AuditEntry
	for {
		entries, err := f.store.AuditLogAfter(ctx, filter, last, rowsAtOnce)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := write(view(e)); err != nil {
				return err
			}
		}
		if len(entries) < rowsAtOnce {
			return nil
		}
		last = &entries[len(entries)-1]
	}
}

// NDJSON writes the log as one JSON object per line.
func (f *Feature) NDJSON(ctx context.Context, filter store.AuditFilter, w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return f.export(ctx, filter, func(e AuditEntryRead) error { return enc.Encode(e) })
}

var columns = []string{
	"at", "action", "actor_kind", "actor_id", "actor_name", "target_kind", "target_id", "target_name", "details", "address", "request_id", "id",
}

// CSV writes the log as a table with a head.
func (f *Feature) CSV(ctx context.Context, filter store.AuditFilter, w io.Writer) error {
	table := csv.NewWriter(w)
	if err := table.Write(columns); err != nil {
		return fmt.Errorf("write the head: %w", err)
	}
	err := f.export(ctx, filter, func(e AuditEntryRead) error {
		actor := ""
		if e.ActorID != nil {
			actor = e.ActorID.String()
		}
		row := []string{
			e.At.String(), e.Action, string(e.ActorKind), actor, e.ActorName, e.TargetKind, e.TargetID.String(), e.TargetName, string(e.Details), e.Address, e.RequestID, e.ID.String(),
		}
		for i := range row {
			row[i] = inert(row[i])
		}
		return table.Write(row)
	})
	table.Flush()
	if err == nil {
		err = table.Error()
	}
	return err
}

// inert makes sure that a spreadsheet takes a text for a text: names are chosen
// by people, and one that looks like a formula would be run by whoever opens the
// file. A leading apostrophe says that it is none.
func inert(text string) string {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " "))
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) { // some programs take the wide forms for the plain ones
		return "'" + text
	}
	return text
}
