-- Who works, and on what: agents, tasks and what hangs on tasks.

-- +goose Up

CREATE TABLE agents (
    id                           TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id                     TEXT REFERENCES boards (id) ON DELETE CASCADE,
    gateway_id                   TEXT REFERENCES gateways (id) ON DELETE CASCADE, -- null: an external agent
    name                         TEXT NOT NULL,
    status                       TEXT NOT NULL,
    runtime                      TEXT NOT NULL DEFAULT 'openclaw',
    openclaw_session_id          TEXT,
    agent_token_hash             TEXT,
    agent_token_sha256           TEXT CHECK (length(agent_token_sha256) = 64),
    previous_agent_token_sha256  TEXT CHECK (length(previous_agent_token_sha256) = 64),
    heartbeat_config             TEXT CHECK (json_valid(heartbeat_config)),
    identity_profile             TEXT CHECK (json_valid(identity_profile)),
    identity_template            TEXT,
    soul_template                TEXT,
    is_board_lead                INTEGER NOT NULL CHECK (is_board_lead IN (0, 1)),
    provision_requested_at       TEXT,
    provision_confirm_token_hash TEXT,
    provision_action             TEXT,
    delete_requested_at          TEXT,
    delete_confirm_token_hash    TEXT,
    last_seen_at                 TEXT,
    lifecycle_generation         INTEGER NOT NULL,
    wake_attempts                INTEGER NOT NULL,
    last_wake_sent_at            TEXT,
    checkin_deadline_at          TEXT,
    last_provision_error         TEXT,
    created_at                   TEXT NOT NULL,
    updated_at                   TEXT NOT NULL,
    seq                          INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX uq_agents_agent_token_sha256 ON agents (agent_token_sha256);
CREATE INDEX ix_agents_previous_agent_token_sha256 ON agents (previous_agent_token_sha256) WHERE previous_agent_token_sha256 IS NOT NULL;
CREATE UNIQUE INDEX uq_agents_board_lead ON agents (board_id) WHERE is_board_lead;
CREATE UNIQUE INDEX uq_agents_gateway_main ON agents (gateway_id) WHERE board_id IS NULL;
CREATE INDEX ix_agents_board_id_lower_name ON agents (board_id, lower(name));
CREATE INDEX ix_agents_board_id_updated_at ON agents (board_id, updated_at);
CREATE INDEX ix_agents_gateway_id ON agents (gateway_id);
CREATE INDEX ix_agents_openclaw_session_id ON agents (openclaw_session_id);

CREATE TABLE tasks (
    id                      TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id                TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    title                   TEXT NOT NULL,
    description             TEXT,
    status                  TEXT NOT NULL CONSTRAINT ck_tasks_status CHECK (status IN ('inbox', 'in_progress', 'review', 'done')),
    priority                TEXT NOT NULL,
    due_at                  TEXT,
    in_progress_at          TEXT,
    previous_in_progress_at TEXT,
    created_by_user_id      TEXT REFERENCES users (id) ON DELETE SET NULL,
    assigned_agent_id       TEXT REFERENCES agents (id) ON DELETE SET NULL,
    auto_created            INTEGER NOT NULL CHECK (auto_created IN (0, 1)),
    auto_reason             TEXT,
    created_at              TEXT NOT NULL,
    updated_at              TEXT NOT NULL
) STRICT;
CREATE INDEX ix_tasks_board_id_created_at ON tasks (board_id, created_at);
CREATE INDEX ix_tasks_board_id_status_created_at ON tasks (board_id, status, created_at);
CREATE INDEX ix_tasks_board_id_assigned_agent_id_created_at ON tasks (board_id, assigned_agent_id, created_at);
CREATE INDEX ix_tasks_board_id_updated_at ON tasks (board_id, updated_at);
CREATE INDEX ix_tasks_status_updated_at ON tasks (status, updated_at);
CREATE INDEX ix_tasks_assigned_agent_id ON tasks (assigned_agent_id);
CREATE INDEX ix_tasks_created_by_user_id ON tasks (created_by_user_id);

CREATE TABLE task_dependencies (
    id                 TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id           TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_id            TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    depends_on_task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    created_at         TEXT NOT NULL,
    CONSTRAINT uq_task_dependencies_task_id_depends_on_task_id UNIQUE (task_id, depends_on_task_id),
    CONSTRAINT ck_task_dependencies_no_self CHECK (task_id <> depends_on_task_id)
) STRICT;
CREATE INDEX ix_task_dependencies_board_id ON task_dependencies (board_id);
CREATE INDEX ix_task_dependencies_depends_on_task_id ON task_dependencies (depends_on_task_id);

CREATE TABLE tags (
    id              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    name            TEXT NOT NULL,
    slug            TEXT NOT NULL,
    color           TEXT NOT NULL,
    description     TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    CONSTRAINT uq_tags_organization_id_slug UNIQUE (organization_id, slug)
) STRICT;
CREATE INDEX ix_tags_organization_id_lower_name ON tags (organization_id, lower(name));

CREATE TABLE tag_assignments (
    id         TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    task_id    TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    tag_id     TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    CONSTRAINT uq_tag_assignments_task_id_tag_id UNIQUE (task_id, tag_id)
) STRICT;
CREATE INDEX ix_tag_assignments_tag_id ON tag_assignments (tag_id);

CREATE TABLE task_custom_field_definitions (
    id               TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id  TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    field_key        TEXT NOT NULL,
    label            TEXT NOT NULL,
    field_type       TEXT NOT NULL DEFAULT 'text' CONSTRAINT ck_tcf_def_field_type CHECK
        (field_type IN ('text', 'text_long', 'integer', 'decimal', 'boolean', 'date', 'date_time', 'url', 'json')),
    ui_visibility    TEXT NOT NULL DEFAULT 'always' CONSTRAINT ck_tcf_def_ui_visibility CHECK
        (ui_visibility IN ('always', 'if_set', 'hidden')),
    validation_regex TEXT,
    description      TEXT,
    required         INTEGER NOT NULL CHECK (required IN (0, 1)),
    default_value    TEXT CHECK (json_valid(default_value)),
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL,
    CONSTRAINT uq_tcf_def_org_key UNIQUE (organization_id, field_key)
) STRICT;

CREATE TABLE board_task_custom_fields (
    id                              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    board_id                        TEXT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    task_custom_field_definition_id TEXT NOT NULL REFERENCES task_custom_field_definitions (id) ON DELETE CASCADE,
    created_at                      TEXT NOT NULL,
    CONSTRAINT uq_board_tcf_binding UNIQUE (board_id, task_custom_field_definition_id)
) STRICT;
CREATE INDEX ix_board_task_custom_fields_definition_id ON board_task_custom_fields (task_custom_field_definition_id);

CREATE TABLE task_custom_field_values (
    id                              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    task_id                         TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    task_custom_field_definition_id TEXT NOT NULL REFERENCES task_custom_field_definitions (id) ON DELETE CASCADE,
    value                           TEXT CHECK (json_valid(value)),
    created_at                      TEXT NOT NULL,
    updated_at                      TEXT NOT NULL,
    CONSTRAINT uq_tcf_values_task_def UNIQUE (task_id, task_custom_field_definition_id)
) STRICT;
CREATE INDEX ix_task_custom_field_values_definition_id ON task_custom_field_values (task_custom_field_definition_id);
