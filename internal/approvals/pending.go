package approvals

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// attempts bounds how often a write is run again whose rival was gone when it
// was looked for.
const attempts = 3

// write runs a transaction that may make an approval pending, and returns what
// it is about. Another one for the same task may be made at the same moment: the
// database lets one of them through. The other is then told which it was, as if
// that had been there before.
func (f *Feature) write(ctx context.Context, approval mc.ID, do func(tx *store.Tx) (tasks []mc.ID, err error)) error {
	for attempt := 1; ; attempt++ {
		var tasks []mc.ID
		err := f.store.Write(ctx, func(tx *store.Tx) (err error) {
			tasks, err = do(tx)
			return err
		})
		if !store.IsPendingTwice(err) {
			return err
		}
		if conflict := checkPending(ctx, f.store.Reader, tasks, approval); conflict != nil {
			return conflict
		}
		if attempt == attempts {
			return mc.Unavailable(err)
		}
	}
}

// checkPending refuses tasks that have a pending approval other than this one.
func checkPending(ctx context.Context, r store.Reader, tasks []mc.ID, approval mc.ID) error {
	found, err := r.PendingLinks(ctx, tasks, approval)
	if err != nil {
		return err
	}
	return mc.PendingConflict(found)
}
