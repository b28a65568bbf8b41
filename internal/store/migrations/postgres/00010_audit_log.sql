-- Who did what to whom. Entries are written once; they go with their organization, and in no other way.

-- +goose Up

CREATE TABLE audit_log (
    id              uuid PRIMARY KEY,
    organization_id uuid REFERENCES organizations (id) ON DELETE CASCADE, -- null: concerns the installation
    at              timestamp(6) NOT NULL,
    actor_kind      text NOT NULL,
    actor_id        uuid,
    actor_name      text NOT NULL,
    action          text NOT NULL,
    area            text NOT NULL,
    target_kind     text NOT NULL,
    target_id       uuid NOT NULL,
    target_name     text NOT NULL,
    details         json,
    address         text NOT NULL,
    request_id      text NOT NULL
);
CREATE INDEX ix_audit_log_organization_id_at ON audit_log (organization_id, at, id);
CREATE INDEX ix_audit_log_organization_id_action_at ON audit_log (organization_id, action, at, id);
CREATE INDEX ix_audit_log_organization_id_area_at ON audit_log (organization_id, area, at, id);
CREATE INDEX ix_audit_log_organization_id_actor_id_at ON audit_log (organization_id, actor_id, at, id);
CREATE INDEX ix_audit_log_organization_id_target_id_at ON audit_log (organization_id, target_id, at, id);

-- +goose StatementBegin
CREATE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'the audit log is never changed';
    END IF;
    IF OLD.organization_id IS NULL OR EXISTS (SELECT 1 FROM organizations WHERE id = OLD.organization_id) THEN
        RAISE EXCEPTION 'the audit log is never deleted but with its organization';
    END IF;
    RETURN OLD;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_log_is_guarded BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_guard();
