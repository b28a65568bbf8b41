package apitest

import (
	"context"
	"database/sql"
	"sync"

	"missioncontrol/internal/store"
)

// queue takes jobs and does none of them.
type queue struct {
	mu   sync.Mutex
	jobs []store.Job
}

// InsertTx keeps the jobs.
func (q *queue) InsertTx(_ context.Context, _ *sql.Tx, jobs []store.Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, jobs...)
	return nil
}

// Jobs lists the jobs of a kind that were enqueued, oldest first.
func (w *World) Jobs(kind string) (found []store.Job) {
	w.queue.mu.Lock()
	defer w.queue.mu.Unlock()
	for _, job := range w.queue.jobs {
		if job.Args.Kind() == kind {
			found = append(found, job)
		}
	}
	return found
}
