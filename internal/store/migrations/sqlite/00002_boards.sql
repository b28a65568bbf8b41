-- Where work happens: gateways, groups, boards, who may enter them, their memory.

-- +goose Up

CREATE TABLE gateways (
    id                     TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name                   TEXT NOT NULL,
    url                    TEXT NOT NULL,
    token                  TEXT,
    workspace_root         TEXT NOT NULL,
    disable_device_pairing INTEGER NOT NULL CHECK (disable_device_pairing IN (0, 1)),
    allow_insecure_tls     INTEGER NOT NULL CHECK (allow_insecure_tls IN (0, 1)),
    created_at             TEXT NOT NULL,
    updated_at             TEXT NOT NULL
) STRICT;
CREATE INDEX ix_gateways_organization_id_created_at ON gateways (organization_id, created_at);
CREATE INDEX ix_gateways_organization_id_url ON gateways (organization_id, url);

CREATE TABLE board_groups (
    id              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            TEXT NOT NULL,
    slug            TEXT NOT NULL,
    description     TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL
) STRICT;
CREATE INDEX ix_board_groups_organization_id_lower_name ON board_groups (organization_id, lower(name));

CREATE TABLE boards (
    id                                         TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id                            TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name                                       TEXT NOT NULL,
    slug                                       TEXT NOT NULL,
    description                                TEXT NOT NULL,
    gateway_id                                 TEXT REFERENCES gateways (id),
    board_group_id                             TEXT REFERENCES board_groups (id) ON DELETE SET NULL,
    board_type                                 TEXT NOT NULL,
    objective                                  TEXT,
    success_metrics                            TEXT CHECK (json_valid(success_metrics)),
    target_date                                TEXT,
    goal_confirmed                             INTEGER NOT NULL CHECK (goal_confirmed IN (0, 1)),
    goal_source                                TEXT,
    require_approval_for_done                  INTEGER NOT NULL DEFAULT 1 CHECK (require_approval_for_done IN (0, 1)),
    require_review_before_done                 INTEGER NOT NULL DEFAULT 0 CHECK (require_review_before_done IN (0, 1)),
    comment_required_for_review                INTEGER NOT NULL DEFAULT 0 CHECK (comment_required_for_review IN (0, 1)),
    block_status_changes_with_pending_approval INTEGER NOT NULL DEFAULT 0 CHECK (block_status_changes_with_pending_approval IN (0, 1)),
    only_lead_can_change_status                INTEGER NOT NULL DEFAULT 0 CHECK (only_lead_can_change_status IN (0, 1)),
    max_agents                                 INTEGER NOT NULL CONSTRAINT ck_boards_max_agents CHECK (max_agents >= 0),
    runtime                                    TEXT NOT NULL DEFAULT 'openclaw',
    created_at                                 TEXT NOT NULL,
    updated_at                                 TEXT NOT NULL
) STRICT;
CREATE INDEX ix_boards_organization_id_lower_name ON boards (organization_id, lower(name));
CREATE INDEX ix_boards_gateway_id ON boards (gateway_id);
CREATE INDEX ix_boards_board_group_id ON boards (board_group_id);

CREATE TABLE organization_board_access (
    id                     TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_member_id TEXT NOT NULL REFERENCES organization_members (id) ON DELETE CASCADE,
    board_id               TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    can_read               INTEGER NOT NULL CHECK (can_read IN (0, 1)),
    can_write              INTEGER NOT NULL CHECK (can_write IN (0, 1)),
    created_at             TEXT NOT NULL,
    updated_at             TEXT NOT NULL,
    CONSTRAINT uq_org_board_access_member_board UNIQUE (organization_member_id, board_id)
) STRICT;
CREATE INDEX ix_organization_board_access_board_id ON organization_board_access (board_id);

CREATE TABLE organization_invite_board_access (
    id                     TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_invite_id TEXT NOT NULL REFERENCES organization_invites (id) ON DELETE CASCADE,
    board_id               TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    can_read               INTEGER NOT NULL CHECK (can_read IN (0, 1)),
    can_write              INTEGER NOT NULL CHECK (can_write IN (0, 1)),
    created_at             TEXT NOT NULL,
    updated_at             TEXT NOT NULL,
    CONSTRAINT uq_org_invite_board_access_invite_board UNIQUE (organization_invite_id, board_id)
) STRICT;
CREATE INDEX ix_organization_invite_board_access_board_id ON organization_invite_board_access (board_id);

CREATE TABLE board_memory (
    id         TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id   TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    content    TEXT NOT NULL,
    tags       TEXT CHECK (json_valid(tags)),
    is_chat    INTEGER NOT NULL CHECK (is_chat IN (0, 1)),
    source     TEXT,
    created_at TEXT NOT NULL,
    seq        INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX ix_board_memory_board_id_created_at ON board_memory (board_id, created_at, seq);
CREATE INDEX ix_board_memory_board_id_is_chat_created_at ON board_memory (board_id, is_chat, created_at, seq);
CREATE INDEX ix_board_memory_board_id_seq ON board_memory (board_id, seq);

CREATE TABLE board_group_memory (
    id             TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_group_id TEXT NOT NULL REFERENCES board_groups (id) ON DELETE CASCADE,
    content        TEXT NOT NULL,
    tags           TEXT CHECK (json_valid(tags)),
    is_chat        INTEGER NOT NULL CHECK (is_chat IN (0, 1)),
    source         TEXT,
    created_at     TEXT NOT NULL,
    seq            INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX ix_board_group_memory_board_group_id_created_at ON board_group_memory (board_group_id, created_at, seq);
CREATE INDEX ix_board_group_memory_board_group_id_is_chat_created_at ON board_group_memory (board_group_id, is_chat, created_at, seq);
CREATE INDEX ix_board_group_memory_board_group_id_seq ON board_group_memory (board_group_id, seq);

CREATE TABLE board_onboarding_sessions (
    id          TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id    TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    session_key TEXT NOT NULL,
    status      TEXT NOT NULL,
    messages    TEXT CHECK (json_valid(messages)),
    draft_goal  TEXT CHECK (json_valid(draft_goal)),
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL
) STRICT;
CREATE INDEX ix_board_onboarding_sessions_board_id_updated_at ON board_onboarding_sessions (board_id, updated_at DESC);
CREATE UNIQUE INDEX uq_board_onboarding_sessions_active ON board_onboarding_sessions (board_id) WHERE status = 'active';
