package memory_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// next waits for n events and lists their contents.
func next(t *testing.T, s *apitest.Stream, n int) string {
	t.Helper()
	var all []string
	for range n {
		frame := s.Next()
		entry, _ := frame.Data["memory"].(map[string]any)
		text, _ := entry["content"].(string)
		if frame.Event != "memory" || frame.ID == "" {
			t.Errorf("frame %+v", frame)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func after(id string) http.Header { return http.Header{"Last-Event-Id": {id}} }

func TestStreamOfABoard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		path := memoryOf(f.alpha)
		f.post(t, f.owner, path, `{"content":"old"}`)
		live := f.Open(f.owner, path+"/stream", nil)
		chat := f.Open(f.asWorker, path+"/stream?is_chat=true", nil)
		notes := f.Open(f.owner, path+"/stream?is_chat=false&since=nonsense", nil)
		future := f.Open(f.owner, path+"/stream?since=2199-01-01", nil)
		f.post(t, f.owner, memoryOf(f.beta), `{"content":"elsewhere"}`)
		second := f.post(t, f.owner, path, `{"content":"said","tags":["chat"]}`).At("created_at").(string)
		f.post(t, f.owner, path, `{"content":"noted"}`)
		f.post(t, f.owner, path, `{"content":"end","tags":["chat"]}`)
		f.post(t, f.owner, path, `{"content":"end"}`)

		first := live.Next()
		if got := next(t, live, 3); got != "noted, end, end" || first.Data["memory"].(map[string]any)["content"] != "said" {
			t.Errorf("live: %v, %s", first, got)
		}
		if got := next(t, chat, 2); got != "said, end" {
			t.Errorf("chat: %s", got)
		}
		if got := next(t, notes, 2); got != "noted, end" {
			t.Errorf("notes: %s", got)
		}
		for name, tc := range map[string]struct {
			query  string
			header http.Header
			want   string
		}{
			"everything":             {"?since=2020-01-01T00:00:00Z", nil, "old, said, noted, end, end"},
			"chat of all times":      {"?since=2020-01-01&is_chat=yes", nil, "said, end"},
			"since is included":      {"?since=" + second, nil, "said, noted, end, end"},
			"after an id":            {"", after(first.ID), "noted, end, end"},
			"the id beats since":     {"?since=2199-01-01", after(first.ID), "noted, end, end"},
			"an odd id is as absent": {"?since=" + second, after("x1"), "said, noted, end, end"},
			"from the beginning":     {"", after("0"), "old, said, noted, end, end"},
			"chat after an id":       {"?is_chat=true", after(first.ID), "end"},
		} {
			s := f.Open(f.owner, path+"/stream"+tc.query, tc.header)
			if got := next(t, s, strings.Count(tc.want, ",")+1); got != tc.want {
				t.Errorf("%s: %s; want %s", name, got, tc.want)
			}
			if rest := s.Close(); len(rest) != 0 {
				t.Errorf("%s: and more: %v", name, rest)
			}
		}
		if rest := future.Close(); len(rest) != 0 {
			t.Errorf("of the future: %v", rest)
		}
	})
}

func TestStreamOfAGroup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		other := f.BoardGroup("Other")
		group, board := f.Open(f.owner, ofGroup(f.group)+"/stream", nil), f.Open(f.asOth, groupMemoryOf(f.beta)+"/stream?is_chat=false", nil)
		f.post(t, f.owner, ofGroup(other), `{"content":"elsewhere"}`)
		f.post(t, f.owner, groupMemoryOf(f.alpha), `{"content":"said","tags":["chat"]}`)
		f.post(t, f.owner, ofGroup(f.group), `{"content":"noted"}`)
		if got := next(t, group, 2); got != "said, noted" {
			t.Errorf("of the group: %s", got)
		}
		if got := next(t, board, 1); got != "noted" {
			t.Errorf("through the board: %s", got)
		}
		caughtUp := f.Open(f.owner, groupMemoryOf(f.beta)+"/stream?since=2020-01-01", nil)
		if got := next(t, caughtUp, 2); got != "said, noted" {
			t.Errorf("caught up: %s", got)
		}
	})
}

func TestStreamFollowsTheBoardIntoItsGroup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		other := f.BoardGroup("Other")
		loner := f.Board("Loner", nil)
		move := func(to *mc.ID) {
			f.Write(func(ctx context.Context, tx *store.Tx) error {
				loner.BoardGroupID = to
				return tx.UpdateBoard(ctx, loner)
			})
		}
		s := f.Open(f.owner, groupMemoryOf(loner)+"/stream?since=2020-01-01", nil)
		f.post(t, f.owner, ofGroup(f.group), `{"content":"of no group of its own"}`)
		move(&other.ID)
		f.post(t, f.owner, ofGroup(other), `{"content":"joined"}`)
		if got := next(t, s, 1); got != "joined" {
			t.Errorf("after joining: %s", got)
		}
		move(nil)
		f.post(t, f.owner, ofGroup(other), `{"content":"left"}`)
		third := f.BoardGroup("Third")
		move(&third.ID)
		f.post(t, f.owner, ofGroup(other), `{"content":"of the one before"}`)
		f.post(t, f.owner, ofGroup(third), `{"content":"moved"}`)
		if got := next(t, s, 1); got != "moved" {
			t.Errorf("in another group: %s", got)
		}
	})
}

func TestEveryEntryOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		const writers, each = 4, 40
		var writing sync.WaitGroup
		for w := range writers {
			writing.Go(func() {
				for i := range each {
					_, err := f.feature.RecordOnBoard(t.Context(), f.alpha, mc.Author{Name: "W"}, mc.MemoryDraft{Content: fmt.Sprintf("%d.%d", w, i)})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		// The reader loses its connection after every few events.
		seen, last := map[string]int{}, "0"
		for len(seen) < writers*each {
			s := f.Open(f.owner, memoryOf(f.alpha)+"/stream", after(last))
			for range min(25, writers*each-len(seen)) {
				frame := s.Next()
				last = frame.ID
				seen[frame.Data["memory"].(map[string]any)["content"].(string)]++
			}
			s.Close()
		}
		writing.Wait()
		for content, times := range seen {
			if times != 1 {
				t.Errorf("%s came %d times", content, times)
			}
		}
	})
}

func TestBacklogOfManyEntries(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		const n = 130 // more than one chunk
		start := mc.TimeOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		for i := range n {
			f.Write(func(ctx context.Context, tx *store.Tx) error {
				m := mc.MemoryDraft{Content: fmt.Sprint(i)}.ForBoard(f.alpha.ID, mc.Author{}, start.Add(time.Duration(i)*time.Second))
				return tx.InsertBoardMemory(ctx, m)
			})
		}
		s := f.Open(f.owner, memoryOf(f.alpha)+"/stream?since=2026-01-01T00:00:10", nil)
		for i := 10; i < n; i++ {
			if got := next(t, s, 1); got != fmt.Sprint(i) {
				t.Fatalf("%s, want %d", got, i)
			}
		}
		f.post(t, f.owner, memoryOf(f.alpha), `{"content":"live"}`)
		if got := next(t, s, 1); got != "live" {
			t.Errorf("then %s", got)
		}
	})
}
