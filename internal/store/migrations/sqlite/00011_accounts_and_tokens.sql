-- Signing in without an identity provider, and tokens for programs.

-- +goose Up

-- A service acts through a token of its organization; it is a user, so that what it does has somebody's name.
ALTER TABLE users ADD COLUMN is_service INTEGER NOT NULL DEFAULT 0 CHECK (is_service IN (0, 1));

CREATE TABLE accounts (
    id            TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36) REFERENCES users (id) ON DELETE CASCADE, -- that of the user
    email         TEXT, -- normalized; null: the identity provider tells none
    password_hash TEXT, -- null: signs in through the identity provider alone
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    CONSTRAINT uq_accounts_email UNIQUE (email)
) STRICT;

-- Who somebody is at an OpenID Connect provider.
CREATE TABLE account_identities (
    id         TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT uq_account_identities_issuer_subject UNIQUE (issuer, subject)
) STRICT;
CREATE INDEX ix_account_identities_account_id ON account_identities (account_id);

CREATE TABLE sign_in_sessions (
    id           TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    account_id   TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_sha256 TEXT NOT NULL CHECK (length(token_sha256) = 64),
    method       TEXT NOT NULL,
    address      TEXT NOT NULL,
    user_agent   TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    CONSTRAINT uq_sign_in_sessions_token_sha256 UNIQUE (token_sha256)
) STRICT;
CREATE INDEX ix_sign_in_sessions_account_id_created_at ON sign_in_sessions (account_id, created_at);

CREATE TABLE access_tokens (
    id                 TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    kind               TEXT NOT NULL,
    token_sha256       TEXT NOT NULL CHECK (length(token_sha256) = 64),
    user_id            TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- who it acts as
    organization_id    TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    created_by_user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    name               TEXT NOT NULL,
    scope              TEXT NOT NULL,
    created_at         TEXT NOT NULL,
    expires_at         TEXT, -- null: never
    last_used_at       TEXT,
    CONSTRAINT uq_access_tokens_token_sha256 UNIQUE (token_sha256)
) STRICT;
CREATE INDEX ix_access_tokens_user_id_created_at ON access_tokens (user_id, created_at);
CREATE INDEX ix_access_tokens_organization_id_kind_created_at ON access_tokens (organization_id, kind, created_at);
CREATE INDEX ix_access_tokens_created_by_user_id ON access_tokens (created_by_user_id);
