-- Requests that meet each other: when an agent last became another one, and what repeated requests were answered.

-- +goose Up

ALTER TABLE agents ADD COLUMN changed_at TEXT;
UPDATE agents SET changed_at = updated_at;

CREATE TABLE idempotency_keys (
    id          TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    caller      TEXT NOT NULL,
    name        TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    done        INTEGER NOT NULL CHECK (done IN (0, 1)),
    lease_until TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    status      INTEGER,
    etag        TEXT,
    body        TEXT,
    UNIQUE (caller, name)
) STRICT;
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
