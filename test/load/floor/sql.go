package floor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"strings"
)

const (
	userCols = `u.id, u.clerk_user_id, u.email, u.name, u.preferred_name, u.pronouns, u.timezone, u.notes, u.context,
		u.is_super_admin, u.active_organization_id`
	memberCols = `m.id, m.organization_id, m.user_id, m.role, m.all_boards_read, m.all_boards_write, m.created_at, m.updated_at`
	boardCols  = `b.id, b.organization_id, b.name, b.slug, b.description, b.gateway_id, b.board_group_id, b.board_type, b.objective,
		b.success_metrics, b.target_date, b.goal_confirmed, b.goal_source, b.require_approval_for_done, b.require_review_before_done,
		b.comment_required_for_review, b.block_status_changes_with_pending_approval, b.only_lead_can_change_status, b.max_agents,
		b.runtime, b.created_at, b.updated_at`
	taskCols = `t.id, t.board_id, t.title, t.description, t.status, t.priority, t.due_at, t.in_progress_at, t.previous_in_progress_at,
		t.created_by_user_id, t.assigned_agent_id, t.auto_created, t.auto_reason, t.created_at, t.updated_at, t.status_changed_at,
		t.work_started_at, t.work_ended_at`
	agentCols = `a.id, a.board_id, a.gateway_id, a.name, a.status, a.runtime, a.openclaw_session_id, a.agent_token_hash,
		a.agent_token_sha256, a.previous_agent_token_sha256, a.heartbeat_config, a.identity_profile, a.identity_template,
		a.soul_template, a.is_board_lead, a.provision_requested_at, a.provision_action, a.provision_confirm_token_hash,
		a.delete_requested_at, a.delete_confirm_token_hash, a.last_seen_at, a.lifecycle_generation, a.wake_attempts,
		a.last_wake_sent_at, a.checkin_deadline_at, a.last_provision_error, a.created_at, a.updated_at, a.seq`
	eventCols = `e.id, e.event_type, e.message, e.agent_id, e.task_id, e.board_id, e.actor_user_id, e.created_at, e.seq`
)

// queries are the prepared statements that read: those of Mission Control.
type queries struct {
	session, board, member            *sql.Stmt
	boardCount, boards                *sql.Stmt
	task, taskCount, tasks            *sql.Stmt
	agent, agentByToken, agents, lead *sql.Stmt
	event                             *sql.Stmt
	edges                             []*sql.Stmt // by the logarithm of the length of their list
	tasksByID                         *sql.Stmt   // a list of one
}

// maxEdges is the logarithm of the longest list of tasks.
const maxEdges = 8

// preparer is a pool or a connection.
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

func prepareQueries(ctx context.Context, db preparer) (*queries, error) {
	q := &queries{edges: make([]*sql.Stmt, maxEdges+1)}
	statements := map[**sql.Stmt]string{
		&q.session: `SELECT ` + userCols + `, m.id, m.role, m.all_boards_read, m.all_boards_write, m.created_at, m.updated_at
			FROM users u LEFT JOIN organization_members m ON m.user_id = u.id AND m.organization_id = u.active_organization_id
			WHERE u.clerk_user_id = ?`,
		&q.board:        `SELECT ` + boardCols + ` FROM boards b WHERE b.id = ?`,
		&q.member:       `SELECT ` + memberCols + ` FROM organization_members m WHERE m.organization_id = ? AND m.user_id = ?`,
		&q.boardCount:   `SELECT count(*) FROM boards b WHERE b.organization_id = ?`,
		&q.boards:       `SELECT ` + boardCols + ` FROM boards b WHERE b.organization_id = ? ORDER BY lower(b.name), b.created_at DESC, b.id LIMIT ? OFFSET ?`,
		&q.task:         `SELECT ` + taskCols + ` FROM tasks t WHERE t.id = ? AND t.board_id = ?`,
		&q.taskCount:    `SELECT count(*) FROM tasks t WHERE t.board_id = ?`,
		&q.tasks:        `SELECT ` + taskCols + ` FROM tasks t WHERE t.board_id = ? ORDER BY t.created_at DESC, t.id LIMIT ? OFFSET ?`,
		&q.tasksByID:    `SELECT ` + taskCols + ` FROM tasks t WHERE t.board_id = ? AND t.id IN (?)`,
		&q.agent:        `SELECT ` + agentCols + ` FROM agents a WHERE a.id = ?`,
		&q.agentByToken: `SELECT ` + agentCols + ` FROM agents a WHERE a.agent_token_sha256 = ? OR a.previous_agent_token_sha256 = ? LIMIT 1`,
		&q.agents:       `SELECT ` + agentCols + ` FROM agents a WHERE a.board_id = ? ORDER BY a.created_at DESC, a.id`,
		&q.lead:         `SELECT ` + agentCols + ` FROM agents a WHERE a.board_id = ? AND a.is_board_lead LIMIT 1`,
		&q.event:        `SELECT ` + eventCols + ` FROM activity_events e WHERE e.id = ?`,
	}
	for n := range q.edges {
		statements[&q.edges[n]] = `SELECT d.task_id, d.depends_on_task_id, t.status
			FROM task_dependencies d JOIN tasks t ON t.id = d.depends_on_task_id
			WHERE d.task_id IN ` + tuple(1<<n) + ` ORDER BY d.created_at, d.id`
	}
	return q, prepareAll(ctx, db, statements)
}

// commands are the prepared statements that write.
type commands struct {
	begin, commit, rollback                      *sql.Stmt
	insertUser, insertOrganization, insertMember *sql.Stmt
	insertBoard, insertAgent, insertTask         *sql.Stmt
	insertDependency                             *sql.Stmt
	updateTask, updateAgent, setToken            *sql.Stmt
	number, numberAgent, insertEvent             *sql.Stmt
	log                                          []*sql.Stmt // by the number of rows, from 1 on

	note, takeNote, taskText, commentText, boardText *sql.Stmt
	insertDocument, insertWords                      *sql.Stmt
}

const maxLogged = 2

func prepareCommands(ctx context.Context, db preparer) (*commands, error) {
	c := &commands{log: make([]*sql.Stmt, maxLogged)}
	statements := map[**sql.Stmt]string{
		&c.begin: `BEGIN IMMEDIATE`, &c.commit: `COMMIT`, &c.rollback: `ROLLBACK`,
		&c.insertUser:         `INSERT INTO users (id, clerk_user_id, email, name, is_super_admin, active_organization_id) VALUES ` + tuple(6),
		&c.insertOrganization: `INSERT INTO organizations (id, name, created_at, updated_at) VALUES ` + tuple(4),
		&c.insertMember: `INSERT INTO organization_members
			(id, organization_id, user_id, role, all_boards_read, all_boards_write, created_at, updated_at) VALUES ` + tuple(8),
		&c.insertBoard: `INSERT INTO boards (` + strings.ReplaceAll(boardCols, "b.", "") + `) VALUES ` + tuple(22),
		&c.insertAgent: `INSERT INTO agents (id, board_id, name, status, runtime, heartbeat_config, is_board_lead, lifecycle_generation,
			wake_attempts, created_at, updated_at) VALUES ` + tuple(11),
		&c.insertTask:       `INSERT INTO tasks (` + strings.ReplaceAll(taskCols, "t.", "") + `) VALUES ` + tuple(18),
		&c.insertDependency: `INSERT INTO task_dependencies (id, board_id, task_id, depends_on_task_id, created_at) VALUES ` + tuple(5),
		&c.updateTask: `UPDATE tasks SET title = ?, description = ?, status = ?, priority = ?, due_at = ?, in_progress_at = ?,
			previous_in_progress_at = ?, assigned_agent_id = ?, updated_at = ?, status_changed_at = ?, work_started_at = ?, work_ended_at = ?
			WHERE id = ?`,
		&c.updateAgent: `UPDATE agents SET board_id = ?, gateway_id = ?, name = ?, status = ?, runtime = ?, openclaw_session_id = ?,
			agent_token_hash = ?, agent_token_sha256 = ?, previous_agent_token_sha256 = ?, heartbeat_config = ?, identity_profile = ?,
			identity_template = ?, soul_template = ?, is_board_lead = ?, provision_requested_at = ?, provision_action = ?, last_seen_at = ?,
			lifecycle_generation = ?, wake_attempts = ?, last_wake_sent_at = ?, checkin_deadline_at = ?, last_provision_error = ?,
			updated_at = ? WHERE id = ?`,
		&c.setToken:    `UPDATE agents SET agent_token_sha256 = ? WHERE id = ?`,
		&c.number:      `UPDATE change_counter SET value = value + ? WHERE id = 1 RETURNING value`,
		&c.numberAgent: `UPDATE agents SET seq = ? WHERE id = ?`,
		&c.insertEvent: `INSERT INTO activity_events (` + strings.ReplaceAll(eventCols, "e.", "") + `) VALUES ` + tuple(9),
	}
	for into, text := range searchStatements(c) {
		statements[into] = text
	}
	for n := range c.log {
		statements[&c.log[n]] = `INSERT INTO change_log (seq, kind, scope_id, entity_id, detail, at) VALUES ` +
			tuple(6) + strings.Repeat(`, `+tuple(6), n)
	}
	return c, prepareAll(ctx, db, statements)
}

// searchStatements keep the index of the search.
func searchStatements(c *commands) map[**sql.Stmt]string {
	return map[**sql.Stmt]string{
		&c.note:     `SELECT p.id, p.kind, p.entity_id FROM search_pending p ORDER BY p.id LIMIT ?`,
		&c.takeNote: `DELETE FROM search_pending WHERE id IN (?)`,
		&c.taskText: `SELECT b.organization_id, t.board_id, t.title, substr(coalesce(t.description, ''), 1, 20000)
			FROM tasks t JOIN boards b ON b.id = t.board_id WHERE t.id = ?`,
		&c.commentText: `SELECT b.organization_id, t.board_id, t.title, substr(coalesce(e.message, ''), 1, 20000)
			FROM activity_events e JOIN tasks t ON t.id = e.task_id JOIN boards b ON b.id = t.board_id WHERE e.event_type = 'task.comment' AND e.id = ?`,
		&c.boardText:      `SELECT b.organization_id, b.id, b.name, substr(b.description || ' ' || coalesce(b.objective, ''), 1, 20000) FROM boards b WHERE b.id = ?`,
		&c.insertDocument: `INSERT INTO search_documents (kind, entity_id) VALUES (?, ?) ON CONFLICT (entity_id) DO UPDATE SET kind = excluded.kind RETURNING id`,
		&c.insertWords:    `INSERT OR REPLACE INTO search_words (rowid, scope, title, body) VALUES (?, ?, ?, ?)`,
	}
}

func prepareAll(ctx context.Context, db preparer, statements map[**sql.Stmt]string) error {
	var errs []error
	for into, text := range statements {
		stmt, err := db.PrepareContext(ctx, text) //nolint:sqlclosecheck // it goes with its connection
		if err != nil {
			errs = append(errs, fmt.Errorf("prepare %s: %w", text, err))
		}
		*into = stmt
	}
	return errors.Join(errs...)
}

func tuple(n int) string { return "(?" + strings.Repeat(",?", n-1) + ")" }

// edgesOf is the statement for the edges of a list of tasks, with its arguments:
// the list, padded to a power of two.
func (q *queries) edgesOf(ids []string) (*sql.Stmt, []any) {
	n := bits.Len(uint(len(ids) - 1))
	args := make([]any, 1<<n)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	return q.edges[n], args
}
