-- One pending approval per task. The links of an approval carry its status: the foreign key keeps it theirs, so that
-- an index over the links can say what no index over the approvals could, as one of them may be about several tasks.

-- +goose Up

CREATE UNIQUE INDEX uq_approvals_id_status ON approvals (id, status);

ALTER TABLE approval_task_links ADD COLUMN status text;
UPDATE approval_task_links SET status = (SELECT a.status FROM approvals a WHERE a.id = approval_id);
ALTER TABLE approval_task_links
    ALTER COLUMN status SET NOT NULL,
    DROP CONSTRAINT approval_task_links_approval_id_fkey,
    ADD FOREIGN KEY (approval_id, status) REFERENCES approvals (id, status) ON UPDATE CASCADE ON DELETE CASCADE;
CREATE UNIQUE INDEX uq_approval_task_links_pending ON approval_task_links (task_id) WHERE status = 'pending';
