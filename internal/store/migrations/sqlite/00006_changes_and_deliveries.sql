-- How others learn of it: the numbering and log of changes for streams, and messages on their way to agents.

-- +goose Up

CREATE TABLE change_counter (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
) STRICT;
INSERT INTO change_counter (id, value) VALUES (1, 0);

CREATE TABLE change_log (
    seq       INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    scope_id  TEXT CHECK (length(scope_id) = 36),
    entity_id TEXT NOT NULL CHECK (length(entity_id) = 36),
    detail    TEXT NOT NULL,
    at        TEXT NOT NULL
) STRICT;

CREATE TABLE deliveries (
    id                   TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    seq                  INTEGER NOT NULL DEFAULT 0,
    agent_id             TEXT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    gateway_id           TEXT NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    session_key          TEXT NOT NULL,
    label                TEXT NOT NULL,
    message              TEXT NOT NULL,
    deliver              INTEGER NOT NULL CHECK (deliver IN (0, 1)),
    state                TEXT NOT NULL,
    attempts             INTEGER NOT NULL,
    last_error           TEXT,
    sent_event_type      TEXT NOT NULL,
    sent_event_message   TEXT NOT NULL,
    failed_event_type    TEXT NOT NULL,
    failed_event_message TEXT NOT NULL,
    task_id              TEXT REFERENCES tasks (id) ON DELETE SET NULL,
    board_id             TEXT REFERENCES boards (id) ON DELETE SET NULL,
    created_at           TEXT NOT NULL,
    updated_at           TEXT NOT NULL,
    sent_at              TEXT,
    next_attempt_at      TEXT
) STRICT;
CREATE INDEX ix_deliveries_agent_id_state_seq ON deliveries (agent_id, state, seq);
CREATE INDEX ix_deliveries_gateway_id ON deliveries (gateway_id);
CREATE INDEX ix_deliveries_task_id ON deliveries (task_id);
CREATE INDEX ix_deliveries_board_id ON deliveries (board_id);
