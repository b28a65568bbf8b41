-- Who did what to whom. Entries are written once; they go with their organization, and in no other way.

-- +goose Up

CREATE TABLE audit_log (
    id              TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    organization_id TEXT REFERENCES organizations (id) ON DELETE CASCADE, -- null: concerns the installation
    at              TEXT NOT NULL,
    actor_kind      TEXT NOT NULL,
    actor_id        TEXT CHECK (length(actor_id) = 36),
    actor_name      TEXT NOT NULL,
    action          TEXT NOT NULL,
    area            TEXT NOT NULL,
    target_kind     TEXT NOT NULL,
    target_id       TEXT NOT NULL CHECK (length(target_id) = 36),
    target_name     TEXT NOT NULL,
    details         TEXT,
    address         TEXT NOT NULL,
    request_id      TEXT NOT NULL
) STRICT;
CREATE INDEX ix_audit_log_organization_id_at ON audit_log (organization_id, at, id);
CREATE INDEX ix_audit_log_organization_id_action_at ON audit_log (organization_id, action, at, id);
CREATE INDEX ix_audit_log_organization_id_area_at ON audit_log (organization_id, area, at, id);
CREATE INDEX ix_audit_log_organization_id_actor_id_at ON audit_log (organization_id, actor_id, at, id);
CREATE INDEX ix_audit_log_organization_id_target_id_at ON audit_log (organization_id, target_id, at, id);

-- +goose StatementBegin
CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_log_is_not_deleted BEFORE DELETE ON audit_log
WHEN OLD.organization_id IS NULL OR EXISTS (SELECT 1 FROM organizations WHERE id = OLD.organization_id)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is never deleted but with its organization');
END;
-- +goose StatementEnd
