package store

import (
	"context"
	"sort"
	"time"

	"missioncontrol/internal/mc"
)

// logRow is a change as the log keeps it.
type logRow struct {
	Seq    int64   `db:"seq"`
	Kind   string  `db:"kind"`
	Scope  *mc.ID  `db:"scope_id"`
	Entity mc.ID   `db:"entity_id"`
	Detail string  `db:"detail"`
	At     mc.Time `db:"at"`
}

func newLogRow(c Change, at mc.Time) *logRow {
	row := &logRow{Seq: c.Seq, Kind: c.Kind, Entity: c.Entity, Detail: c.Detail, At: at}
	if c.Scope != (mc.ID{}) {
		row.Scope = &c.Scope
	}
	return row
}

// ChangesAfter returns the logged changes with a higher number than seq, in
// order, at most limit.
func (r Reader) ChangesAfter(ctx context.Context, seq int64, limit int) ([]Change, error) {
	return list[Change](ctx, r,
		"SELECT seq, kind, scope_id, entity_id, detail FROM change_log WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)
}

// LastSeq returns the number of the last change.
func (r Reader) LastSeq(ctx context.Context) (int64, error) {
	return get[int64](ctx, r, "SELECT value FROM change_counter WHERE id = 1")
}

// LogReaches reports whether the log still holds every change after seq. A
// number that was never given is not reached.
func (r Reader) LogReaches(ctx context.Context, seq int64) (bool, error) {
	return get[bool](ctx, r, `SELECT c.value = ? OR (c.value > ? AND EXISTS (SELECT 1 FROM change_log l WHERE l.seq = ?))
		FROM change_counter c WHERE c.id = 1`, seq, seq, seq+1)
}

// LoggedChange is a change with its time.
type LoggedChange struct {
	Change
	At mc.Time `db:"at"`
}

// LoggedAfter is ChangesAfter with times.
func (r Reader) LoggedAfter(ctx context.Context, seq int64, limit int) ([]LoggedChange, error) {
	return list[LoggedChange](ctx, r,
		"SELECT seq, kind, scope_id, entity_id, detail, at FROM change_log WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)
}

// disorder is how much earlier than a change before it a change in the log may
// have happened: as long as a transaction takes, because times are those of its
// begin and numbers those of its end.
const disorder = time.Minute

// LogSince returns a number after which the log holds every change that
// happened at or after a time, and whether it reaches back that far.
func (r Reader) LogSince(ctx context.Context, since mc.Time) (after int64, reaches bool, err error) {
	first, last, err := r.logEnds(ctx)
	if err != nil {
		return 0, false, err
	}
	if after, err = r.logBefore(ctx, first, last, since.Add(-disorder)); err != nil {
		return 0, false, err
	}
	return after, after >= first || first == 1, nil
}

// logEnds returns the numbers of the oldest and the newest change in the log;
// of an empty one the newest lies before the oldest.
func (r Reader) logEnds(ctx context.Context) (first, last int64, err error) {
	ends, err := get[struct {
		First *int64 `db:"first"`
		Last  int64  `db:"last"`
	}](ctx, r, `SELECT (SELECT min(seq) FROM change_log) AS first, value AS last FROM change_counter WHERE id = 1`)
	if err != nil {
		return 0, 0, err
	}
	if ends.First == nil {
		return ends.Last + 1, ends.Last, nil
	}
	return *ends.First, ends.Last, nil
}

// logBefore returns the number of the last change in the log before a time, of
// those between first and last; first-1 when there is none. Numbers grow with
// time, so a few looks find it, and the log needs no index that every change
// would have to pay for.
func (r Reader) logBefore(ctx context.Context, first, last int64, t mc.Time) (seq int64, err error) {
	n := sort.Search(int(last-first+1), func(i int) bool {
		if err != nil {
			return true
		}
		var at *mc.Time
		at, err = find[mc.Time](ctx, r, "SELECT at FROM change_log WHERE seq = ?", first+int64(i))
		return at != nil && !at.Before(t) // one that was trimmed meanwhile was before
	})
	return first + int64(n) - 1, err
}

// LogKeep says how much of the log is kept.
type LogKeep struct {
	Since mc.Time // nothing older is kept
	Rows  int64   // nor more than this, as long as Spare allows
	Spare mc.Time // what happened since is kept in any case
}

// trimAtOnce bounds what a transaction forgets: on SQLite all others wait for it.
const trimAtOnce = 5000

// TrimChangeLog forgets changes, oldest first, and tells how many.
func (s *Store) TrimChangeLog(ctx context.Context, keep LogKeep) (forgotten int64, err error) {
	first, last, err := s.logEnds(ctx)
	if err != nil {
		return 0, err
	}
	upTo, err := s.logBefore(ctx, first, last, keep.Since)
	if err == nil && last-keep.Rows > upTo {
		var spare int64
		spare, err = s.logBefore(ctx, first, last, keep.Spare)
		upTo = max(upTo, min(last-keep.Rows, spare))
	}
	upTo = min(upTo, last-1) // the newest stays, to tell since when nothing was forgotten
	for from := first; err == nil && from <= upTo; from += trimAtOnce {
		err = s.Write(ctx, func(tx *Tx) error {
			n, err := exec(ctx, tx, "DELETE FROM change_log WHERE seq <= ?", min(from+trimAtOnce-1, upTo))
			forgotten += n
			return err
		})
	}
	return forgotten, err
}
