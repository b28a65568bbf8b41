-- Invites that end by themselves, and addresses that are known to be somebody's.

-- +goose Up

ALTER TABLE organization_invites ADD COLUMN expires_at TEXT;
CREATE INDEX ix_organization_invites_token_sha256 ON organization_invites (token_sha256);
CREATE INDEX ix_organization_invites_organization_id_pending ON organization_invites (organization_id, created_at) WHERE accepted_at IS NULL;

ALTER TABLE users ADD COLUMN email_verified INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1));
