-- When tasks changed their status, for the dashboard: updated_at moves with every edit.

-- +goose Up

ALTER TABLE tasks ADD COLUMN status_changed_at TEXT NOT NULL DEFAULT '0001-01-01T00:00:00.000000';
-- The last phase of work that has ended: from when the task was in progress until it left.
ALTER TABLE tasks ADD COLUMN work_started_at TEXT;
ALTER TABLE tasks ADD COLUMN work_ended_at TEXT;
UPDATE tasks SET status_changed_at = updated_at;
UPDATE tasks SET work_started_at = coalesce(in_progress_at, previous_in_progress_at), work_ended_at = updated_at
    WHERE status IN ('review', 'done') AND coalesce(in_progress_at, previous_in_progress_at) <= updated_at;

DROP INDEX ix_tasks_status_updated_at; -- what it was for asks by status_changed_at now
CREATE INDEX ix_tasks_board_id_status_status_changed_at ON tasks (board_id, status, status_changed_at);
CREATE INDEX ix_tasks_board_id_work_ended_at ON tasks (board_id, work_ended_at, status, work_started_at) WHERE work_ended_at IS NOT NULL;
CREATE INDEX ix_agents_board_id_last_seen_at ON agents (board_id, last_seen_at);

-- With the type and the task in it, the dashboard counts without looking at the rows.
DROP INDEX ix_activity_events_board_id_created_at;
CREATE INDEX ix_activity_events_board_id_created_at ON activity_events (board_id, created_at, seq, event_type, task_id);
