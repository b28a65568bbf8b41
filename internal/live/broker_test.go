package live

import (
	"context"
	"errors"
	"fmt"
	"runtime"
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
	if got := take(t, all, 2); got[0] != 1 || got[1] != 2 {
		t.Errorf("the stream of all boards heard %v", got)
	}
	if got := take(t, one, 1); got[0] != 1 {
		t.Errorf("the board's stream heard %v", got)
	}
	one.Close()
	all.Close()
	if len(b.topics) != 0 {
		t.Errorf("topics left behind: %v", b.topics)
	}
}

func TestSlowReaderLosesWhatItLagsBehind(t *testing.T) {
	t.Parallel()
	b := NewBroker()
	board := mc.NewID()
	slow, quick := b.Subscribe(Topic{store.KindActivity, board}), b.Subscribe(Topic{store.KindActivity, board})
	for seq := range int64(backlog + 10) {
		b.Publish([]store.Change{change(seq, store.KindActivity, board)})
		if got := take(t, quick, 1); got[0] != seq {
			t.Fatalf("the quick one heard %v, want %d", got, seq)
		}
	}
	if items, complete := slow.Take(); complete || len(items) != 0 {
		t.Errorf("the slow one still has %d changes, complete %v", len(items), complete)
	}
}

// Where a stream stands counts what it did not want, too: nobody should have to
// look at that again.
func TestThrough(t *testing.T) {
	t.Parallel()
	b := NewBroker()
	board := mc.NewID()
	s, all := b.Subscribe(Topic{store.KindActivity, board}), b.Subscribe(Topic{Kind: store.KindActivity})
	publish := func(seq int64, scope mc.ID) {
		t.Helper()
		b.Publish([]store.Change{change(seq, store.KindActivity, scope)})
		for b.last.Load() != seq { // handed out in the background
			runtime.Gosched()
		}
	}
	expect := func(want int64, when string) {
		t.Helper()
		if got := s.Through(); got != want {
			t.Errorf("%s: through %d, want %d", when, got, want)
		}
	}
	publish(1, mc.NewID())
	expect(1, "nothing was wanted")
	publish(2, board)
	expect(1, "one is waiting")
	s.Take()
	publish(3, mc.NewID())
	expect(1, "it was taken")
	s.Done()
	expect(3, "it is done with")
	for seq := range int64(backlog + 2) {
		publish(10+seq, board)
	}
	expect(9, "too many came")
	if _, complete := all.Take(); complete {
		t.Error("the stream of all boards has lost nothing")
	}
}

func TestResetLosesEverything(t *testing.T) {
	t.Parallel()
	b := NewBroker()
	s := b.Subscribe(Topic{Kind: store.KindAgent})
	b.Publish([]store.Change{{Seq: 9, Kind: store.KindReset}})
	<-s.Ready()
	if _, complete := s.Take(); complete {
		t.Error("the stream goes on although changes were lost")
	}
}

func TestSubscribersMayChoose(t *testing.T) {
	t.Parallel()
	b := NewBroker()
	s := b.SubscribeIf(func(c store.Change) bool { return c.Detail == "yes" }, Topic{Kind: store.KindActivity})
	no, yes := change(1, store.KindActivity, mc.NewID()), change(2, store.KindActivity, mc.NewID())
	yes.Detail = "yes"
	b.Publish([]store.Change{no, yes})
	if got := take(t, s, 1); got[0] != 2 {
		t.Errorf("heard %v", got)
	}
}

func TestAccessWatch(t *testing.T) {
	t.Parallel()
	b := NewBroker()
	user, other := mc.NewID(), mc.NewID()
	missed := b.AccessMark()
	b.Publish([]store.Change{{Seq: 1, Kind: store.KindAccess, Scope: other}})
	for b.AccessMark() == missed { // handed out in the background
		runtime.Gosched()
	}
	late, stopLate := b.WatchAccess(missed, []mc.ID{user})
	<-late // it may have been about the user
	mine, stopMine := b.WatchAccess(b.AccessMark(), []mc.ID{mc.NewID(), user})
	theirs, stopTheirs := b.WatchAccess(b.AccessMark(), []mc.ID{other})
	b.Publish([]store.Change{{Seq: 2, Kind: store.KindAccess, Scope: user}})
	<-mine
	select {
	case <-theirs:
		t.Error("the access of somebody else has not changed")
	default:
	}
	stopLate()
	stopMine()
	stopTheirs()
	if len(b.access.watchers) != 0 {
		t.Errorf("watchers left behind: %v", b.access.watchers)
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

// take waits for n changes and returns their numbers.
func take(t *testing.T, s *Subscription, n int) (seqs []int64) {
	t.Helper()
	for len(seqs) < n {
		<-s.Ready()
		items, complete := s.Take()
		if !complete {
			t.Fatalf("lost changes after %v", seqs)
		}
		for _, it := range items {
			seqs = append(seqs, it.Seq)
		}
	}
	return seqs
}

// BenchmarkPublish is what a commit pays for the streams that are open, and
// what handing the change out costs beside it.
func BenchmarkPublish(b *testing.B) {
	for _, streams := range []int{0, 2000} {
		board := mc.NewID()
		c := []store.Change{change(1, store.KindActivity, board)}
		subscribed := func() *Broker {
			broker := NewBroker()
			for range streams {
				s := broker.Subscribe(Topic{store.KindActivity, board})
				go func() {
					for range s.Ready() {
						s.Take()
					}
				}()
			}
			return broker
		}
		b.Run(fmt.Sprintf("commit/%d", streams), func(b *testing.B) {
			broker := subscribed()
			for b.Loop() {
				broker.Publish(c)
			}
		})
		b.Run(fmt.Sprintf("fan-out/%d", streams), func(b *testing.B) {
			broker := subscribed()
			for b.Loop() {
				broker.fanOut(c)
			}
		})
	}
}
