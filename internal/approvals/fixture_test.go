package approvals_test

import (
	"fmt"
	"log/slog"
	"testing"

	"missioncontrol/internal/access"
	"missioncontrol/internal/apitest"
	"missioncontrol/internal/approvals"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/mc"
	"missioncontrol/internal/notify"
	"missioncontrol/internal/openclaw/openclawtest"
	"missioncontrol/internal/store"
)

// room is a world with approvals, on a board with two tasks, a lead and a worker.
type room struct {
	*apitest.World
	t                        *testing.T
	gateway                  mc.Gateway
	board                    mc.Board
	alpha, beta              mc.Task
	lead, worker             mc.Agent
	owner, asLead, asWorker  apitest.Caller
	path, agentPath, anyPath string
}

// agentsDoor serves what agents call under their own prefix.
type agentsDoor struct{ feature *approvals.Feature }

func (d agentsDoor) Register(r *httpapi.Router, g *access.Guards) { d.feature.RegisterForAgents(r, g) }

func newRoom(t *testing.T, st *store.Store) *room {
	t.Helper()
	w := apitest.New(t, st)
	feature := approvals.New(st, w.Broker, notify.New(st, openclawtest.Client(t), slog.New(slog.DiscardHandler)))
	w.Serve(feature, agentsDoor{feature})
	r := &room{World: w, t: t, owner: apitest.As(w.Owner)}
	r.gateway = w.Gateway("ws://127.0.0.1:1")
	r.board = w.Board("Billing", &r.gateway)
	r.alpha, r.beta = w.Task(r.board, "Alpha"), w.Task(r.board, "Beta")
	var leadToken, workerToken string
	r.lead, leadToken = w.Agent("Lena", &r.board, func(a *mc.Agent) { a.IsBoardLead = true })
	r.worker, workerToken = w.Agent("Will", &r.board, nil)
	r.asLead, r.asWorker = apitest.AsAgent(leadToken), apitest.AsAgent(workerToken)
	r.path, r.anyPath = "/api/v1/boards/"+r.board.ID.String()+"/approvals", "/api/v1/approvals"
	r.agentPath = "/api/v1/agent/boards/" + r.board.ID.String() + "/approvals"
	return r
}

// ask makes an approval as the owner and returns its id; fields are added to the body.
func (r *room) ask(fields string) string {
	r.t.Helper()
	got := r.Call(r.owner, "POST", r.path, `{"action_type":"deploy","confidence":70,"lead_reasoning":"risky"`+fields+`}`)
	id, _ := got.At("id").(string)
	if got.Status != 200 {
		r.t.Fatalf("asking with %s was answered %d %v", fields, got.Status, got.Body)
	}
	return id
}

// about is the field that names tasks.
func about(tasks ...mc.Task) string {
	list := ""
	for i, task := range tasks {
		if i > 0 {
			list += ","
		}
		list += fmt.Sprintf("%q", task.ID)
	}
	return `,"task_ids":[` + list + `]`
}

// decide sets the status of an approval as the owner.
func (r *room) decide(id, status string) apitest.Answer {
	r.t.Helper()
	return r.Call(r.owner, "PATCH", r.path+"/"+id, fmt.Sprintf(`{"status":%q}`, status))
}

// column picks one key of every item of a page.
func column(a apitest.Answer, key string) (values []any) {
	items, _ := a.At("items").([]any)
	for i := range items {
		values = append(values, a.At("items", i, key))
	}
	return values
}
