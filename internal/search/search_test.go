package search_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/search"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

func newWorld(t *testing.T, st *store.Store) *apitest.World {
	t.Helper()
	w := apitest.New(t, st)
	w.Serve(search.New(st, mc.SystemClock))
	return w
}

func look(w *apitest.World, as mc.User, query string, more ...string) apitest.Answer {
	return w.Call(apitest.As(as), "GET", "/api/v1/search?q="+url.QueryEscape(query)+strings.Join(more, ""), "")
}

// titles are "type: title" of what was found.
func titles(a apitest.Answer) []string {
	found := []string{}
	items, _ := a.At("items").([]any)
	for i := range items {
		kind, _ := a.At("items", i, "type").(string)
		title, _ := a.At("items", i, "title").(string)
		found = append(found, kind+": "+title)
	}
	return found
}

func expect(t *testing.T, a apitest.Answer, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), titles(a)); diff != "" || a.Status != 200 {
		t.Errorf("%d (-want +got):\n%s", a.Status, diff)
	}
}

func comment(w *apitest.World, task mc.Task, text string) mc.ActivityEvent {
	e := mc.ActivityEvent{Type: mc.EventTaskComment, Message: &text, TaskID: &task.ID, BoardID: &task.BoardID}
	w.Write(func(_ context.Context, tx *store.Tx) error {
		e = tx.Record(e)
		return nil
	})
	return e
}

func TestFindsEveryKind(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Zebra crossing", nil)
		task := w.Task(board, "Paint the zebra")
		said := comment(w, task, "Which zebra <b>is</b> it?")
		note := remember(t, w, board, "Zebras sleep standing", false)
		remember(t, w, board, "a chat about the zebra", true)
		group := gather(t, w, "Savanna", board)
		shared := rememberTogether(t, w, group, "the zebra is shared")
		w.Write(func(_ context.Context, tx *store.Tx) error {
			tx.Record(mc.ActivityEvent{Type: mc.EventTaskUpdated, Message: mc.Ref("zebra is no comment here"), TaskID: &task.ID, BoardID: &board.ID})
			return nil
		})
		b := "/boards/" + board.ID.String()

		all := look(w, w.Owner, "zebra")
		byURL := map[string]any{}
		items, _ := all.At("items").([]any)
		for i := range items {
			byURL[all.At("items", i, "url").(string)] = all.At("items", i, "snippet")
			for _, key := range []string{"id", "title", "marked_title", "created_at", "score"} {
				if all.At("items", i, key) == nil {
					t.Errorf("an item has no %s", key)
				}
			}
		}
		want := map[string]any{
			b:                                 "About [Zebra] crossing",
			b + "?taskId=" + task.ID.String(): "",
			b + "?taskId=" + task.ID.String() + "&commentId=" + said.ID.String(): "Which [zebra] <b>is</b> it?",
			b + "?panel=memory":               "[Zebras] sleep standing",
			b + "?panel=chat":                 "a chat about the [zebra]",
			"/board-groups/" + group.String(): "the [zebra] is shared",
		}
		for key, snippet := range want {
			want[key] = strings.NewReplacer("[", "\u0002", "]", "\u0003").Replace(snippet.(string))
		}
		if diff := cmp.Diff(want, byURL); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if all.At("items", 0, "type") != "board" || all.At("items", 1, "type") != "task" || all.At("items", 1, "marked_title") != "Paint the \u0002zebra\u0003" {
			t.Errorf("what has the word in its title does not come first: %v", titles(all))
		}
		expect(t, look(w, w.Owner, "zebra", "&types=memory,%20group_memory,memory", "&limit=50"), "group_memory: Savanna", "memory: Zebra crossing", "memory: Zebra crossing")
		expect(t, look(w, w.Owner, "zebra", "&types=comment"), "comment: Paint the zebra")
		if n := len(titles(look(w, w.Owner, "zebra", "&limit=2"))); n != 2 {
			t.Errorf("%d results of at most 2", n)
		}
		for id, kind := range map[mc.ID]string{note: "memory", shared: "group_memory"} {
			found := false
			for i := range items {
				found = found || all.At("items", i, "id") == id.String() && all.At("items", i, "type") == kind
			}
			if !found {
				t.Errorf("%s %s is missing", kind, id)
			}
		}
	})
}

func TestOnlyWhatMayBeRead(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		other, stranger := w.NewOrganization("Other")
		foreign := w.BoardOf(other, "Secret foreign", nil)
		foreignTask := w.Task(foreign, "Secret of others")
		comment(w, foreignTask, "a foreign secret")
		remember(t, w, foreign, "their secret", false)
		var boards []mc.Board
		for _, name := range []string{"One", "Two", "Three"} {
			board := w.Board("Secret "+name, nil)
			task := w.Task(board, "Secret task "+name)
			comment(w, task, "secret comment "+name)
			remember(t, w, board, "secret memory "+name, false)
			boards = append(boards, board)
		}
		near, far, empty := gather(t, w, "Near", boards[1], boards[2]), gather(t, w, "Far", boards[0]), gather(t, w, "Empty")
		for _, group := range []mc.ID{near, far, empty} {
			rememberTogether(t, w, group, "secret of the group")
		}
		everything := []string{
			"board: Secret One", "board: Secret Three", "board: Secret Two", "comment: Secret task One", "comment: Secret task Three", "comment: Secret task Two",
			"group_memory: Empty", "group_memory: Far", "group_memory: Near", "memory: Secret One", "memory: Secret Three", "memory: Secret Two",
			"task: Secret task One", "task: Secret task Three", "task: Secret task Two",
		}
		one := w.Member(mc.RoleMember, false, false)
		w.Grant(one, boards[1], false)
		admin := w.Member(mc.RoleAdmin, false, false)
		for name, tc := range map[string]struct {
			who  mc.User
			want []string
		}{
			"the owner":             {w.Owner, everything},
			"who reads all":         {w.Member(mc.RoleMember, true, false), everything},
			"who writes all":        {w.Member(mc.RoleMember, false, true), everything},
			"who reads one of them": {one, []string{"board: Secret Two", "comment: Secret task Two", "group_memory: Near", "memory: Secret Two", "task: Secret task Two"}},
			"who reads none":        {w.Member(mc.RoleMember, false, false), []string{}},
			"an admin without any":  {admin, []string{"group_memory: Empty"}},
			"a stranger":            {stranger, []string{"board: Secret foreign", "comment: Secret of others", "memory: Secret foreign", "task: Secret of others"}},
		} {
			got := titles(look(w, tc.who, "secret", "&limit=50"))
			if diff := cmp.Diff(tc.want, sorted(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		_, token := w.Agent("Wanda", &boards[0], nil)
		for name, as := range map[string]apitest.Caller{"an agent": apitest.AsAgent(token), "nobody": apitest.AsNobody} {
			if got := w.Call(as, "GET", "/api/v1/search?q=secret", ""); got.Status != 401 {
				t.Errorf("%s is answered %d", name, got.Status)
			}
		}
	})
}

func TestFollowsEveryChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Alpha", nil)
		task := w.Task(board, "Walrus")
		comment(w, task, "walrus said")
		change := func(do func(ctx context.Context, tx *store.Tx) error) {
			t.Helper()
			w.Write(do)
		}
		expect(t, look(w, w.Owner, "walrus"), "task: Walrus", "comment: Walrus")
		task.Title, task.Description = "Narwhal", mc.Ref("was something else")
		change(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, task) })
		expect(t, look(w, w.Owner, "walrus"), "comment: Narwhal")
		expect(t, look(w, w.Owner, "narwhal"), "task: Narwhal")
		expect(t, look(w, w.Owner, "something narwhal"), "task: Narwhal")
		task.Status, task.Title = mc.StatusDone, "Narwhal"
		change(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, task) })
		expect(t, look(w, w.Owner, "narwhal"), "task: Narwhal")
		board.Name, board.Objective = "Omega", mc.Ref("Be found")
		change(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateBoard(ctx, board) })
		expect(t, look(w, w.Owner, "omega"), "board: Omega")
		expect(t, look(w, w.Owner, "found"), "board: Omega")
		expect(t, look(w, w.Owner, "about alpha"), "board: Omega") // its description

		if err := st.Write(t.Context(), func(tx *store.Tx) error {
			return errorsAfter(tx.InsertTask(t.Context(), mc.Task{ID: mc.NewID(), BoardID: board.ID, Title: "Phantom", Status: mc.StatusInbox, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}))
		}); err == nil {
			t.Fatal("the transaction should fail")
		}
		expect(t, look(w, w.Owner, "phantom"))

		change(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteTask(ctx, task.ID) })
		expect(t, look(w, w.Owner, "narwhal"))
		expect(t, look(w, w.Owner, "walrus"))
		comment(w, w.Task(board, "Last"), "last one")
		remember(t, w, board, "last memory", false)
		expect(t, look(w, w.Owner, "last"), "task: Last", "memory: Omega", "comment: Last")
		change(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteBoard(ctx, board.ID) })
		expect(t, look(w, w.Owner, "last"))
		expect(t, look(w, w.Owner, "omega"))
	})
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Board", nil)
		for _, title := range []string{"Crème brûlée", "東京都の天気", "北京天气预报", "서울특별시", "Łódź Straße", "Экспорт счетов", "สวัสดีครับ", "Ship exports"} {
			w.Task(board, title)
		}
		for query, want := range map[string]string{
			"creme BRULEE": "Crème brûlée", "brûl": "Crème brûlée", "CRÈM": "Crème brûlée", "京都": "東京都の天気", "都の天": "東京都の天気", "天気": "東京都の天気",
			"天气": "北京天气预报", "报": "北京天气预报", "특별": "서울특별시", "lodz strasse": "Łódź Straße", "ЭКСПОРТ счет": "Экспорт счетов", "สดี": "สวัสดีครับ",
			"ship, export": "Ship exports",
		} {
			if got := titles(look(w, w.Owner, query)); !cmp.Equal(got, []string{"task: " + want}) {
				t.Errorf("%q finds %v, not %s", query, got, want)
			}
		}
		for _, query := range []string{"京天都", "都東京", "exp ship", "xport", "export ship", "!!!", "\"\"", "天気 天气"} {
			if got := titles(look(w, w.Owner, query)); len(got) > 0 {
				t.Errorf("%q finds %v", query, got)
			}
		}
	})
}

func TestParameters(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		w.Task(w.Board("Board", nil), "Task")
		for query, place := range map[string]string{
			"": `["query","q"]`, "?q=x&types=tasks": `["query","types"]`, "?q=x&limit=0": `["query","limit"]`, "?q=x&limit=51": `["query","limit"]`,
			"?q=" + strings.Repeat("x", 1001): `["query","q"]`, "?q=%00": `["query","q"]`,
		} {
			if got := w.Call(apitest.As(w.Owner), "GET", "/api/v1/search"+query, ""); got.Status != 422 || got.Detail() != place {
				t.Errorf("%.30q is answered %d %v", query, got.Status, got.Detail())
			}
		}
		expect(t, w.Call(apitest.As(w.Owner), "GET", "/api/v1/search?q=&types=,task,", ""))
		expect(t, w.Call(apitest.As(w.Owner), "GET", "/api/v1/search?q=task&types=", ""), "task: Task")
	})
}

// Whatever somebody types is no error, and what is in a title is found by it.
func TestAnyTextIsAQuery(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st)
		board := w.Board("Board", nil)
		operators := rapid.SampledFrom([]string{`"`, `'`, `\`, "*", "(", ")", ":", "&", "|", "!", "<->", "-", "+", "^", "{title}", " AND ", " OR ", " NOT ", "NEAR(", ",", ";", "--", "$1", "?", "%", "_"})
		text := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 }))
		rapid.Check(t, func(rt *rapid.T) {
			parts := rapid.SliceOfN(rapid.OneOf(operators, text), 0, 8).Draw(rt, "query")
			query := []rune(strings.Join(parts, ""))
			query = query[:min(len(query), 200)]
			task := w.Task(board, string(query))
			got := look(w, w.Owner, string(query), "&types=task")
			if got.Status != 200 {
				rt.Fatalf("%q is answered %d %v", string(query), got.Status, got.Body)
			}
			if n := len(titles(got)); n == 0 && !mc.ParseSearch(string(query)).Empty() {
				rt.Fatalf("%q does not find itself", string(query))
			}
			w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteTask(ctx, task.ID) })
		})
	})
}
