-- Where work happens: gateways, groups, boards, who may enter them, their memory.

-- +goose Up

CREATE TABLE gateways (
    id                     uuid PRIMARY KEY,
    organization_id        uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name                   text NOT NULL,
    url                    text NOT NULL,
    token                  text,
    workspace_root         text NOT NULL,
    disable_device_pairing boolean NOT NULL,
    allow_insecure_tls     boolean NOT NULL,
    created_at             timestamp(6) NOT NULL,
    updated_at             timestamp(6) NOT NULL
);
CREATE INDEX ix_gateways_organization_id_created_at ON gateways (organization_id, created_at);
CREATE INDEX ix_gateways_organization_id_url ON gateways (organization_id, url);

CREATE TABLE board_groups (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            text NOT NULL,
    slug            text NOT NULL,
    description     text,
    created_at      timestamp(6) NOT NULL,
    updated_at      timestamp(6) NOT NULL
);
CREATE INDEX ix_board_groups_organization_id_lower_name ON board_groups (organization_id, (lower(name) COLLATE "C"));

CREATE TABLE boards (
    id                                         uuid PRIMARY KEY,
    organization_id                            uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name                                       text NOT NULL,
    slug                                       text NOT NULL,
    description                                text NOT NULL,
    gateway_id                                 uuid REFERENCES gateways (id),
    board_group_id                             uuid REFERENCES board_groups (id) ON DELETE SET NULL,
    board_type                                 text NOT NULL,
    objective                                  text,
    success_metrics                            json,
    target_date                                timestamp(6),
    goal_confirmed                             boolean NOT NULL,
    goal_source                                text,
    require_approval_for_done                  boolean NOT NULL DEFAULT TRUE,
    require_review_before_done                 boolean NOT NULL DEFAULT FALSE,
    comment_required_for_review                boolean NOT NULL DEFAULT FALSE,
    block_status_changes_with_pending_approval boolean NOT NULL DEFAULT FALSE,
    only_lead_can_change_status                boolean NOT NULL DEFAULT FALSE,
    max_agents                                 integer NOT NULL CONSTRAINT ck_boards_max_agents CHECK (max_agents >= 0),
    runtime                                    text NOT NULL DEFAULT 'openclaw',
    created_at                                 timestamp(6) NOT NULL,
    updated_at                                 timestamp(6) NOT NULL
);
CREATE INDEX ix_boards_organization_id_lower_name ON boards (organization_id, (lower(name) COLLATE "C"));
CREATE INDEX ix_boards_gateway_id ON boards (gateway_id);
CREATE INDEX ix_boards_board_group_id ON boards (board_group_id);

CREATE TABLE organization_board_access (
    id                     uuid PRIMARY KEY,
    organization_member_id uuid NOT NULL REFERENCES organization_members (id) ON DELETE CASCADE,
    board_id               uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    can_read               boolean NOT NULL,
    can_write              boolean NOT NULL,
    created_at             timestamp(6) NOT NULL,
    updated_at             timestamp(6) NOT NULL,
    CONSTRAINT uq_org_board_access_member_board UNIQUE (organization_member_id, board_id)
);
CREATE INDEX ix_organization_board_access_board_id ON organization_board_access (board_id);

CREATE TABLE organization_invite_board_access (
    id                     uuid PRIMARY KEY,
    organization_invite_id uuid NOT NULL REFERENCES organization_invites (id) ON DELETE CASCADE,
    board_id               uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    can_read               boolean NOT NULL,
    can_write              boolean NOT NULL,
    created_at             timestamp(6) NOT NULL,
    updated_at             timestamp(6) NOT NULL,
    CONSTRAINT uq_org_invite_board_access_invite_board UNIQUE (organization_invite_id, board_id)
);
CREATE INDEX ix_organization_invite_board_access_board_id ON organization_invite_board_access (board_id);

CREATE TABLE board_memory (
    id         uuid PRIMARY KEY,
    board_id   uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    content    text NOT NULL,
    tags       json,
    is_chat    boolean NOT NULL,
    source     text,
    created_at timestamp(6) NOT NULL,
    seq        bigint NOT NULL DEFAULT 0
);
CREATE INDEX ix_board_memory_board_id_created_at ON board_memory (board_id, created_at, seq);
CREATE INDEX ix_board_memory_board_id_is_chat_created_at ON board_memory (board_id, is_chat, created_at, seq);
CREATE INDEX ix_board_memory_board_id_seq ON board_memory (board_id, seq);

CREATE TABLE board_group_memory (
    id             uuid PRIMARY KEY,
    board_group_id uuid NOT NULL REFERENCES board_groups (id) ON DELETE CASCADE,
    content        text NOT NULL,
    tags           json,
    is_chat        boolean NOT NULL,
    source         text,
    created_at     timestamp(6) NOT NULL,
    seq            bigint NOT NULL DEFAULT 0
);
CREATE INDEX ix_board_group_memory_board_group_id_created_at ON board_group_memory (board_group_id, created_at, seq);
CREATE INDEX ix_board_group_memory_board_group_id_is_chat_created_at ON board_group_memory (board_group_id, is_chat, created_at, seq);
CREATE INDEX ix_board_group_memory_board_group_id_seq ON board_group_memory (board_group_id, seq);

CREATE TABLE board_onboarding_sessions (
    id          uuid PRIMARY KEY,
    board_id    uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    session_key text NOT NULL,
    status      text NOT NULL,
    messages    json,
    draft_goal  json,
    created_at  timestamp(6) NOT NULL,
    updated_at  timestamp(6) NOT NULL
);
CREATE INDEX ix_board_onboarding_sessions_board_id_updated_at ON board_onboarding_sessions (board_id, updated_at DESC);
CREATE UNIQUE INDEX uq_board_onboarding_sessions_active ON board_onboarding_sessions (board_id) WHERE status = 'active';
