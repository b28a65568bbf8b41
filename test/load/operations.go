package main

import (
	"fmt"
	"net/http"
)

// operation is something that clients do often.
type operation struct {
	name   string
	writes bool
	agent  bool // needs agents
	// request is the one with this number; numbers count up.
	request func(w *world, n int) request
}

var (
	newTask    = []byte(`{"title": "Write the weekly report", "description": "Three sentences about what stands out.", "priority": "high"}`)
	newComment = []byte(`{"message": "Half of it is done: the numbers are collected, the text follows in the afternoon."}`)
	// moves take a task once around; no step is idle, and none needs an approval.
	moves = [][]byte{[]byte(`{"status": "in_progress"}`), []byte(`{"status": "review"}`), []byte(`{"status": "inbox"}`)}
)

// operations are measured in this order: what only reads first, so that both
// servers still hold the same.
var operations = []operation{
	{name: "users/me", request: func(*world, int) request {
		return request{method: http.MethodGet, path: "/api/v1/users/me"}
	}},
	{name: "boards list", request: func(*world, int) request {
		return request{method: http.MethodGet, path: "/api/v1/boards"}
	}},
	{name: "tasks list of 50", request: func(w *world, _ int) request {
		return request{method: http.MethodGet, path: "/api/v1/boards/" + w.crew + "/tasks?limit=50"}
	}},
	{name: "tasks list of 200", request: func(w *world, _ int) request {
		return request{method: http.MethodGet, path: "/api/v1/boards/" + w.archive + "/tasks?limit=200"}
	}},
	{name: "agent task list", agent: true, request: func(w *world, n int) request {
		return request{method: http.MethodGet, path: "/api/v1/agent/boards/" + w.crew + "/tasks?limit=50", agentToken: w.agentTokens[n%len(w.agentTokens)]}
	}},
	{name: "task create", writes: true, request: func(w *world, _ int) request {
		return request{method: http.MethodPost, path: "/api/v1/boards/" + w.intake + "/tasks", body: newTask}
	}},
	{name: "status change", writes: true, request: func(w *world, n int) request {
		task, step := w.movable[n%len(w.movable)], n/len(w.movable)%len(moves)
		return request{method: http.MethodPatch, path: taskPath(w.crew, task), body: moves[step]}
	}},
	{name: "comment", writes: true, request: func(w *world, n int) request {
		return request{method: http.MethodPost, path: taskPath(w.crew, w.movable[n%len(w.movable)]) + "/comments", body: newComment}
	}},
	{name: "agent heartbeat", writes: true, agent: true, request: func(w *world, n int) request {
		return request{method: http.MethodPost, path: "/api/v1/agent/heartbeat", agentToken: w.agentTokens[n%len(w.agentTokens)]}
	}},
}

func taskPath(board, task string) string {
	return fmt.Sprintf("/api/v1/boards/%s/tasks/%s", board, task)
}
