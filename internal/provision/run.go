package provision

import (
	"context"
	"errors"
	"time"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
)

// Run asks for one run of the lifecycle of an agent. As the arguments of a job
// it is stored, but for the token.
type Run struct {
	AgentID mc.ID  `json:"agent_id"`
	Action  Action `json:"action"`
	// Token is the agent's token in clear when the caller knows it: one that was
	// just issued, or was read from the agent's files. Empty: a new one is minted,
	// and becomes valid once the gateway has shown that it is there.
	Token          string `json:"-"`
	UserID         *mc.ID `json:"user_id,omitempty"`         // whom the agent works for; nil: the owner of the organization
	Reset          bool   `json:"reset,omitempty"`           // empty the agent's session
	Wake           bool   `json:"wake,omitempty"`            // send the message that starts the agent, and wait for its check-in
	Deliver        bool   `json:"deliver,omitempty"`         // let what it answers to that go out to its channels
	ForceBootstrap bool   `json:"force_bootstrap,omitempty"` // give a lead its BOOTSTRAP.md again
	Overwrite      bool   `json:"overwrite,omitempty"`       // also files that the agent writes itself
}

// Lease is a run that was begun. Its zero value stands for nothing to do.
type Lease struct {
	run     Run
	agent   mc.Agent
	gateway mc.Gateway
	board   *mc.Board // nil for a main agent
	user    *mc.User
	files   Action // how the files are written: a first provisioning that was never finished is done in full
	// resumed: the run before this one did not come to its end.
	resumed  bool
	failures int // runs in a row that failed
	begun    bool
}

// Agent is the agent as Begin left it.
func (l Lease) Agent() mc.Agent { return l.agent }

// Begin writes down that a run happens, within the transaction that made or
// changed the agent, and enqueues the job that finishes it should the caller not
// come to Finish. An external agent is left alone, and so is one whose gateway
// has no address. mc.KindNotFound when there is no such agent.
func (s *Service) Begin(ctx context.Context, tx *store.Tx, r Run) (Lease, error) {
	return s.begin(ctx, tx, r, 0, s.pace.run+leaseMargin)
}

// BeginInBackground is Begin for a run that nobody waits for: the job does it
// right after the commit, with a new token.
func (s *Service) BeginInBackground(ctx context.Context, tx *store.Tx, r Run) error {
	_, err := s.begin(ctx, tx, r, -1, 0)
	return err
}

// leaseMargin is how long after the time of a run its job takes it for dead.
const leaseMargin = 15 * time.Second

// Finish does what Begin wrote down and returns the agent as it is then. It goes
// on when ctx is cancelled, and must be called outside of transactions. A failed
// run is repeated by a job, whatever is answered here:
//
//   - mc.KindUpstream "Gateway provision failed: …" or "Gateway update failed: …"
//     when the gateway refuses or stays away
//   - mc.KindInternalSaid "Unexpected error …" for anything else
//
// When a newer run has taken over, that one counts and there is no error.
func (s *Service) Finish(ctx context.Context, l Lease) (mc.Agent, error) {
	// A caller that goes away must not leave an agent half made.
	return s.finish(context.WithoutCancel(ctx), l)
}

// Run is Begin, in a transaction of its own, and Finish.
func (s *Service) Run(ctx context.Context, r Run) (mc.Agent, error) {
	var l Lease
	err := s.store.Write(ctx, func(tx *store.Tx) (err error) {
		l, err = s.Begin(ctx, tx, r)
		return err
	})
	if err != nil {
		return mc.Agent{}, err
	}
	return s.Finish(ctx, l)
}

func (s *Service) finish(ctx context.Context, l Lease) (mc.Agent, error) {
	limited, cancel := context.WithTimeout(ctx, s.pace.run)
	defer cancel()
	return s.conclude(ctx, l, func(do func(context.Context) error) error {
		return s.repeat(limited, s.pace.repeatRun, do)
	})
}

// conclude does the work of a run, tried again as the caller sees fit, and
// writes down how it ended.
func (s *Service) conclude(ctx context.Context, l Lease, try func(do func(context.Context) error) error) (mc.Agent, error) {
	if !l.begun {
		return l.agent, nil
	}
	w := work{Service: s, Lease: l, wakeKey: mc.NewID().String()}
	err := try(w.do)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeWithin)
	defer cancel()
	if err == nil {
		return s.succeed(ctx, l)
	}
	if errors.Is(err, errSuperseded) {
		return s.current(ctx, l)
	}
	s.log.WarnContext(ctx, "provision.run_failed", "agent_id", l.agent.ID, "action", l.run.Action, "generation", l.agent.LifecycleGeneration, "error", err.Error())
	if failure, ok := errors.AsType[storeFailure](err); ok {
		return l.agent, failure.error
	}
	return s.fail(ctx, l, err)
}

// writeWithin bounds how long the outcome of a run may take to be written.
const writeWithin = 10 * time.Second
