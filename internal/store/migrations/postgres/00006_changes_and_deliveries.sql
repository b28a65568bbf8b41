-- How others learn of it: the numbering and log of changes for streams, and messages on their way to agents.

-- +goose Up

CREATE TABLE change_counter (
    id    integer PRIMARY KEY CHECK (id = 1),
    value bigint NOT NULL
);
INSERT INTO change_counter (id, value) VALUES (1, 0);

CREATE TABLE change_log (
    seq       bigint PRIMARY KEY,
    kind      text NOT NULL,
    scope_id  uuid,
    entity_id uuid NOT NULL,
    detail    text NOT NULL,
    at        timestamp(6) NOT NULL
);

CREATE TABLE deliveries (
    id                   uuid PRIMARY KEY,
    seq                  bigint NOT NULL DEFAULT 0,
    agent_id             uuid NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    gateway_id           uuid NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    session_key          text NOT NULL,
    label                text NOT NULL,
    message              text NOT NULL,
    deliver              boolean NOT NULL,
    state                text NOT NULL,
    attempts             integer NOT NULL,
    last_error           text,
    sent_event_type      text NOT NULL,
    sent_event_message   text NOT NULL,
    failed_event_type    text NOT NULL,
    failed_event_message text NOT NULL,
    task_id              uuid REFERENCES tasks (id) ON DELETE SET NULL,
    board_id             uuid REFERENCES boards (id) ON DELETE SET NULL,
    created_at           timestamp(6) NOT NULL,
    updated_at           timestamp(6) NOT NULL,
    sent_at              timestamp(6),
    next_attempt_at      timestamp(6)
);
CREATE INDEX ix_deliveries_agent_id_state_seq ON deliveries (agent_id, state, seq);
CREATE INDEX ix_deliveries_gateway_id ON deliveries (gateway_id);
CREATE INDEX ix_deliveries_task_id ON deliveries (task_id);
CREATE INDEX ix_deliveries_board_id ON deliveries (board_id);
