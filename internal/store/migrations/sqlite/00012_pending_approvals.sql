-- One pending approval per task. The links of an approval carry its status: the foreign key keeps it theirs, so that
-- an index over the links can say what no index over the approvals could, as one of them may be about several tasks.

-- +goose Up

CREATE UNIQUE INDEX uq_approvals_id_status ON approvals (id, status);

-- A foreign key cannot be added to a table; nothing refers to this one, so it is made again.
CREATE TABLE new_approval_task_links (
    id          TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    approval_id TEXT NOT NULL,
    task_id     TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    status      TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    CONSTRAINT uq_approval_task_links_approval_id_task_id UNIQUE (approval_id, task_id),
    FOREIGN KEY (approval_id, status) REFERENCES approvals (id, status) ON UPDATE CASCADE ON DELETE CASCADE
) STRICT;
INSERT INTO new_approval_task_links (id, approval_id, task_id, status, created_at)
    SELECT l.id, l.approval_id, l.task_id, a.status, l.created_at FROM approval_task_links l JOIN approvals a ON a.id = l.approval_id;
DROP TABLE approval_task_links;
ALTER TABLE new_approval_task_links RENAME TO approval_task_links;
CREATE INDEX ix_approval_task_links_task_id ON approval_task_links (task_id);
CREATE UNIQUE INDEX uq_approval_task_links_pending ON approval_task_links (task_id) WHERE status = 'pending';
