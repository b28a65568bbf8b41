package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// world is what a server is filled with before it is measured, the same on
// each: ten boards, four of which are used.
type world struct {
	crew    string // board with 50 tasks and five agents, on which work is done
	archive string // board with 200 tasks
	intake  string // board that tasks are made on
	stage   string // board whose stream is watched

	large string // board with 500 tasks, on the server alone; made when it is needed

	movable     []string // tasks of crew that wait for nothing
	staged      []string // tasks of stage
	agentTokens []string // of the agents of crew; nil when the server lets us have none
}

const (
	boardCount   = 10
	agentCount   = 5
	crewTasks    = 50
	archiveTasks = 200
	stageTasks   = 10
	// everyFifth task waits for the one before it.
	everyFifth = 5
)

type identified struct {
	ID string `json:"id"`
}

// seed fills a server through its API.
func seed(ctx context.Context, a api, o options) (*world, error) {
	var w world
	if err := a.post(ctx, "/api/v1/auth/bootstrap", nil, nil); err != nil {
		return nil, err
	}
	gateway := o.gateway
	if a.base != newAPI(o.server, "").base {
		gateway = "" // it is of the other server
	}
	boards := make([]string, boardCount)
	for i := range boards {
		id, err := makeBoard(ctx, a, i, gateway)
		if err != nil {
			return nil, err
		}
		boards[i] = id
	}
	w.crew, w.archive, w.intake, w.stage = boards[0], boards[1], boards[2], boards[3]
	if err := w.hire(ctx, a, o); err != nil {
		return nil, err
	}
	var err error
	if w.movable, err = makeTasks(ctx, a, w.crew, crewTasks); err != nil {
		return nil, err
	}
	if _, err = makeTasks(ctx, a, w.archive, archiveTasks); err != nil {
		return nil, err
	}
	w.staged, err = makeTasks(ctx, a, w.stage, stageTasks)
	return &w, err
}

func makeBoard(ctx context.Context, a api, n int, gateway string) (string, error) {
	body := map[string]any{
		"name": fmt.Sprintf("Bench %02d", n), "slug": fmt.Sprintf("bench-%02d", n), "description": "Measured under load.",
		"require_approval_for_done": false, "max_agents": agentCount,
	}
	if gateway != "" {
		body["gateway_id"] = gateway
	} else {
		body["runtime"] = "external"
	}
	var board identified
	err := a.post(ctx, "/api/v1/boards", body, &board)
	return board.ID, err
}

// hire makes agents that need no gateway, or uses the one that is there.
func (w *world) hire(ctx context.Context, a api, o options) error {
	if o.agentToken != "" && a.base == newAPI(o.server, "").base {
		var boards struct{ Items []identified }
		if err := a.do(ctx, request{method: http.MethodGet, path: "/api/v1/agent/boards", agentToken: o.agentToken}, &boards); err != nil {
			return err
		}
		if len(boards.Items) != 1 {
			return errors.New("the agent of -agent-token has no board of its own")
		}
		w.crew, w.agentTokens = boards.Items[0].ID, []string{o.agentToken}
		return nil
	}
	for i := range agentCount {
		var agent identified
		body := map[string]any{"name": fmt.Sprintf("Worker %d", i), "board_id": w.crew, "runtime": "external"}
		err := a.post(ctx, "/api/v1/agents", body, &agent)
		var minted struct {
			Token string `json:"token"`
		}
		if err == nil {
			err = a.post(ctx, "/api/v1/agents/"+agent.ID+"/token", nil, &minted)
		}
		if refused := (*refusal)(nil); errors.As(err, &refused) && o.server != "" {
			progress("no agents: %v", err)
			w.agentTokens = nil
			return nil
		}
		if err != nil {
			return err
		}
		w.agentTokens = append(w.agentTokens, minted.Token)
	}
	return nil
}

// makeTasks adds tasks to a board and returns those that wait for nothing.
func makeTasks(ctx context.Context, a api, board string, count int) (free []string, err error) {
	var before string
	due := time.Date(2030, time.January, 1, 12, 0, 0, 0, time.UTC).Format("2006-01-02T15:04:05")
	for n := range count {
		body := map[string]any{
			"title": fmt.Sprintf("Task %03d", n), "due_at": due, "priority": "high",
			"description": "Look at the numbers of last week, say what stands out, and write three sentences about it.",
		}
		waits := n%everyFifth == everyFifth-1
		if waits {
			body["depends_on_task_ids"] = []string{before}
		}
		var task identified
		if err := a.post(ctx, "/api/v1/boards/"+board+"/tasks", body, &task); err != nil {
			return nil, err
		}
		if before = task.ID; !waits {
			free = append(free, task.ID)
		}
	}
	return free, nil
}
