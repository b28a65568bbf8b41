package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"missioncontrol/internal/apitest"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

var discard = slog.New(slog.DiscardHandler)

type fixture struct {
	*apitest.World
	t       *testing.T
	gateway *openclawtest.Gateway
	sender  *notify.Sender
	board   mc.Board
	agent   mc.Agent
}

func newFixture(t *testing.T, st *store.Store, options ...notify.Option) *fixture {
	t.Helper()
	f := &fixture{World: apitest.New(t, st), t: t, gateway: openclawtest.Start(t)}
	queue, err := jobs.NewEnqueuer(st, discard)
	if err != nil {
		t.Fatal(err)
	}
	st.UseJobs(queue)
	f.sender = notify.New(st, openclawtest.Client(t), discard, options...)
	row := f.Gateway(f.gateway.URL)
	f.board = f.Board("Alpha", &row)
	f.agent, _ = f.Agent("Will", &f.board, nil)
	return f
}

// work does jobs until the test ends.
func (f *fixture) work() {
	f.t.Helper()
	workers := jobs.NewWorkers()
	f.sender.RegisterJobs(workers)
	runner, err := jobs.Start(f.t.Context(), f.Store, workers, discard, func(string, time.Duration, error) {})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if err := runner.Stop(context.Background()); err != nil {
			f.t.Error(err)
		}
	})
}

func (f *fixture) queue(text string) {
	f.t.Helper()
	f.Write(func(ctx context.Context, tx *store.Tx) error {
		return f.sender.Queue(ctx, tx, notify.Message{
			To: f.agent, Label: "Will", Text: text, Board: f.board,
			Record: mc.NoticeRecord{SentType: "x.sent", SentMessage: "Sent.", FailedType: "x.failed", FailedMessage: "Failed: "},
		})
	})
}

// events lists the messages of recorded events of a type.
func (f *fixture) events(kind mc.EventType) (texts []string) {
	f.t.Helper()
	changes, err := f.Store.ChangesAfter(f.t.Context(), 0, 1000)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range changes {
		if c.Detail == string(kind) {
			e, err := f.Store.Event(f.t.Context(), c.Entity)
			if err != nil {
				f.t.Fatal(err)
			}
			texts = append(texts, *e.Message)
		}
	}
	return texts
}

func (f *fixture) eventually(what string, holds func() bool) {
	f.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	f.t.Fatalf("waited in vain for %s", what)
}

func TestMessagesGoOutOnceAndInOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		const n = 20
		for i := range n {
			f.queue(fmt.Sprintf("message %02d", i))
		}
		f.work()
		f.eventually("all notices", func() bool { return len(f.events("x.sent")) == n })
		messages := f.gateway.Messages(mc.SessionKeyOf(f.agent))
		for i, m := range messages {
			if m.Text != fmt.Sprintf("message %02d", i) {
				t.Fatalf("message %d is %q", i, m.Text)
			}
		}
		if len(messages) != n || len(f.events("x.failed")) != 0 {
			t.Errorf("%d messages, failures %v", len(messages), f.events("x.failed"))
		}
	})
}

func TestWhatTheGatewayRefusesHasFailedForGood(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		f.gateway.FailWith("chat.send", 1, "session is archived")
		f.queue("refused")
		f.queue("next")
		f.work()
		f.eventually("the next one", func() bool { return len(f.events("x.sent")) == 1 })
		if got := f.events("x.failed"); len(got) != 1 || got[0] != "Failed: session is archived" {
			t.Errorf("failures: %v", got)
		}
		if got := f.gateway.Messages(mc.SessionKeyOf(f.agent)); len(got) != 1 || got[0].Text != "next" {
			t.Errorf("messages: %v", got)
		}
	})
}

func TestFailedOnceButDeliveredLater(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		f.gateway.Stop()
		f.queue("patience")
		f.work()
		f.eventually("the first failure", func() bool { return len(f.events("x.failed")) == 1 })
		f.gateway.Resume()
		f.eventually("the delivery", func() bool { return len(f.events("x.sent")) == 1 })
		if got := f.events("x.failed"); len(got) != 1 || !strings.HasPrefix(got[0], "Failed: ") {
			t.Errorf("failures: %v", got)
		}
		if got := f.gateway.Messages(mc.SessionKeyOf(f.agent)); len(got) != 1 {
			t.Errorf("messages: %v", got)
		}
	})
}

func TestNobodyIsTriedWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st)
		external := f.Board("Outside", nil)
		stranger, _ := f.Agent("Wanda", &external, nil)
		silent, _ := f.Agent("Sil", &f.board, func(a *mc.Agent) { a.SessionKey = mc.Ref("") })
		f.Write(func(ctx context.Context, tx *store.Tx) error {
			for _, to := range []struct {
				agent mc.Agent
				board mc.Board
			}{{stranger, external}, {silent, f.board}} {
				if err := f.sender.Queue(ctx, tx, notify.Message{To: to.agent, Text: "x", Board: to.board}); err != nil {
					return err
				}
			}
			return nil
		})
		for _, a := range []mc.Agent{stranger, silent} {
			if d, err := st.NextDelivery(t.Context(), a.ID, mc.LaneNotices); err != nil || d != nil {
				t.Errorf("%s: %v, %v", a.Name, d, err)
			}
		}
	})
}

// payload adds a webhook of the board and a payload of it.
func (f *fixture) payload() mc.WebhookPayload {
	f.t.Helper()
	now := mc.SystemClock()
	w := mc.Webhook{ID: mc.NewID(), BoardID: f.board.ID, Description: "d", Enabled: true, CreatedAt: now, UpdatedAt: now}
	p := mc.WebhookPayload{ID: mc.NewID(), BoardID: f.board.ID, WebhookID: w.ID, Payload: mc.JSON("1"), ReceivedAt: now}
	f.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.InsertWebhook(ctx, w); err != nil {
			return err
		}
		return tx.InsertWebhookPayload(ctx, p)
	})
	return p
}

func (f *fixture) queueWebhook(p mc.WebhookPayload, text string) {
	f.t.Helper()
	f.Write(func(ctx context.Context, tx *store.Tx) error {
		return f.sender.Queue(ctx, tx, notify.Message{
			To: f.agent, Label: "Will", Text: text, Board: f.board, Payload: &p,
			Record: mc.NoticeRecord{SentType: "w.sent", SentMessage: "Sent.", FailedType: "w.failed", FailedMessage: "Failed: "},
		})
	})
}

// A burst of webhooks is paced, and what is said of tasks does not wait for it.
func TestWebhooksAreSpacedAndHoldUpNothingElse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		const spacing = 400 * time.Millisecond
		f := newFixture(t, st, notify.WithDispatch(notify.Dispatch{Retry: jobs.Policy{MaxAttempts: 1}, Spacing: spacing}))
		p := f.payload()
		for i := range 3 {
			f.queueWebhook(p, fmt.Sprintf("webhook %d", i))
		}
		f.queue("notice")
		f.work()
		f.eventually("all messages", func() bool { return len(f.events("w.sent")) == 3 && len(f.events("x.sent")) == 1 })
		var texts []string
		for _, m := range f.gateway.Messages(mc.SessionKeyOf(f.agent)) {
			texts = append(texts, m.Text)
		}
		// The first ones of the lanes may go out in either order, even at once.
		slices.Sort(texts[:2])
		if got := strings.Join(texts, ", "); got != "notice, webhook 0, webhook 1, webhook 2" {
			t.Errorf("sent: %s", got)
		}
		deliveries, _, err := st.WebhookDeliveries(t.Context(), p.WebhookID, nil, nil, 10, 0)
		if err != nil || len(deliveries) != 3 {
			t.Fatalf("%v, %v", deliveries, err)
		}
		for i := range 2 {
			if apart := deliveries[i].SentAt.Sub(*deliveries[i+1].SentAt); apart < spacing {
				t.Errorf("told again after %s", apart)
			}
		}
	})
}

// A message about a payload is tried as often as the policy says, whatever the
// gateway's error, and its failure is told once, at the end.
func TestWebhooksAreGivenUpVisibly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := newFixture(t, st, notify.WithDispatch(notify.Dispatch{Retry: jobs.Policy{MaxAttempts: 3, Base: time.Millisecond, Max: time.Millisecond}}))
		p := f.payload()
		f.gateway.FailWith("chat.send", 5, "session is archived")
		f.queueWebhook(p, "never")
		f.queueWebhook(p, "at last")
		f.work()
		f.eventually("the second one", func() bool { return len(f.events("w.sent")) == 1 })
		if got := f.events("w.failed"); len(got) != 1 || got[0] != "Failed: session is archived" {
			t.Errorf("failures: %v", got)
		}
		deliveries, _, err := st.WebhookDeliveries(t.Context(), p.WebhookID, &p.ID, mc.Ref(mc.DeliveryFailed), 10, 0)
		if err != nil || len(deliveries) != 1 || deliveries[0].Attempts != 3 {
			t.Errorf("given up: %+v, %v", deliveries, err)
		}
	})
}
