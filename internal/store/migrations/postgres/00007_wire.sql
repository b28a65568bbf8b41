-- Requests that meet each other: when an agent last became another one, and what repeated requests were answered.

-- +goose Up

ALTER TABLE agents ADD COLUMN changed_at timestamp(6);
UPDATE agents SET changed_at = updated_at;

CREATE TABLE idempotency_keys (
    id          uuid PRIMARY KEY,
    caller      text NOT NULL,
    name        text NOT NULL,
    fingerprint text NOT NULL,
    done        boolean NOT NULL,
    lease_until timestamp(6) NOT NULL,
    created_at  timestamp(6) NOT NULL,
    status      integer,
    etag        text,
    body        text,
    UNIQUE (caller, name)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
