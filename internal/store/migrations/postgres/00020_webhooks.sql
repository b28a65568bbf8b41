-- Webhooks, both ways: what comes in is known again when it comes twice, can be followed on its way to an agent, and
-- need not be kept for ever; what happens on a board can be sent to addresses outside.

-- +goose Up

ALTER TABLE board_webhooks ADD COLUMN delivery_id_header text;
ALTER TABLE board_webhooks ADD COLUMN retention_days integer CHECK (retention_days > 0);
ALTER TABLE board_webhooks ADD COLUMN retention_count integer CHECK (retention_count > 0);

-- Calls that named themselves. The row outlives its payload, so that a late repetition is still known.
CREATE TABLE board_webhook_receipts (
    webhook_id  uuid NOT NULL REFERENCES board_webhooks (id) ON DELETE CASCADE,
    delivery_id text NOT NULL, -- SHA-256 of what the sender calls it, in hex
    payload_id  uuid NOT NULL,
    received_at timestamp(6) NOT NULL,
    PRIMARY KEY (webhook_id, delivery_id)
);
CREATE INDEX ix_board_webhook_receipts_received_at ON board_webhook_receipts (received_at);

ALTER TABLE deliveries ADD COLUMN webhook_id uuid REFERENCES board_webhooks (id) ON DELETE CASCADE;
ALTER TABLE deliveries ADD COLUMN webhook_payload_id uuid REFERENCES board_webhook_payloads (id) ON DELETE CASCADE;
CREATE INDEX ix_deliveries_webhook_id_created_at ON deliveries (webhook_id, created_at, seq) WHERE webhook_id IS NOT NULL;
CREATE INDEX ix_deliveries_webhook_payload_id ON deliveries (webhook_payload_id, created_at, seq) WHERE webhook_payload_id IS NOT NULL;
CREATE INDEX ix_deliveries_agent_id_sent_at ON deliveries (agent_id, sent_at) WHERE webhook_id IS NOT NULL;

CREATE TABLE outbound_webhooks (
    id              uuid PRIMARY KEY,
    board_id        uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    url             text NOT NULL,
    description     text NOT NULL,
    events          json,
    enabled         boolean NOT NULL,
    secret          text,
    failing_since   timestamp(6), -- of the first failure since the last success
    disabled_reason text, -- why it was disabled by itself
    created_at      timestamp(6) NOT NULL,
    updated_at      timestamp(6) NOT NULL
);
CREATE INDEX ix_outbound_webhooks_board_id_created_at ON outbound_webhooks (board_id, created_at);

CREATE TABLE outbound_deliveries (
    id              uuid PRIMARY KEY,
    webhook_id      uuid NOT NULL REFERENCES outbound_webhooks (id) ON DELETE CASCADE,
    change_seq      bigint NOT NULL, -- number of the change that it tells
    event_type      text NOT NULL,
    body            text NOT NULL,    -- as it is signed and sent
    state           text NOT NULL,
    tries           integer NOT NULL, -- since it was queued the last time
    next_attempt_at timestamp(6),
    delivered_at    timestamp(6),
    created_at      timestamp(6) NOT NULL,
    updated_at      timestamp(6) NOT NULL,
    CONSTRAINT uq_outbound_deliveries_webhook_id_change_seq UNIQUE (webhook_id, change_seq)
);
CREATE INDEX ix_outbound_deliveries_webhook_id_created_at ON outbound_deliveries (webhook_id, created_at, change_seq);
CREATE INDEX ix_outbound_deliveries_state_updated_at ON outbound_deliveries (state, updated_at);

CREATE TABLE outbound_attempts (
    id          uuid PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES outbound_deliveries (id) ON DELETE CASCADE,
    at          timestamp(6) NOT NULL,
    duration_ms integer NOT NULL,
    status_code integer, -- null: there was no answer
    error       text     -- null: it was taken
);
CREATE INDEX ix_outbound_attempts_delivery_id_at ON outbound_attempts (delivery_id, at);
