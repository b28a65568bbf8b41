-- Who there is: organizations, people and their membership.

-- +goose Up

CREATE TABLE organizations (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL
);
CREATE INDEX ix_organizations_lower_name ON organizations (lower(name));

CREATE TABLE users (
    id                     uuid PRIMARY KEY,
    clerk_user_id          text NOT NULL,
    email                  text,
    name                   text,
    preferred_name         text,
    pronouns               text,
    timezone               text,
    notes                  text,
    context                text,
    is_super_admin         boolean NOT NULL,
    active_organization_id uuid REFERENCES organizations (id) ON DELETE SET NULL
);
CREATE UNIQUE INDEX ix_users_clerk_user_id ON users (clerk_user_id);
CREATE INDEX ix_users_lower_email ON users (lower(email));
CREATE INDEX ix_users_active_organization_id ON users (active_organization_id);

CREATE TABLE organization_members (
    id               uuid PRIMARY KEY,
    organization_id  uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    user_id          uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role             text NOT NULL,
    all_boards_read  boolean NOT NULL,
    all_boards_write boolean NOT NULL,
    created_at       timestamp(6) NOT NULL,
    updated_at       timestamp(6) NOT NULL,
    CONSTRAINT uq_organization_members_org_user UNIQUE (organization_id, user_id)
);
CREATE INDEX ix_organization_members_user_id_created_at ON organization_members (user_id, created_at);

CREATE TABLE organization_invites (
    id                  uuid PRIMARY KEY,
    organization_id     uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    invited_email       text NOT NULL,
    token               text NOT NULL,
    token_sha256        text CHECK (length(token_sha256) = 64),
    role                text NOT NULL,
    all_boards_read     boolean NOT NULL,
    all_boards_write    boolean NOT NULL,
    created_by_user_id  uuid REFERENCES users (id) ON DELETE SET NULL,
    accepted_by_user_id uuid REFERENCES users (id) ON DELETE SET NULL,
    accepted_at         timestamp(6),
    created_at          timestamp(6) NOT NULL,
    updated_at          timestamp(6) NOT NULL,
    CONSTRAINT uq_org_invites_token UNIQUE (token)
);
CREATE INDEX ix_organization_invites_organization_id ON organization_invites (organization_id);
CREATE INDEX ix_organization_invites_pending ON organization_invites (invited_email, created_at) WHERE accepted_at IS NULL;
CREATE INDEX ix_organization_invites_created_by_user_id ON organization_invites (created_by_user_id);
CREATE INDEX ix_organization_invites_accepted_by_user_id ON organization_invites (accepted_by_user_id);
