-- What was asked and what happened: approvals, and the activity log with its comments.

-- +goose Up

CREATE TABLE approvals (
    id                 TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id           TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id            TEXT REFERENCES tasks (id) ON DELETE SET NULL,
    agent_id           TEXT REFERENCES agents (id) ON DELETE SET NULL,
    decided_by_user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    action_type        TEXT NOT NULL,
    payload            TEXT CHECK (json_valid(payload)),
    confidence         REAL NOT NULL CONSTRAINT ck_approvals_confidence CHECK (confidence BETWEEN 0 AND 100),
    rubric_scores      TEXT CHECK (json_valid(rubric_scores)),
    status             TEXT NOT NULL CONSTRAINT ck_approvals_status CHECK (status IN ('pending', 'approved', 'rejected')),
    created_at         TEXT NOT NULL,
    updated_at         TEXT NOT NULL,
    resolved_at        TEXT,
    seq                INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX ix_approvals_board_id_created_at ON approvals (board_id, created_at DESC);
CREATE INDEX ix_approvals_board_id_status_created_at ON approvals (board_id, status, created_at);
CREATE INDEX ix_approvals_board_id_resolved_at ON approvals (board_id, resolved_at);
CREATE INDEX ix_approvals_board_id_seq ON approvals (board_id, seq);
CREATE INDEX ix_approvals_task_id ON approvals (task_id);
CREATE INDEX ix_approvals_agent_id ON approvals (agent_id);
CREATE INDEX ix_approvals_decided_by_user_id ON approvals (decided_by_user_id);

CREATE TABLE approval_task_links (
    id          TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    approval_id TEXT NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
    task_id     TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    created_at  TEXT NOT NULL,
    CONSTRAINT uq_approval_task_links_approval_id_task_id UNIQUE (approval_id, task_id)
) STRICT;
CREATE INDEX ix_approval_task_links_task_id ON approval_task_links (task_id);

CREATE TABLE activity_events (
    id            TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    event_type    TEXT NOT NULL,
    message       TEXT,
    agent_id      TEXT REFERENCES agents (id) ON DELETE SET NULL,
    task_id       TEXT REFERENCES tasks (id) ON DELETE SET NULL,
    board_id      TEXT REFERENCES boards (id) ON DELETE CASCADE,
    actor_user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at    TEXT NOT NULL,
    seq           INTEGER NOT NULL DEFAULT 0
) STRICT;
-- The order of insertion is the tie-break of every list: (created_at, seq).
CREATE INDEX ix_activity_events_board_id_created_at ON activity_events (board_id, created_at, seq);
CREATE INDEX ix_activity_events_agent_id_created_at ON activity_events (agent_id, created_at, seq);
CREATE INDEX ix_activity_events_task_id_created_at ON activity_events (task_id, created_at, seq);
CREATE INDEX ix_activity_events_event_type_created_at ON activity_events (event_type, created_at, seq);
CREATE INDEX ix_activity_events_task_comments ON activity_events (task_id, created_at, seq) WHERE event_type = 'task.comment';
-- Streams resume after a number.
CREATE INDEX ix_activity_events_board_id_seq ON activity_events (board_id, seq);
CREATE INDEX ix_activity_events_actor_user_id ON activity_events (actor_user_id) WHERE actor_user_id IS NOT NULL;
