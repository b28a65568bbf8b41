package store

import (
	"context"
	"encoding/json"
	"fmt"

	"missioncontrol/internal/mc"
)

// Change is something committed that streams tell of. Every change of the
// installation has a number, in the order of commits and without gaps.
type Change struct {
	Seq    int64  `db:"seq" json:"seq"`
	Kind   string `db:"kind" json:"kind"`
	Scope  mc.ID  `db:"scope_id" json:"scope"` // the board, or what else contains the entity; mc.ID{} for none
	Entity mc.ID  `db:"entity_id" json:"entity"`
	Detail string `db:"detail" json:"detail,omitempty"` // for activity: the type of the event
}

// Kinds of changes. Other kinds may be announced as well: they are in the log
// and are handed over, but no row keeps their number.
const (
	KindActivity    = "activity"
	KindAgent       = "agent"
	KindApproval    = "approval"
	KindBoardMemory = "board_memory"
	KindGroupMemory = "board_group_memory"
	KindDelivery    = "delivery"
	KindBoard       = "board"        // made or changed; the scope is the board itself
	KindTag         = "tag"          // made, changed or deleted; the scope is the organization, as of KindOrganization
	KindField       = "custom_field" // likewise, of a custom field
	// KindOrganization is a change of an organization: its members, invites, settings.
	// The detail says of which.
	KindOrganization = "org"

	// What is gone has no row: the entity is all that is told. The scope of a board
	// that is gone is its organization.
	KindTaskDeleted  = "task.deleted"
	KindBoardDeleted = "board.deleted"
	KindAgentDeleted = "agent.deleted"

	// KindJob is a change of work in the background: for now, how far a message to an
	// agent has come. The scope is the board, the detail the state.
	KindJob = "job"

	// KindAccess says that what somebody may do has changed or ended. The scope is
	// whose access it is: a user, an agent (a rotated token too), a board or an
	// organization that is gone. Open streams of theirs ask their guard again.
	KindAccess = "access"
	// KindReset is handed over instead of changes that can no longer be told,
	// as the listener was away for longer than the log reaches back. Its number
	// is that of the last change.
	KindReset = "reset"
)

// Details of KindOrganization: what the entity is.
const (
	DetailMember   = "member"
	DetailInvite   = "invite"
	DetailSettings = "settings"
)

// seqTables are the tables whose rows keep the number of their last change.
var seqTables = map[string]string{
	KindAgent:       "agents",
	KindApproval:    "approvals",
	KindBoardMemory: "board_memory",
	KindGroupMemory: "board_group_memory",
	KindDelivery:    "deliveries",
}

// pending is a change without a number yet.
type pending struct {
	Change
	event *mc.ActivityEvent
}

// Record adds an event to the activity log and announces it. It returns the
// event with its id and time; events of a transaction are at least a
// microsecond apart. The number follows with Flush.
func (tx *Tx) Record(e mc.ActivityEvent) mc.ActivityEvent {
	if e.ID == (mc.ID{}) {
		e.ID = mc.NewID()
	}
	e.CreatedAt = tx.Tick()
	c := Change{Kind: KindActivity, Entity: e.ID, Detail: string(e.Type)}
	if e.BoardID != nil {
		c.Scope = *e.BoardID
	}
	tx.pending = append(tx.pending, pending{c, &e})
	return e
}

// Announce tells streams of a change of an entity: its row (for the kinds that
// have one) keeps the change's number. Told several times it counts once, the
// last time. A detail is a word or two that spares the receiver a query.
func (tx *Tx) Announce(kind string, scope, entity mc.ID, detail ...string) {
	c := Change{Kind: kind, Scope: scope, Entity: entity}
	if len(detail) > 0 {
		c.Detail = detail[0]
	}
	for i, p := range tx.pending {
		if p.Change == c {
			tx.pending = append(tx.pending[:i], tx.pending[i+1:]...)
			break
		}
	}
	tx.pending = append(tx.pending, pending{Change: c})
}

// flushChanges numbers and writes the pending changes.
func (tx *Tx) flushChanges(ctx context.Context) error {
	if len(tx.pending) == 0 {
		return nil
	}
	// Whoever has raised the counter keeps its row locked until the commit, so
	// numbers follow the order of commits.
	last, err := get[int64](ctx, tx.Reader,
		"UPDATE change_counter SET value = value + ? WHERE id = 1 RETURNING value", len(tx.pending))
	if err != nil {
		return fmt.Errorf("number them: %w", err)
	}
	first := last - int64(len(tx.pending)) + 1

	var events []*mc.ActivityEvent
	var log []*logRow
	for i, p := range tx.pending {
		p.Seq = first + int64(i)
		if p.event != nil {
			p.event.Seq = p.Seq
			tx.wroteText = tx.wroteText || p.event.Type == mc.EventTaskComment
			events = append(events, p.event)
		}
		if table, ok := seqTables[p.Kind]; ok {
			if _, err := exec(ctx, tx, "UPDATE "+table+" SET seq = ? WHERE id = ?", p.Seq, p.Entity); err != nil {
				return err
			}
		}
		log = append(log, newLogRow(p.Change, tx.now))
		tx.changes = append(tx.changes, p.Change)
	}
	tx.pending = nil
	if err := activityTable.insert(ctx, tx, events...); err != nil {
		return err
	}
	return logTable.insert(ctx, tx, log...)
}

var (
	activityTable = tableOf[mc.ActivityEvent]("activity_events")
	logTable      = tableOf[logRow]("change_log")
)

// notifyLimit is what fits into one notification of PostgreSQL (8000 bytes).
const notifyLimit = 7900

// notify sends the changes to the listeners of all processes, with the commit.
func (tx *Tx) notify(ctx context.Context) error {
	if tx.dialect != PostgreSQL {
		return nil
	}
	for rest := tx.changes; len(rest) > 0; {
		payload, n, err := packChanges(rest)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, tx, "SELECT pg_notify(?, ?)", notifyChannel, payload); err != nil {
			return fmt.Errorf("notify: %w", err)
		}
		rest = rest[n:]
	}
	return nil
}

// packChanges encodes as many changes as fit into a notification, at least one.
func packChanges(changes []Change) (payload string, n int, err error) {
	buf := []byte{'['}
	for ; n < len(changes); n++ {
		b, err := json.Marshal(changes[n])
		if err != nil {
			return "", 0, err
		}
		if n > 0 && len(buf)+len(b)+2 > notifyLimit {
			break
		}
		if n > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, b...)
	}
	return string(append(buf, ']')), n, nil
}
