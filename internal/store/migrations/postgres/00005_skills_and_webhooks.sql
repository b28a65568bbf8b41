-- What agents can learn, and what reaches boards from outside: skills and webhooks.

-- +goose Up

CREATE TABLE skill_packs (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            text NOT NULL,
    description     text,
    source_url      text NOT NULL CONSTRAINT ck_skill_packs_source_url_github CHECK (source_url LIKE 'https://github.com/%/%'),
    branch          text NOT NULL DEFAULT 'main',
    metadata        json NOT NULL DEFAULT '{}',
    created_at      timestamp(6) NOT NULL,
    updated_at      timestamp(6) NOT NULL,
    CONSTRAINT uq_skill_packs_org_source_url UNIQUE (organization_id, source_url)
);
CREATE INDEX ix_skill_packs_organization_id_created_at ON skill_packs (organization_id, created_at DESC);

CREATE TABLE marketplace_skills (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            text NOT NULL,
    description     text,
    category        text,
    risk            text,
    source          text,
    source_url      text NOT NULL,
    metadata        json NOT NULL DEFAULT '{}',
    created_at      timestamp(6) NOT NULL,
    updated_at      timestamp(6) NOT NULL,
    CONSTRAINT uq_marketplace_skills_org_source_url UNIQUE (organization_id, source_url)
);
CREATE INDEX ix_marketplace_skills_organization_id_created_at ON marketplace_skills (organization_id, created_at DESC);

CREATE TABLE gateway_installed_skills (
    id         uuid PRIMARY KEY,
    gateway_id uuid NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
    skill_id   uuid NOT NULL REFERENCES marketplace_skills (id) ON DELETE CASCADE,
    created_at timestamp(6) NOT NULL,
    updated_at timestamp(6) NOT NULL,
    CONSTRAINT uq_gateway_installed_skills_gateway_id_skill_id UNIQUE (gateway_id, skill_id)
);
CREATE INDEX ix_gateway_installed_skills_skill_id ON gateway_installed_skills (skill_id);

CREATE TABLE board_webhooks (
    id               uuid PRIMARY KEY,
    board_id         uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    agent_id         uuid REFERENCES agents (id) ON DELETE SET NULL,
    description      text NOT NULL,
    enabled          boolean NOT NULL,
    secret           text,
    signature_header text,
    created_at       timestamp(6) NOT NULL,
    updated_at       timestamp(6) NOT NULL
);
CREATE INDEX ix_board_webhooks_board_id_created_at ON board_webhooks (board_id, created_at DESC);
CREATE INDEX ix_board_webhooks_agent_id ON board_webhooks (agent_id);

CREATE TABLE board_webhook_payloads (
    id           uuid PRIMARY KEY,
    board_id     uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    webhook_id   uuid NOT NULL REFERENCES board_webhooks (id) ON DELETE CASCADE,
    payload      json,
    headers      json,
    source_ip    text,
    content_type text,
    received_at  timestamp(6) NOT NULL
);
CREATE INDEX ix_board_webhook_payloads_board_id_webhook_id_received_at ON board_webhook_payloads (board_id, webhook_id, received_at);
CREATE INDEX ix_board_webhook_payloads_webhook_id ON board_webhook_payloads (webhook_id);
CREATE INDEX ix_board_webhook_payloads_received_at ON board_webhook_payloads (received_at);
