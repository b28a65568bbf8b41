package live

import (
	"context"
	"errors"
	"sync"
	"testing"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

func change(seq int64, kind string, scope mc.ID) store.Change {
	return store.Change{Seq: seq, Kind: kind, Scope: scope, Entity: mc.NewID()}
}

func TestSubscriptionsHearTheirTopics(t *testing.T) {
	t.Parallel()
	b := NewBroker()
	board, other := mc.NewID(), mc.NewID()
	one := b.Subscribe(Topic{store.KindActivity, board})
	all := b.Subscribe(Topic{Kind: store.KindActivity})
	b.Publish([]store.Change{change(1, store.KindActivity, board), change(2, store.KindActivity, other), change(3, store.KindAgent, board)})
	one.Close()
	all.Close()
	if got := seqs(one); len(got) != 1 || got[0] != 1 {
		t.Errorf("the board's stream heard %v", got)
	}
	if got := seqs(all); len(got) != 2 || got[0] != 1 || got[1] != 2 {
		t.Errorf("the stream of all boards heard %v", got)
	}
	if len(b.topics) != 0 {
		t.Errorf("topics left behind: %v", b.topics)
	}
}

func TestSlowReaderIsCutOff(t *testing.T) {
	t.Parallel()
	b := NewBroker()
	board := mc.NewID()
	slow := b.Subscribe(Topic{store.KindActivity, board})
	for seq := range int64(backlog + 10) {
		b.Publish([]store.Change{change(seq, store.KindActivity, board)})
	}
	if got := seqs(slow); len(got) != backlog {
		t.Errorf("heard %d changes before the end, want %d", len(got), backlog)
	}
	slow.Close() // again, as its stream ends
}

func TestResetEndsEveryStream(t *testing.T) {
	t.Parallel()
	b := NewBroker()
	s := b.Subscribe(Topic{Kind: store.KindAgent})
	b.Publish([]store.Change{{Seq: 9, Kind: store.KindReset}})
	if _, open := <-s.Items(); open {
		t.Error("the stream goes on although changes were lost")
	}
}

func TestRenderOnce(t *testing.T) {
	t.Parallel()
	it := &Item{Change: change(1, store.KindActivity, mc.NewID())}
	var calls int
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			got, err := Render(t.Context(), it, "task", func(context.Context, store.Change) (string, error) { calls++; return "frame", nil })
			if got != "frame" || err != nil {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	wg.Wait()
	if calls != 1 {
		t.Errorf("rendered %d times", calls)
	}
	failure := errors.New("gone")
	for range 2 {
		if _, err := Render(t.Context(), it, "other", func(context.Context, store.Change) (int, error) { return 0, failure }); !errors.Is(err, failure) {
			t.Errorf("got %v", err)
		}
	}
}

func seqs(s *Subscription) []int64 {
	var out []int64
	for it := range s.Items() {
		out = append(out, it.Seq)
	}
	return out
}
