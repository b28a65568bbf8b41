-- Who there is: organizations, people and their membership.

-- +goose Up

CREATE TABLE organizations (
    id         TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    name       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX ix_organizations_lower_name ON organizations (lower(name));

CREATE TABLE users (
    id                     TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    clerk_user_id          TEXT NOT NULL,
    email                  TEXT,
    name                   TEXT,
    preferred_name         TEXT,
    pronouns               TEXT,
    timezone               TEXT,
    notes                  TEXT,
    context                TEXT,
    is_super_admin         INTEGER NOT NULL CHECK (is_super_admin IN (0, 1)),
    active_organization_id TEXT REFERENCES organizations (id) ON DELETE SET NULL
) STRICT;
CREATE UNIQUE INDEX ix_users_clerk_user_id ON users (clerk_user_id);
CREATE INDEX ix_users_lower_email ON users (lower(email));
CREATE INDEX ix_users_active_organization_id ON users (active_organization_id);

CREATE TABLE organization_members (
    id               TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id  TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id          TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role             TEXT NOT NULL,
    all_boards_read  INTEGER NOT NULL CHECK (all_boards_read IN (0, 1)),
    all_boards_write INTEGER NOT NULL CHECK (all_boards_write IN (0, 1)),
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL,
    CONSTRAINT uq_organization_members_org_user UNIQUE (organization_id, user_id)
) STRICT;
CREATE INDEX ix_organization_members_user_id_created_at ON organization_members (user_id, created_at);

CREATE TABLE organization_invites (
    id                  TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id     TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invited_email       TEXT NOT NULL,
    token               TEXT NOT NULL,
    token_sha256        TEXT CHECK (length(token_sha256) = 64),
    role                TEXT NOT NULL,
    all_boards_read     INTEGER NOT NULL CHECK (all_boards_read IN (0, 1)),
    all_boards_write    INTEGER NOT NULL CHECK (all_boards_write IN (0, 1)),
    created_by_user_id  TEXT REFERENCES users (id) ON DELETE SET NULL,
    accepted_by_user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    accepted_at         TEXT,
    created_at          TEXT NOT NULL,
    updated_at          TEXT NOT NULL,
    CONSTRAINT uq_org_invites_token UNIQUE (token)
) STRICT;
CREATE INDEX ix_organization_invites_organization_id ON organization_invites (organization_id);
CREATE INDEX ix_organization_invites_pending ON organization_invites (invited_email, created_at) WHERE accepted_at IS NULL;
CREATE INDEX ix_organization_invites_created_by_user_id ON organization_invites (created_by_user_id);
CREATE INDEX ix_organization_invites_accepted_by_user_id ON organization_invites (accepted_by_user_id);
