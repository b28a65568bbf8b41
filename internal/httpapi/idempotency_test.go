package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// counter is a feature with one effect, an event in the log, and whatever
// happens around it.
type counter struct {
	store  *store.Store
	before func(ctx context.Context) error // the effect
	after  func(ctx context.Context) error
	keeps  bool // the answer, with the effect
}

type countInput struct {
	Body struct {
		Name string `json:"name"`
	}
}

type countRead struct {
	ID   mc.ID  `json:"id"`
	Name string `json:"name"`
}

func (c *counter) Register(r *httpapi.Router, g *access.Guards) {
	count := func(ctx context.Context, _ access.Actor, in *countInput) (out countRead, err error) {
		if c.before != nil {
			if err := c.before(ctx); err != nil {
				return out, err
			}
		}
		err = c.store.Write(ctx, func(tx *store.Tx) error {
			out = countRead{tx.Record(mc.ActivityEvent{Type: "counted", Message: &in.Body.Name}).ID, in.Body.Name}
			if c.keeps {
				tx.Answer(out)
			}
			return nil
		})
		if err == nil && c.after != nil {
			err = c.after(ctx)
		}
		return out, err
	}
	httpapi.Register(r, httpapi.Op{Method: "POST", Path: "/count", Name: "count"}, g.Actor(), count)
	httpapi.Register(r, httpapi.Op{Method: "POST", Path: "/secret", Name: "secret", SecretAnswer: true}, g.Actor(), count)
	httpapi.Register(r, httpapi.Op{Method: "PATCH", Path: "/count", Name: "change"}, g.Actor(), count)
	httpapi.Register(r, httpapi.Op{Method: "POST", Path: "/open", Name: "open"}, httpapi.Open(), func(ctx context.Context, _ struct{}, in *countInput) (countRead, error) {
		return count(ctx, access.Actor{}, in)
	})
}

type world struct {
	*apitest.World
	*counter
	t     *testing.T
	clock *atomic.Pointer[mc.Time]
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	// Every engine has a clock of its own, which the test moves.
	clocks := sync.Map{}
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := &world{World: apitest.New(t, st), counter: &counter{store: st}, t: t}
		moved, _ := clocks.Load(st.Dialect())
		w.clock = moved.(*atomic.Pointer[mc.Time])
		w.Serve(w.counter)
		test(t, w)
	}, func(c *store.Config) {
		dialect, now := store.SQLite, new(atomic.Pointer[mc.Time])
		if strings.HasPrefix(c.URL, "postgres") {
			dialect = store.PostgreSQL
		}
		now.Store(mc.Ref(mc.SystemClock()))
		clocks.Store(dialect, now)
		c.Clock = func() mc.Time { return *now.Load() }
	})
}

func (w *world) pass(d time.Duration) { w.clock.Store(mc.Ref(w.clock.Load().Add(d))) }

func (w *world) post(key, body string) apitest.Answer {
	w.t.Helper()
	return w.Call(apitest.With(apitest.As(w.Owner), "Idempotency-Key", key), "POST", "/count", body)
}

// effects counts what was committed.
func (w *world) effects(want int64) {
	w.t.Helper()
	seq, err := w.Store.LastSeq(w.t.Context())
	if err != nil || seq != want {
		w.t.Errorf("%d effects (%v), want %d", seq, err, want)
	}
}

const alpha = `{"name":"alpha"}`

func TestManyAtOnceHaveOneEffect(t *testing.T) { manyAtOnce(t, false) }

func TestManyAtOnceWhoseAnswerIsKeptAtOnce(t *testing.T) { manyAtOnce(t, true) }

func manyAtOnce(t *testing.T, keeps bool) {
	t.Helper()
	each(t, func(t *testing.T, w *world) {
		w.keeps = keeps
		answers := make([]apitest.Answer, 20)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = w.post("k", alpha) })
		}
		all.Wait()
		w.effects(1)
		first := 0
		ids := map[any]bool{}
		for _, a := range answers {
			switch {
			case a.Status == 200:
				ids[a.At("id")] = true
				if a.Header.Get("Idempotency-Replayed") == "" {
					first++
				}
			case a.Status != 409 || a.At("detail", "code") != "idempotency_in_progress" || a.Header.Get("Retry-After") != "1":
				t.Errorf("answered %d %v", a.Status, a.Body)
			}
		}
		if first != 1 || len(ids) != 1 {
			t.Errorf("%d answers of their own, %d things made", first, len(ids))
		}
		if again := w.post("k", alpha); again.Status != 200 || !ids[again.At("id")] || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("afterwards: %d %v", again.Status, again.Body)
		}
	})
}

func TestWhoseKeyForWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, other := w.NewOrganization("Other")
		board := w.Board("Alpha", nil)
		_, token := w.Agent("Will", &board, func(a *mc.Agent) { a.LastSeenAt = mc.Ref(mc.SystemClock()) })
		seq, _ := w.Store.LastSeq(t.Context())
		first := w.post("k", alpha)
		key := func(as apitest.Caller) apitest.Caller { return apitest.With(as, "Idempotency-Key", "k") }
		owner := key(apitest.As(w.Owner))
		for _, step := range []struct {
			about, method, path, body string
			as                        apitest.Caller
			status                    int
			code                      any
			effect                    bool
		}{
			{"the same", "POST", "/count", alpha, owner, 200, nil, false},
			{"another body", "POST", "/count", `{"name":"beta"}`, owner, 422, "idempotency_key_reused", false},
			{"another form of it", "POST", "/count", `{"name": "alpha"}`, owner, 422, "idempotency_key_reused", false},
			{"another query", "POST", "/count?x=1", alpha, owner, 422, "idempotency_key_reused", false},
			{"another path", "POST", "/secret", alpha, owner, 422, "idempotency_key_reused", false},
			{"another person", "POST", "/count", alpha, key(apitest.As(other)), 200, nil, true},
			{"an agent", "POST", "/count", alpha, key(apitest.AsAgent(token)), 200, nil, true},
			{"another method", "PATCH", "/count", alpha, owner, 200, nil, true},
			{"no key", "POST", "/count", alpha, apitest.As(w.Owner), 200, nil, true},
			{"an open operation", "POST", "/open", alpha, owner, 200, nil, true},
			{"nobody", "POST", "/count", alpha, key(apitest.AsNobody), 401, nil, false},
			{"a wrong field", "POST", "/count", `{"name":1}`, owner, 422, nil, false},
		} {
			got := w.Call(step.as, step.method, step.path, step.body)
			if got.Status != step.status || got.At("detail", "code") != step.code || got.Status == 200 && (got.At("id") == first.At("id")) == step.effect {
				t.Errorf("%s: %d %v", step.about, got.Status, got.Body)
			}
			if step.effect {
				seq++
			}
		}
		w.effects(seq + 1)
	})
}

func TestKeysThatAreNone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, key := range []string{"", "caf\u00e9", "a\x01b", strings.Repeat("k", 256)} {
			if got := w.post(key, alpha); got.Status != 422 || got.Detail() != `["header","idempotency-key"]` {
				t.Errorf("%q: %d %v", key, got.Status, got.Body)
			}
		}
		two := apitest.With(apitest.With(apitest.As(w.Owner), "Idempotency-Key", "a"), "Idempotency-Key", "b")
		if got := w.Call(two, "POST", "/count", alpha); got.Status != 422 {
			t.Errorf("two keys: %d %v", got.Status, got.Body)
		}
		w.effects(0)
		if got := w.post(strings.Repeat("k", 255), alpha); got.Status != 200 {
			t.Errorf("the longest key: %d %v", got.Status, got.Body)
		}
	})
}

func TestForgottenAfterADay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.post("k", alpha)
		w.pass(store.KeysKept)
		if again := w.post("k", alpha); again.At("id") != first.At("id") {
			t.Errorf("within a day: %v", again.Body)
		}
		w.pass(time.Second)
		second := w.post("k", `{"name":"beta"}`)
		if second.Status != 200 || second.At("id") == first.At("id") {
			t.Errorf("after a day: %d %v", second.Status, second.Body)
		}
		w.effects(2)
		if n, err := w.Store.TrimKeys(t.Context(), w.clock.Load().Add(-time.Second)); n != 0 || err != nil {
			t.Errorf("forgot %d new keys: %v", n, err)
		}
		if n, err := w.Store.TrimKeys(t.Context(), w.clock.Load().Add(time.Second)); n != 1 || err != nil {
			t.Errorf("forgot %d keys: %v", n, err)
		}
	})
}

// What is refused for good stays so; what may pass is tried again.
func TestWhichRefusalsAreKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, tc := range map[string]struct {
			err  error
			kept bool
		}{
			"404": {mc.NotFound(), true}, "409": {mc.Conflict("taken"), true}, "422": {mc.Unprocessable("no"), true},
			"401": {mc.Unauthorized(), false}, "403": {mc.Forbidden(), false}, "429": {&httpapi.TooManyRequests{}, false},
			"500": {errors.New("broken"), false}, "502": {mc.Upstream("away"), false}, "503": {mc.Unavailable(errors.New("full")), false},
			"a timeout": {context.DeadlineExceeded, false},
		} {
			w.before = func(context.Context) error { return tc.err }
			refused := w.post(name, alpha)
			w.before = nil
			again := w.post(name, alpha)
			if kept := again.Status == refused.Status; kept != tc.kept || kept && again.At("request_id") != refused.At("request_id") || !kept && again.Status != 200 {
				t.Errorf("%s: %d, and then %d %v", name, refused.Status, again.Status, again.Body)
			}
		}
		w.effects(7)
	})
}

// Once there is an effect there is no second one, whatever becomes of the
// request; what was kept of its answer decides what a repetition is told.
func TestEndsAfterTheEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, end := range map[string]func(context.Context) error{
			"the process":   func(context.Context) error { panic(http.ErrAbortHandler) },
			"an error":      func(context.Context) error { return errors.New("broken") },
			"a dependency":  func(context.Context) error { return mc.Upstream("away") },
			"the authority": func(context.Context) error { return mc.Forbidden() },
		} {
			for _, keeps := range []bool{false, true} {
				key := fmt.Sprint(name, keeps)
				seq, _ := w.Store.LastSeq(t.Context())
				w.keeps, w.after = keeps, end
				func() {
					defer func() { _ = recover() }()
					w.post(key, alpha)
				}()
				w.after = nil
				w.pass(time.Hour)
				again := w.post(key, alpha)
				if keeps && (again.Status != 200 || again.At("name") != "alpha" || again.Header.Get("Idempotency-Replayed") != "true") ||
					!keeps && (again.Status != 409 || again.At("detail", "code") != "idempotency_answer_unknown") {
					t.Errorf("%s, answer kept %t: %d %v", name, keeps, again.Status, again.Body)
				}
				w.effects(seq + 1)
			}
		}
	})
}

// A process that is gone before the effect leaves its claim until the lease is
// over. If it is not gone after all, its effect does not happen.
func TestTakenOver(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		started, release := make(chan struct{}), make(chan struct{})
		w.before = func(context.Context) error {
			close(started)
			<-release
			return nil
		}
		slow := make(chan apitest.Answer, 1)
		go func() { slow <- w.post("k", alpha) }()
		<-started
		w.before = nil
		if got := w.post("k", alpha); got.Status != 409 || got.At("detail", "code") != "idempotency_in_progress" {
			t.Errorf("while the first is under way: %d %v", got.Status, got.Body)
		}
		w.pass(3 * time.Minute)
		second := w.post("k", alpha)
		if second.Status != 200 {
			t.Errorf("when its lease is over: %d %v", second.Status, second.Body)
		}
		close(release)
		if got := <-slow; got.Status != 409 {
			t.Errorf("the first one after all: %d %v", got.Status, got.Body)
		}
		w.effects(1)
		if again := w.post("k", alpha); again.At("id") != second.At("id") {
			t.Errorf("in the end: %v", again.Body)
		}
	})
}

// A panic before the effect is no reason to wait for the lease.
func TestPanicBeforeTheEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.before = func(context.Context) error { panic("hunter2") }
		func() {
			defer func() { _ = recover() }()
			w.post("k", alpha)
		}()
		w.before = nil
		if got := w.post("k", alpha); got.Status != 200 {
			t.Errorf("again: %d %v", got.Status, got.Body)
		}
	})
}

func TestSecretsAndLargeAnswersAreNotKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, keeps := range []bool{false, true} {
			w.keeps = keeps
			for path, name := range map[string]string{"/secret": "hunter2", "/count": strings.Repeat("x", 1<<20)} {
				as := apitest.With(apitest.As(w.Owner), "Idempotency-Key", fmt.Sprint(path, keeps))
				body := fmt.Sprintf(`{"name":%q}`, name)
				if got := w.Call(as, "POST", path, body); got.Status != 200 || got.At("name") != name {
					t.Errorf("%s answered %d", path, got.Status)
				}
				if got := w.Call(as, "POST", path, body); got.Status != 409 || got.At("detail", "code") != "idempotency_answer_unknown" {
					t.Errorf("%s again: %d", path, got.Status)
				}
			}
		}
		w.effects(4)
	})
}

// Of a request that its client gave up on before the effect nothing remains,
// and after it the answer does.
func TestTheClientIsGone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, when := range []string{"before", "after"} {
			ctx, cancel := context.WithCancel(t.Context())
			hangUp := func(context.Context) error { cancel(); return nil }
			if when == "before" {
				w.before = hangUp
			} else {
				w.after = hangUp
			}
			as := apitest.With(apitest.As(w.Owner), "Idempotency-Key", when)
			w.Call(func(r *http.Request) { as(r); *r = *r.WithContext(ctx) }, "POST", "/count", alpha)
			w.before, w.after = nil, nil
			again := w.post(when, alpha)
			if again.Status != 200 || (again.Header.Get("Idempotency-Replayed") == "true") != (when == "after") {
				t.Errorf("gone %s the effect: %d %v", when, again.Status, again.Body)
			}
		}
		w.effects(2)
	})
}
