-- Who works, and on what: agents, tasks and what hangs on tasks.

-- +goose Up

CREATE TABLE agents (
    id                           uuid PRIMARY KEY,
    board_id                     uuid REFERENCES boards (id) ON DELETE CASCADE,
    gateway_id                   uuid REFERENCES gateways (id) ON DELETE CASCADE, -- null: an external agent
    name                         text NOT NULL,
    status                       text NOT NULL,
    runtime                      text NOT NULL DEFAULT 'openclaw',
    openclaw_session_id          text,
    agent_token_hash             text,
    agent_token_sha256           text CHECK (length(agent_token_sha256) = 64),
    previous_agent_token_sha256  text CHECK (length(previous_agent_token_sha256) = 64),
    heartbeat_config             json,
    identity_profile             json,
    identity_template            text,
    soul_template                text,
    is_board_lead                boolean NOT NULL,
    provision_requested_at       timestamp(6),
    provision_confirm_token_hash text,
    provision_action             text,
    delete_requested_at          timestamp(6),
    delete_confirm_token_hash    text,
    last_seen_at                 timestamp(6),
    lifecycle_generation         integer NOT NULL,
    wake_attempts                integer NOT NULL,
    last_wake_sent_at            timestamp(6),
    checkin_deadline_at          timestamp(6),
    last_provision_error         text,
    created_at                   timestamp(6) NOT NULL,
    updated_at                   timestamp(6) NOT NULL,
    seq                          bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX uq_agents_agent_token_sha256 ON agents (agent_token_sha256);
CREATE INDEX ix_agents_previous_agent_token_sha256 ON agents (previous_agent_token_sha256) WHERE previous_agent_token_sha256 IS NOT NULL;
CREATE UNIQUE INDEX uq_agents_board_lead ON agents (board_id) WHERE is_board_lead;
CREATE UNIQUE INDEX uq_agents_gateway_main ON agents (gateway_id) WHERE board_id IS NULL;
CREATE INDEX ix_agents_board_id_lower_name ON agents (board_id, (lower(name) COLLATE "C"));
CREATE INDEX ix_agents_board_id_updated_at ON agents (board_id, updated_at);
CREATE INDEX ix_agents_gateway_id ON agents (gateway_id);
CREATE INDEX ix_agents_openclaw_session_id ON agents (openclaw_session_id);

CREATE TABLE tasks (
    id                      uuid PRIMARY KEY,
    board_id                uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    title                   text NOT NULL,
    description             text,
    status                  text NOT NULL CONSTRAINT ck_tasks_status CHECK (status IN ('inbox', 'in_progress', 'review', 'done')),
    priority                text NOT NULL,
    due_at                  timestamp(6),
    in_progress_at          timestamp(6),
    previous_in_progress_at timestamp(6),
    created_by_user_id      uuid REFERENCES users (id) ON DELETE SET NULL,
    assigned_agent_id       uuid REFERENCES agents (id) ON DELETE SET NULL,
    auto_created            boolean NOT NULL,
    auto_reason             text,
    created_at              timestamp(6) NOT NULL,
    updated_at              timestamp(6) NOT NULL
);
CREATE INDEX ix_tasks_board_id_created_at ON tasks (board_id, created_at);
CREATE INDEX ix_tasks_board_id_status_created_at ON tasks (board_id, status, created_at);
CREATE INDEX ix_tasks_board_id_assigned_agent_id_created_at ON tasks (board_id, assigned_agent_id, created_at);
CREATE INDEX ix_tasks_board_id_updated_at ON tasks (board_id, updated_at);
CREATE INDEX ix_tasks_status_updated_at ON tasks (status, updated_at);
CREATE INDEX ix_tasks_assigned_agent_id ON tasks (assigned_agent_id);
CREATE INDEX ix_tasks_created_by_user_id ON tasks (created_by_user_id);

CREATE TABLE task_dependencies (
    id                 uuid PRIMARY KEY,
    board_id           uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id            uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    depends_on_task_id uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    created_at         timestamp(6) NOT NULL,
    CONSTRAINT uq_task_dependencies_task_id_depends_on_task_id UNIQUE (task_id, depends_on_task_id),
    CONSTRAINT ck_task_dependencies_no_self CHECK (task_id <> depends_on_task_id)
);
CREATE INDEX ix_task_dependencies_board_id ON task_dependencies (board_id);
CREATE INDEX ix_task_dependencies_depends_on_task_id ON task_dependencies (depends_on_task_id);

CREATE TABLE tags (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            text NOT NULL,
    slug            text NOT NULL,
    color           text NOT NULL,
    description     text,
    created_at      timestamp(6) NOT NULL,
    updated_at      timestamp(6) NOT NULL,
    CONSTRAINT uq_tags_organization_id_slug UNIQUE (organization_id, slug)
);
CREATE INDEX ix_tags_organization_id_lower_name ON tags (organization_id, (lower(name) COLLATE "C"));

CREATE TABLE tag_assignments (
    id         uuid PRIMARY KEY,
    task_id    uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    tag_id     uuid NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    created_at timestamp(6) NOT NULL,
    CONSTRAINT uq_tag_assignments_task_id_tag_id UNIQUE (task_id, tag_id)
);
CREATE INDEX ix_tag_assignments_tag_id ON tag_assignments (tag_id);

CREATE TABLE task_custom_field_definitions (
    id               uuid PRIMARY KEY,
    organization_id  uuid NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    field_key        text NOT NULL,
    label            text NOT NULL,
    field_type       text NOT NULL DEFAULT 'text' CONSTRAINT ck_tcf_def_field_type CHECK
        (field_type IN ('text', 'text_long', 'integer', 'decimal', 'boolean', 'date', 'date_time', 'url', 'json')),
    ui_visibility    text NOT NULL DEFAULT 'always' CONSTRAINT ck_tcf_def_ui_visibility CHECK
        (ui_visibility IN ('always', 'if_set', 'hidden')),
    validation_regex text,
    description      text,
    required         boolean NOT NULL,
    default_value    json,
    created_at       timestamp(6) NOT NULL,
    updated_at       timestamp(6) NOT NULL,
    CONSTRAINT uq_tcf_def_org_key UNIQUE (organization_id, field_key)
);

CREATE TABLE board_task_custom_fields (
    id                              uuid PRIMARY KEY,
    board_id                        uuid NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_custom_field_definition_id uuid NOT NULL REFERENCES task_custom_field_definitions (id) ON DELETE CASCADE,
    created_at                      timestamp(6) NOT NULL,
    CONSTRAINT uq_board_tcf_binding UNIQUE (board_id, task_custom_field_definition_id)
);
CREATE INDEX ix_board_task_custom_fields_definition_id ON board_task_custom_fields (task_custom_field_definition_id);

CREATE TABLE task_custom_field_values (
    id                              uuid PRIMARY KEY,
    task_id                         uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    task_custom_field_definition_id uuid NOT NULL REFERENCES task_custom_field_definitions (id) ON DELETE CASCADE,
    value                           json,
    created_at                      timestamp(6) NOT NULL,
    updated_at                      timestamp(6) NOT NULL,
    CONSTRAINT uq_tcf_values_task_def UNIQUE (task_id, task_custom_field_definition_id)
);
CREATE INDEX ix_task_custom_field_values_definition_id ON task_custom_field_values (task_custom_field_definition_id);
