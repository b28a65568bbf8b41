-- Webhooks, both ways: what comes in is known again when it comes twice, can be followed on its way to an agent, and
-- need not be kept for ever; what happens on a board can be sent to addresses outside.

-- +goose Up

ALTER TABLE board_webhooks ADD COLUMN delivery_id_header TEXT;
ALTER TABLE board_webhooks ADD COLUMN retention_days INTEGER CHECK (retention_days > 0);
ALTER TABLE board_webhooks ADD COLUMN retention_count INTEGER CHECK (retention_count > 0);

-- Calls that named themselves. The row outlives its payload, so that a late repetition is still known.
CREATE TABLE board_webhook_receipts (
    webhook_id  TEXT NOT NULL REFERENCES board_webhooks (id) ON DELETE CASCADE,
    delivery_id TEXT NOT NULL, -- SHA-256 of what the sender calls it, in hex
    payload_id  TEXT NOT NULL CHECK (length(payload_id) = 36),
    received_at TEXT NOT NULL,
    PRIMARY KEY (webhook_id, delivery_id)
) STRICT;
CREATE INDEX ix_board_webhook_receipts_received_at ON board_webhook_receipts (received_at);

ALTER TABLE deliveries ADD COLUMN webhook_id TEXT REFERENCES board_webhooks (id) ON DELETE CASCADE;
ALTER TABLE deliveries ADD COLUMN webhook_payload_id TEXT REFERENCES board_webhook_payloads (id) ON DELETE CASCADE;
CREATE INDEX ix_deliveries_webhook_id_created_at ON deliveries (webhook_id, created_at, seq) WHERE webhook_id IS NOT NULL;
CREATE INDEX ix_deliveries_webhook_payload_id ON deliveries (webhook_payload_id, created_at, seq) WHERE webhook_payload_id IS NOT NULL;
CREATE INDEX ix_deliveries_agent_id_sent_at ON deliveries (agent_id, sent_at) WHERE webhook_id IS NOT NULL;

CREATE TABLE outbound_webhooks (
    id              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id        TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    url             TEXT NOT NULL,
    description     TEXT NOT NULL,
    events          TEXT CHECK (json_valid(events)),
    enabled         INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    secret          TEXT,
    failing_since   TEXT, -- of the first failure since the last success
    disabled_reason TEXT, -- why it was disabled by itself
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL
) STRICT;
CREATE INDEX ix_outbound_webhooks_board_id_created_at ON outbound_webhooks (board_id, created_at);

CREATE TABLE outbound_deliveries (
    id              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    webhook_id      TEXT NOT NULL REFERENCES outbound_webhooks (id) ON DELETE CASCADE,
    change_seq      INTEGER NOT NULL, -- number of the change that it tells
    event_type      TEXT NOT NULL,
    body            TEXT NOT NULL,    -- as it is signed and sent
    state           TEXT NOT NULL,
    tries           INTEGER NOT NULL, -- since it was queued the last time
    next_attempt_at TEXT,
    delivered_at    TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    CONSTRAINT uq_outbound_deliveries_webhook_id_change_seq UNIQUE (webhook_id, change_seq)
) STRICT;
CREATE INDEX ix_outbound_deliveries_webhook_id_created_at ON outbound_deliveries (webhook_id, created_at, change_seq);
CREATE INDEX ix_outbound_deliveries_state_updated_at ON outbound_deliveries (state, updated_at);

CREATE TABLE outbound_attempts (
    id          TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    delivery_id TEXT NOT NULL REFERENCES outbound_deliveries (id) ON DELETE CASCADE,
    at          TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    status_code INTEGER, -- null: there was no answer
    error       TEXT     -- null: it was taken
) STRICT;
CREATE INDEX ix_outbound_attempts_delivery_id_at ON outbound_attempts (delivery_id, at);
