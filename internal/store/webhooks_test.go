package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// Of calls of one name at the same time exactly one is first, and all learn which.
func TestOneOfManyCallsIsFirst(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		w := mc.Webhook{ID: mc.NewID(), BoardID: f.board.ID, Description: "d", Enabled: true, CreatedAt: noon, UpdatedAt: noon}
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.InsertWebhook(ctx, w) })
		claim := func(id mc.ID, at mc.Time, since mc.Time) (first mc.ID) {
			err := st.Write(t.Context(), func(tx *store.Tx) (err error) {
				first, err = tx.ClaimWebhookReceipt(tx.Context(), mc.WebhookReceipt{WebhookID: w.ID, DeliveryID: "call", PayloadID: id, ReceivedAt: at}, since)
				return err
			})
			if err != nil {
				t.Error(err)
			}
			return first
		}
		const n = 12
		firsts := make([]mc.ID, n)
		won := make([]bool, n)
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() {
				id := mc.NewID()
				firsts[i] = claim(id, noon, noon.Add(-time.Hour))
				won[i] = firsts[i] == id
			})
		}
		all.Wait()
		winners := 0
		for i := range n {
			if won[i] {
				winners++
			}
			if firsts[i] != firsts[0] {
				t.Errorf("call %d learned of %s, call 0 of %s", i, firsts[i], firsts[0])
			}
		}
		if winners != 1 {
			t.Errorf("%d calls were first", winners)
		}
		later := mc.NewID()
		if got := claim(later, noon.Add(25*time.Hour), noon.Add(time.Hour)); got != later {
			t.Errorf("a day later the first one still counts")
		}
	})
}

func TestObserverHearsOfChangesAndCanRefuse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		var heard []store.Change
		st.Observe(func(_ context.Context, _ *store.Tx, changes []store.Change) error {
			heard = append(heard, changes...)
			return nil
		})
		write(t, st, func(_ context.Context, tx *store.Tx) error {
			tx.Record(mc.ActivityEvent{Type: "task.created", BoardID: &f.board.ID})
			tx.Announce(store.KindBoard, f.board.ID, f.board.ID)
			return nil
		})
		write(t, st, func(context.Context, *store.Tx) error { return nil })
		if len(heard) != 2 || heard[0].Detail != "task.created" || heard[0].Seq == 0 || heard[1].Seq != heard[0].Seq+1 {
			t.Errorf("heard %+v", heard)
		}
		before, err := st.LastSeq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		st.Observe(func(context.Context, *store.Tx, []store.Change) error { return mc.Conflict("no") })
		err = st.Write(t.Context(), func(tx *store.Tx) error {
			tx.Record(mc.ActivityEvent{Type: "task.created", BoardID: &f.board.ID})
			return nil
		})
		if after, _ := st.LastSeq(t.Context()); mc.KindOf(err) != mc.KindConflict || after != before {
			t.Errorf("got %v; %d changes, then %d", err, before, after)
		}
	})
}
