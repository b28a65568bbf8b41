// Package notify tells agents things: it composes nothing itself, but keeps
// each message durable on its way.
//
// A message is a row, written in the transaction of what it tells, and a job
// that sends it. Per agent, messages go out in the order of the changes. One
// that meets a gateway which is away is tried again until it is delivered or
// too old; one that the gateway refuses has failed for good. Either way the row
// says how far it came, and the activity log what the contract wants told.
package notify

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"missioncontrol/internal/jobs"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/store"
)

// Message is something to tell an agent.
type Message struct {
	To      mc.Agent
	Label   string // that the agent's session carries
	Text    string
	Deliver bool            // also to the channels the agent is connected to
	Record  mc.NoticeRecord // what the activity log says of the delivery
	TaskID  *mc.ID
	Board   mc.Board           // whose gateway carries the message
	Payload *mc.WebhookPayload // of a webhook, that the message tells of
}

// Dispatch is how agents are told of payloads of webhooks: one that fails is
// tried again by this policy and then given up, and an agent is told of two of
// them at least Spacing apart.
type Dispatch struct {
	Retry   jobs.Policy
	Spacing time.Duration
}

var defaultDispatch = Dispatch{Retry: jobs.Policy{MaxAttempts: 4, Base: 10 * time.Second, Max: 2 * time.Minute}}

// Option changes how a sender works.
type Option func(*Sender)

// WithDispatch sets how agents are told of payloads of webhooks.
func WithDispatch(d Dispatch) Option { return func(s *Sender) { s.dispatch = d } }

// Sender queues messages and delivers them.
type Sender struct {
	store  *store.Store
	client *openclaw.Client
	log    *slog.Logger

	dispatch Dispatch
}

// New returns a sender that reaches gateways through client.
func New(st *store.Store, client *openclaw.Client, log *slog.Logger, options ...Option) *Sender {
	s := &Sender{store: st, client: client, log: log, dispatch: defaultDispatch}
	for _, o := range options {
		o(s)
	}
	return s
}

// Queue writes messages within the transaction of what they tell, in this order
// per agent. An agent that nothing can reach is passed over without a trace: an
// external one, one without a session, one whose board has no usable gateway.
func (s *Sender) Queue(ctx context.Context, tx *store.Tx, messages ...Message) error {
	_, err := s.QueueAny(ctx, tx, messages...)
	return err
}

// QueueAny is Queue that tells whether any of the messages is on its way.
func (s *Sender) QueueAny(ctx context.Context, tx *store.Tx, messages ...Message) (bool, error) {
	usable := map[mc.ID]bool{} // by the gateway's id
	told := map[mc.ID]bool{}
	var deliveries []*mc.Delivery
	for _, m := range messages {
		if m.To.IsExternal() || m.To.SessionKey == nil || *m.To.SessionKey == "" || m.Board.GatewayID == nil {
			continue
		}
		gateway := *m.Board.GatewayID
		ok, known := usable[gateway]
		if !known {
			var err error
			if ok, err = carries(ctx, tx, m.Board.OrganizationID, gateway); err != nil {
				return false, err
			}
			usable[gateway] = ok
		}
		if !ok {
			continue
		}
		d := &mc.Delivery{
			ID: mc.NewID(), AgentID: m.To.ID, GatewayID: gateway, SessionKey: *m.To.SessionKey, Label: m.Label, Message: m.Text, Deliver: m.Deliver,
			State: mc.DeliveryQueued, SentType: m.Record.SentType, SentMessage: m.Record.SentMessage, FailedType: m.Record.FailedType, FailedMessage: m.Record.FailedMessage,
			TaskID: m.TaskID, BoardID: &m.Board.ID, CreatedAt: tx.Tick(), UpdatedAt: tx.Now(),
		}
		if m.Payload != nil {
			d.WebhookID, d.PayloadID = &m.Payload.WebhookID, &m.Payload.ID
		}
		deliveries = append(deliveries, d)
		if !told[m.To.ID] {
			told[m.To.ID] = true
			tx.Enqueue(store.Job{Args: deliverArgs{AgentID: m.To.ID}, Opts: deliverPolicy.Options(time.Time{})})
		}
	}
	return len(deliveries) > 0, tx.InsertDeliveries(ctx, deliveries...)
}

// carries reports whether a gateway of the organization takes messages at all.
func carries(ctx context.Context, tx *store.Tx, organization, gateway mc.ID) (bool, error) {
	g, err := tx.Gateway(ctx, organization, gateway)
	if mc.KindOf(err) == mc.KindNotFound {
		return false, nil
	}
	return err == nil && strings.TrimSpace(g.URL) != "", err
}

// Wake counts an agent as present because it was given work, and records it.
func Wake(ctx context.Context, tx *store.Tx, agent mc.ID, reason mc.WakeReason, task *mc.ID) error {
	a, err := tx.LockAgent(ctx, agent)
	if err != nil {
		return err
	}
	a = a.Wake(tx.Now())
	if err := tx.UpdateAgent(ctx, a); err != nil {
		return err
	}
	heartbeat, woken := mc.HeartbeatEvent(a), mc.WokenEvent(a, reason)
	tx.Record(mc.ActivityEvent{Type: heartbeat.Type, Message: &heartbeat.Message, AgentID: &a.ID, BoardID: a.BoardID})
	tx.Record(mc.ActivityEvent{Type: woken.Type, Message: &woken.Message, AgentID: &a.ID, TaskID: task, BoardID: a.BoardID})
	return nil
}

// RegisterJobs declares how messages are delivered.
func (s *Sender) RegisterJobs(ws *jobs.Workers) {
	jobs.Handle(ws, deliverPolicy, s.deliver)
	jobs.Handle(ws, sweepPolicy, s.sweep)
	jobs.Every(ws, sweepEvery, sweepArgs{})
}
