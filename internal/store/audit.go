package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	auditTable = tableOf[mc.AuditEntry]("audit_log")
	auditCols  = auditTable.cols("e")
)

// Audit adds to the audit log what the caller of the transaction does: the
// party, the address and the request are those of the context that Write was
// given. It is committed with what it tells of. Details become a JSON object and
// must not hold secrets; a change that made no difference is not told.
func (tx *Tx) Audit(action mc.AuditAction, target mc.AuditTarget, details any) {
	tx.AuditBy(mc.OriginOf(tx.ctx).Party, action, target, details)
}

// AuditBy is Audit for a party that the context does not know yet.
func (tx *Tx) AuditBy(party mc.Party, action mc.AuditAction, target mc.AuditTarget, details any) {
	if d, ok := details.(mc.Differences); ok && len(d) == 0 {
		return
	}
	origin := mc.OriginOf(tx.ctx)
	origin.Party = party
	entry := mc.NewAuditEntry(origin, tx.Tick(), action, target, details)
	tx.audits = append(tx.audits, &entry)
}

// AuditAgent is Audit of an agent, in the log of the organization that it
// belongs to: that of its board or, for a main agent, that of its gateway.
func (tx *Tx) AuditAgent(ctx context.Context, action mc.AuditAction, a mc.Agent, details any) error {
	organization, err := tx.OrganizationOf(ctx, a)
	if mc.KindOf(err) == mc.KindNotFound {
		return nil // it belongs to nobody who could read of it
	}
	if err == nil {
		tx.Audit(action, a.AuditTarget(organization), details)
	}
	return err
}

// OrganizationOf returns the organization that an agent belongs to.
func (r Reader) OrganizationOf(ctx context.Context, a mc.Agent) (mc.ID, error) {
	if a.BoardID != nil {
		return get[mc.ID](ctx, r, `SELECT b.organization_id FROM boards b WHERE b.id = ?`, *a.BoardID)
	}
	return get[mc.ID](ctx, r, `SELECT g.organization_id FROM gateways g WHERE g.id = ?`, a.GatewayID)
}

// flushAudits writes the entries of the audit log.
func (tx *Tx) flushAudits(ctx context.Context) error {
	entries := tx.audits
	tx.audits = nil
	return auditTable.insert(ctx, tx, entries...)
}

// AuditFilter chooses entries of an organization's audit log.
type AuditFilter struct {
	OrganizationID mc.ID
	Action         mc.AuditAction // exactly this one; "": any
	Area           string         // all actions of an area; "": any
	ActorID        *mc.ID
	TargetID       *mc.ID
	Since          *mc.Time // at or after
	Until          *mc.Time // before
}

func (f AuditFilter) where() (string, []any) {
	where, args := "e.organization_id = ?", []any{f.OrganizationID}
	add := func(wanted bool, condition string, value any) {
		if wanted {
			where, args = where+" AND "+condition, append(args, value)
		}
	}
	add(f.Action != "", "e.action = ?", f.Action)
	add(f.Area != "", "e.area = ?", f.Area)
	add(f.ActorID != nil, "e.actor_id = ?", f.ActorID)
	add(f.TargetID != nil, "e.target_id = ?", f.TargetID)
	add(f.Since != nil, "e.at >= ?", f.Since)
	add(f.Until != nil, "e.at < ?", f.Until)
	return where, args
}

const auditOrder = `e.at DESC, e.id DESC`

// AuditLog lists a page of an audit log, newest first.
func (r Reader) AuditLog(ctx context.Context, f AuditFilter, limit, offset int) ([]mc.AuditEntry, int64, error) {
	where, args := f.where()
	return page[mc.AuditEntry](ctx, r, auditCols, `FROM audit_log e WHERE `+where, auditOrder, limit, offset, args...)
}

// AuditLogAfter lists the entries of an audit log that come after one in the
// order newest first, or the first ones. So a log of any length is read in
// pieces, of which none is missed while others are added.
func (r Reader) AuditLogAfter(ctx context.Context, f AuditFilter, last *mc.AuditEntry, limit int) ([]mc.AuditEntry, error) {
	where, args := f.where()
	if last != nil {
		where, args = where+" AND (e.at, e.id) < (?, ?)", append(args, last.At, last.ID)
	}
	return list[mc.AuditEntry](ctx, r, `SELECT `+auditCols+` FROM audit_log e WHERE `+where+` ORDER BY `+auditOrder+` LIMIT ?`, append(args, limit)...)
}
