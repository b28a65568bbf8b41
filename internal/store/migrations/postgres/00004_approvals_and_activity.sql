-- What was asked and what happened: approvals, and the activity log with its comments.

-- +goose Up

CREATE TABLE approvals (
    id                 uuid PRIMARY KEY,
    board_id           uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id            uuid REFERENCES tasks (id) ON DELETE SET NULL,
    agent_id           uuid REFERENCES agents (id) ON DELETE SET NULL,
    decided_by_user_id uuid REFERENCES users (id) ON DELETE SET NULL,
    action_type        text NOT NULL,
    payload            json,
    confidence         double precision NOT NULL CONSTRAINT ck_approvals_confidence CHECK (confidence BETWEEN 0 AND 100),
    rubric_scores      json,
    status             text NOT NULL CONSTRAINT ck_approvals_status CHECK (status IN ('pending', 'approved', 'rejected')),
    created_at         timestamp(6) NOT NULL,
    updated_at         timestamp(6) NOT NULL,
    resolved_at        timestamp(6),
    seq                bigint NOT NULL DEFAULT 0
);
CREATE INDEX ix_approvals_board_id_created_at ON approvals (board_id, created_at DESC);
CREATE INDEX ix_approvals_board_id_status_created_at ON approvals (board_id, status, created_at);
CREATE INDEX ix_approvals_board_id_resolved_at ON approvals (board_id, resolved_at);
CREATE INDEX ix_approvals_board_id_seq ON approvals (board_id, seq);
CREATE INDEX ix_approvals_task_id ON approvals (task_id);
CREATE INDEX ix_approvals_agent_id ON approvals (agent_id);
CREATE INDEX ix_approvals_decided_by_user_id ON approvals (decided_by_user_id);

CREATE TABLE approval_task_links (
    id          uuid PRIMARY KEY,
    approval_id uuid NOT NULL REFERENCES approvals (id) ON DELETE CASCADE,
    task_id     uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    created_at  timestamp(6) NOT NULL,
    CONSTRAINT uq_approval_task_links_approval_id_task_id UNIQUE (approval_id, task_id)
);
CREATE INDEX ix_approval_task_links_task_id ON approval_task_links (task_id);

CREATE TABLE activity_events (
    id            uuid PRIMARY KEY,
    event_type    text NOT NULL,
    message       text,
    agent_id      uuid REFERENCES agents (id) ON DELETE SET NULL,
    task_id       uuid REFERENCES tasks (id) ON DELETE SET NULL,
    board_id      uuid REFERENCES boards (id) ON DELETE CASCADE,
    actor_user_id uuid REFERENCES users (id) ON DELETE SET NULL,
    created_at    timestamp(6) NOT NULL,
    seq           bigint NOT NULL DEFAULT 0
);
-- The order of insertion is the tie-break of every list: (created_at, seq).
CREATE INDEX ix_activity_events_board_id_created_at ON activity_events (board_id, created_at, seq);
CREATE INDEX ix_activity_events_agent_id_created_at ON activity_events (agent_id, created_at, seq);
CREATE INDEX ix_activity_events_task_id_created_at ON activity_events (task_id, created_at, seq);
CREATE INDEX ix_activity_events_event_type_created_at ON activity_events (event_type, created_at, seq);
CREATE INDEX ix_activity_events_task_comments ON activity_events (task_id, created_at, seq) WHERE event_type = 'task.comment';
-- Streams resume after a number.
CREATE INDEX ix_activity_events_board_id_seq ON activity_events (board_id, seq);
CREATE INDEX ix_activity_events_actor_user_id ON activity_events (actor_user_id) WHERE actor_user_id IS NOT NULL;
