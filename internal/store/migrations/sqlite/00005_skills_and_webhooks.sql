-- What agents can learn, and what reaches boards from outside: skills and webhooks.

-- +goose Up

CREATE TABLE skill_packs (
    id              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            TEXT NOT NULL,
    description     TEXT,
    source_url      TEXT NOT NULL CONSTRAINT ck_skill_packs_source_url_github CHECK (source_url GLOB 'https://github.com/*/*'),
    branch          TEXT NOT NULL DEFAULT 'main',
    metadata        TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    CONSTRAINT uq_skill_packs_org_source_url UNIQUE (organization_id, source_url)
) STRICT;
CREATE INDEX ix_skill_packs_organization_id_created_at ON skill_packs (organization_id, created_at DESC);

CREATE TABLE marketplace_skills (
    id              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            TEXT NOT NULL,
    description     TEXT,
    category        TEXT,
    risk            TEXT,
    source          TEXT,
    source_url      TEXT NOT NULL,
    metadata        TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(metadata)),
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    CONSTRAINT uq_marketplace_skills_org_source_url UNIQUE (organization_id, source_url)
) STRICT;
CREATE INDEX ix_marketplace_skills_organization_id_created_at ON marketplace_skills (organization_id, created_at DESC);

CREATE TABLE gateway_installed_skills (
    id         TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    gateway_id TEXT NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    skill_id   TEXT NOT NULL REFERENCES marketplace_skills (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT uq_gateway_installed_skills_gateway_id_skill_id UNIQUE (gateway_id, skill_id)
) STRICT;
CREATE INDEX ix_gateway_installed_skills_skill_id ON gateway_installed_skills (skill_id);

CREATE TABLE board_webhooks (
    id               TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id         TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    agent_id         TEXT REFERENCES agents (id) ON DELETE SET NULL,
    description      TEXT NOT NULL,
    enabled          INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    secret           TEXT,
    signature_header TEXT,
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL
) STRICT;
CREATE INDEX ix_board_webhooks_board_id_created_at ON board_webhooks (board_id, created_at DESC);
CREATE INDEX ix_board_webhooks_agent_id ON board_webhooks (agent_id);

CREATE TABLE board_webhook_payloads (
    id           TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id     TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    webhook_id   TEXT NOT NULL REFERENCES board_webhooks (id) ON DELETE CASCADE,
    payload      TEXT CHECK (json_valid(payload)),
    headers      TEXT CHECK (json_valid(headers)),
    source_ip    TEXT,
    content_type TEXT,
    received_at  TEXT NOT NULL
) STRICT;
CREATE INDEX ix_board_webhook_payloads_board_id_webhook_id_received_at ON board_webhook_payloads (board_id, webhook_id, received_at);
CREATE INDEX ix_board_webhook_payloads_webhook_id ON board_webhook_payloads (webhook_id);
CREATE INDEX ix_board_webhook_payloads_received_at ON board_webhook_payloads (received_at);
