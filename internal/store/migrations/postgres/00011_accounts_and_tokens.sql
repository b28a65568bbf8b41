-- Signing in without an identity provider, and tokens for programs.

-- +goose Up

-- A service acts through a token of its organization; it is a user, so that what it does has somebody's name.
ALTER TABLE users ADD COLUMN is_service boolean NOT NULL DEFAULT false;

CREATE TABLE accounts (
    id            uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE, -- that of the user
    email         text, -- normalized; null: the identity provider tells none
    password_hash text, -- null: signs in through the identity provider alone
    created_at    timestamp(6) NOT NULL,
    updated_at    timestamp(6) NOT NULL,
    CONSTRAINT uq_accounts_email UNIQUE (email)
);

-- Who somebody is at an OpenID Connect provider.
CREATE TABLE account_identities (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    issuer     text NOT NULL,
    subject    text NOT NULL,
    created_at timestamp(6) NOT NULL,
    CONSTRAINT uq_account_identities_issuer_subject UNIQUE (issuer, subject)
);
CREATE INDEX ix_account_identities_account_id ON account_identities (account_id);

CREATE TABLE sign_in_sessions (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_sha256 text NOT NULL CHECK (length(token_sha256) = 64),
    method       text NOT NULL,
    address      text NOT NULL,
    user_agent   text NOT NULL,
    created_at   timestamp(6) NOT NULL,
    last_seen_at timestamp(6) NOT NULL,
    expires_at   timestamp(6) NOT NULL,
    CONSTRAINT uq_sign_in_sessions_token_sha256 UNIQUE (token_sha256)
);
CREATE INDEX ix_sign_in_sessions_account_id_created_at ON sign_in_sessions (account_id, created_at);

CREATE TABLE access_tokens (
    id                 uuid PRIMARY KEY,
    kind               text NOT NULL,
    token_sha256       text NOT NULL CHECK (length(token_sha256) = 64),
    user_id            uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE, -- who it acts as
    organization_id    uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    created_by_user_id uuid REFERENCES users (id) ON DELETE SET NULL,
    name               text NOT NULL,
    scope              text NOT NULL,
    created_at         timestamp(6) NOT NULL,
    expires_at         timestamp(6), -- null: never
    last_used_at       timestamp(6),
    CONSTRAINT uq_access_tokens_token_sha256 UNIQUE (token_sha256)
);
CREATE INDEX ix_access_tokens_user_id_created_at ON access_tokens (user_id, created_at);
CREATE INDEX ix_access_tokens_organization_id_kind_created_at ON access_tokens (organization_id, kind, created_at);
CREATE INDEX ix_access_tokens_created_by_user_id ON access_tokens (created_by_user_id);
