package memory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func TestNotesAndChatOfABoard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		path := memoryOf(f.alpha)
		note := f.post(t, f.owner, path, `{"content":"  one  ","tags":[],"id":"ignored","is_chat":true}`)
		if note.At("content") != "one" || !reflect.DeepEqual(note.At("tags"), []any{}) || note.At("source") != nil || note.At("is_chat") != false || note.At("board_id") != f.alpha.ID.String() {
			t.Errorf("a note: %v", note.Body)
		}
		chat := f.post(t, f.asWorker, agentMemoryOf(f.alpha), `{"content":"two","tags":["chat","x"]}`)
		if !reflect.DeepEqual(chat.At("tags"), []any{"chat", "x"}) || chat.At("source") != "Will" || chat.At("is_chat") != true {
			t.Errorf("an agent's chat: %v", chat.Body)
		}
		f.post(t, f.owner, path, `{"content":"three","tags":null}`)
		f.post(t, f.owner, memoryOf(f.beta), `{"content":"of another board"}`)
		// Old rows may be blank. They are nowhere to be seen.
		f.Write(func(ctx context.Context, tx *store.Tx) error {
			blank := mc.MemoryDraft{Content: " \t\r\n ", Tags: mc.Set([]string{mc.TagChat})}
			if err := tx.InsertGroupMemory(ctx, blank.ForGroup(f.group.ID, mc.Author{}, tx.Tick())); err != nil {
				return err
			}
			return tx.InsertBoardMemory(ctx, blank.ForBoard(f.alpha.ID, mc.Author{}, tx.Tick()))
		})
		for _, tc := range []struct {
			query, want string
			total       float64
		}{
			{"", "three, two, one", 3},
			{"?is_chat=true", "two", 1},
			{"?is_chat=no", "three, one", 2},
			{"?limit=1&offset=1", "two", 3},
			{"?offset=3", "", 3},
			{"?is_chat=false&limit=1", "three", 2},
		} {
			for _, at := range []struct {
				as   apitest.Caller
				path string
			}{{f.owner, path}, {f.asWorker, path}, {f.asWorker, agentMemoryOf(f.alpha)}} {
				a := f.Call(at.as, http.MethodGet, at.path+tc.query, "")
				if got := contents(t, a); got != tc.want || a.At("total") != tc.total {
					t.Errorf("GET %s%s: %q, total %v; want %q, %v", at.path, tc.query, got, a.At("total"), tc.want, tc.total)
				}
			}
		}
		if a := f.Call(f.owner, http.MethodGet, ofGroup(f.group), ""); a.At("total") != 0.0 {
			t.Errorf("the blank entry of the group: %v", a.Body)
		}
		newest, err := st.NewestChat(t.Context(), f.alpha.ID, 200)
		if err != nil || len(newest) != 1 || newest[0].Content != "two" {
			t.Errorf("newest chat: %v, %v", newest, err)
		}
	})
}

func TestNewestChatComesOldestFirst(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		f.Write(func(ctx context.Context, tx *store.Tx) error {
			for i := range 5 {
				m := mc.MemoryDraft{Content: fmt.Sprint(i), Tags: mc.Set([]string{mc.TagChat})}.ForBoard(f.alpha.ID, mc.Author{}, tx.Now()) // of one time
				if err := tx.InsertBoardMemory(ctx, m); err != nil {
					return err
				}
			}
			return nil
		})
		newest, err := st.NewestChat(t.Context(), f.alpha.ID, 3)
		if err != nil || len(newest) != 3 || newest[0].Content+newest[1].Content+newest[2].Content != "234" {
			t.Errorf("newest chat: %v, %v", newest, err)
		}
	})
}

func TestContentsAreKeptAsTheyAre(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		stream := f.Open(f.owner, memoryOf(f.alpha)+"/stream", nil)
		for name, content := range map[string]string{
			"a megabyte":       strings.Repeat("0123456789abcdef", 1<<16),
			"hostile Markdown": "<script>alert(1)</script> [x](javascript:alert(1)) ![](x onerror=y) `'\"; DROP TABLE board_memory; --",
			"odd characters":   "a\u2028b\u200d\U0001F468\u200d\U0001F469\tc\r\nd \u202e e",
			"SSE in disguise":  "data: x\n\nevent: memory\ndata: {}",
			"a backslash":      `C:\new "quoted" \u0041`,
		} {
			body, err := json.Marshal(map[string]any{"content": content, "tags": []string{"<b>", "ü"}})
			if err != nil {
				t.Fatal(err)
			}
			sent := f.post(t, f.owner, memoryOf(f.alpha), string(body))
			listed := f.Call(f.owner, http.MethodGet, memoryOf(f.alpha)+"?limit=1", "")
			streamed := apitest.Answer{Body: stream.Next().Data}
			if sent.At("content") != content || listed.At("items", 0, "content") != content || streamed.At("memory", "content") != content {
				t.Errorf("%s was changed", name)
			}
			if !reflect.DeepEqual(streamed.At("memory"), sent.Body) {
				t.Errorf("%s: the stream shows another entry than the answer", name)
			}
		}
		for name, body := range map[string]string{
			`["body","content"]`:  `{"content":"a\u0000b"}`,
			`["body","source"]`:   `{"content":"a","source":"\u0000"}`,
			`["body","tags",0]`:   `{"content":"a","tags":["\u0000"]}`,
			`["body","tags",1]`:   `{"content":"a","tags":["chat",null]}`,
			`["body","tags"]`:     `{"content":"a","tags":{}}`,
			`["body","content"] `: `{"content":" \n\t "}`,
			`["body"]`:            `[]`,
		} {
			for _, path := range []string{memoryOf(f.alpha), groupMemoryOf(f.alpha), ofGroup(f.group)} {
				if a := f.Call(f.owner, http.MethodPost, path, body); a.Status != 422 || a.Detail() != strings.TrimSpace(name) {
					t.Errorf("POST %s %s: %d %v", path, body, a.Status, a.Detail())
				}
			}
		}
	})
}

func TestChatIsPassedOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		path := memoryOf(f.alpha)
		f.post(t, f.owner, path, `{"content":"a note for @will"}`)
		if got := f.told(t, f.lead); len(got) != 0 {
			t.Errorf("a note was passed on: %v", got)
		}
		f.post(t, f.owner, path, `{"content":"hey @WILL","tags":["chat"],"source":"Bot"}`)
		lead, worker := f.told(t, f.lead), f.told(t, f.worker)
		if firstLines(lead) != "BOARD CHAT" || firstLines(worker) != "BOARD CHAT MENTION" {
			t.Errorf("the lead heard %q, the worker %q", firstLines(lead), firstLines(worker))
		}
		if d := worker[0]; d.Deliver || d.Label != "Will" || d.SessionKey != *f.worker.SessionKey || d.GatewayID != *f.alpha.GatewayID || *d.BoardID != f.alpha.ID ||
			!strings.Contains(d.Message, "\nFrom: Acme owner\n") || !strings.Contains(d.Message, "\nPOST http://mc"+agentMemoryOf(f.alpha)+"\n") {
			t.Errorf("the message: %+v", d)
		}
		f.post(t, f.asWorker, agentMemoryOf(f.alpha), `{"content":"  /Pause ","tags":["chat"]}`)
		lead, worker = f.told(t, f.lead), f.told(t, f.worker)
		if len(lead) != 1 || lead[0].Message != "/pause" || !lead[0].Deliver || len(worker) != 0 {
			t.Errorf("a command: the lead heard %v, its author %v", lead, worker)
		}
		if paused, err := st.BoardPaused(t.Context(), f.alpha.ID); err != nil || !paused {
			t.Errorf("paused: %v, %v", paused, err)
		}
		if jobs := f.Jobs("agent_delivery"); len(jobs) != 3 {
			t.Errorf("%d jobs for 3 messages", len(jobs))
		}
		if got := f.told(t, f.other); len(got) != 0 {
			t.Errorf("another board heard %v", got)
		}
	})
}

func TestGroupMemoryIsPassedOnOverEachBoardsGateway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		outside := f.Board("Outside", &mc.Gateway{ID: *f.alpha.GatewayID})
		stranger, _ := f.Agent("Stan", &outside, nil)
		for _, tc := range []struct {
			as                  apitest.Caller
			path, body          string
			lead, worker, other string
		}{
			{f.owner, ofGroup(f.group), `{"content":"a note for @otto"}`, "", "", ""},
			{f.owner, ofGroup(f.group), `{"content":"hi @otto","tags":["chat"]}`, "GROUP CHAT", "", "GROUP CHAT MENTION"},
			{f.owner, groupMemoryOf(f.beta), `{"content":"all hands","tags":["broadcast"]}`, "GROUP BROADCAST", "GROUP BROADCAST", "GROUP BROADCAST"},
			{f.asOth, groupMemoryOf(f.beta), `{"content":"help @all"}`, "GROUP BROADCAST", "GROUP BROADCAST", ""},
			{f.asWorker, groupMemoryOf(f.alpha), `{"content":"/pause","tags":["chat"]}`, "GROUP CHAT", "", ""},
		} {
			entry := f.post(t, tc.as, tc.path, tc.body)
			lead, worker, other := f.told(t, f.lead), f.told(t, f.worker), f.told(t, f.other)
			if firstLines(lead) != tc.lead || firstLines(worker) != tc.worker || firstLines(other) != tc.other {
				t.Errorf("%s: heard by the lead %q, the worker %q, the other %q", tc.body, firstLines(lead), firstLines(worker), firstLines(other))
			}
			for _, d := range other {
				if d.GatewayID != *f.beta.GatewayID || d.Deliver || !strings.Contains(d.Message, "\nPOST http://mc"+groupMemoryOf(f.beta)+"\n") {
					t.Errorf("the message to the other board: %+v", d)
				}
			}
			if entry.At("board_group_id") != f.group.ID.String() {
				t.Errorf("%s: %v", tc.body, entry.Body)
			}
		}
		if got := f.told(t, stranger); len(got) != 0 {
			t.Errorf("a board outside of the group heard %v", got)
		}
		page := f.Call(f.asOth, http.MethodGet, groupMemoryOf(f.beta)+"?is_chat=true", "")
		if got := contents(t, page); got != "/pause, hi @otto" || page.At("items", 0, "source") != "Will" {
			t.Errorf("the group's chat: %v", page.Body)
		}
	})
}

func TestBoardWithoutGroup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		loner := f.Board("Loner", nil)
		if a := f.Call(f.owner, http.MethodGet, groupMemoryOf(loner)+"?limit=7", ""); a.Status != 200 || a.At("total") != 0.0 || a.At("limit") != 7.0 || contents(t, a) != "" {
			t.Errorf("list: %d %v", a.Status, a.Body)
		}
		if a := f.Call(f.owner, http.MethodPost, groupMemoryOf(loner), `{"content":"x"}`); a.Status != 422 || a.Detail() != "Board is not in a board group" {
			t.Errorf("create: %d %v", a.Status, a.Body)
		}
		if a := f.Call(f.owner, http.MethodPost, groupMemoryOf(loner), `{"content":""}`); a.Status != 422 || a.Detail() != `["body","content"]` {
			t.Errorf("create of nothing: %d %v", a.Status, a.Body)
		}
		// Chat without a gateway is kept, and reaches those who look.
		f.Agent("Lea", &loner, func(a *mc.Agent) { a.IsBoardLead = true })
		if a := f.post(t, f.owner, memoryOf(loner), `{"content":"hi","tags":["chat"]}`); a.At("source") != "Acme owner" {
			t.Errorf("chat on a board without a gateway: %v", a.Body)
		}
		if jobs := f.Jobs("agent_delivery"); len(jobs) != 0 {
			t.Errorf("jobs: %v", jobs)
		}
	})
}

// What is gone between the guard and the transaction is not found.
func TestNothingIsWrittenIntoWhatIsGone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		ann, draft := mc.Author{Name: "Ann"}, mc.MemoryDraft{Content: "x", Tags: mc.Set([]string{mc.TagChat})}
		gone := mc.Board{ID: mc.NewID(), GatewayID: f.alpha.GatewayID, OrganizationID: f.Organization.ID}
		_, onBoard := f.feature.RecordOnBoard(t.Context(), gone, ann, draft)
		_, throughBoard := f.feature.RecordThroughBoard(t.Context(), gone.ID, ann, draft)
		_, inGroup := f.feature.RecordInGroup(t.Context(), mc.NewID(), ann, draft)
		for name, err := range map[string]error{"board": onBoard, "through a board": throughBoard, "group": inGroup} {
			if err == nil || mc.KindOf(err) != mc.KindNotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if last, err := st.LastSeq(t.Context()); err != nil {
			t.Fatal(err)
		} else if changes, err := st.ChangesAfter(t.Context(), last-1, 10); err != nil || len(changes) != 1 || changes[0].Kind == store.KindBoardMemory {
			t.Errorf("changes: %v, %v", changes, err)
		}
	})
}
