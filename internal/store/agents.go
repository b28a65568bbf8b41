package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	agentTable = tableOf[mc.Agent]("agents")
	agentCols  = agentTable.cols("a")
)

const agentFrom = ` FROM agents a `

// Agent loads an agent.
func (r Reader) Agent(ctx context.Context, id mc.ID) (mc.Agent, error) {
	return get[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.id = ?`, id)
}

// AgentByToken loads the agent whose current or, during a rotation, previous
// token has this SHA-256 (hex).
func (r Reader) AgentByToken(ctx context.Context, sha256 string) (mc.Agent, error) {
	return get[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.agent_token_sha256 = ? OR a.previous_agent_token_sha256 = ? LIMIT 1`, sha256, sha256)
}

// AgentsWithoutLookup lists agents whose token is only known by its slow hash,
// as in an adopted database.
func (r Reader) AgentsWithoutLookup(ctx context.Context) ([]mc.Agent, error) {
	return list[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.agent_token_sha256 IS NULL AND a.agent_token_hash IS NOT NULL`)
}

// MainAgent loads the main agent of a gateway.
func (r Reader) MainAgent(ctx context.Context, gateway mc.ID) (mc.Agent, error) {
	return get[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.gateway_id = ? AND a.board_id IS NULL ORDER BY a.created_at, a.id LIMIT 1`, gateway)
}

// AgentBySession loads the agent that has a session key; nil when none has.
func (r Reader) AgentBySession(ctx context.Context, key string) (*mc.Agent, error) {
	return find[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.openclaw_session_id = ? ORDER BY a.created_at, a.id LIMIT 1`, key)
}

// Lead loads the lead of a board.
func (r Reader) Lead(ctx context.Context, board mc.ID) (mc.Agent, error) {
	return get[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.board_id = ? AND a.is_board_lead LIMIT 1`, board)
}

// AgentsOfBoard lists all agents of a board, newest first.
func (r Reader) AgentsOfBoard(ctx context.Context, board mc.ID) ([]mc.Agent, error) {
	return list[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.board_id = ? ORDER BY a.created_at DESC, a.id`, board)
}

// AgentsOfBoards lists all agents of these boards, oldest first.
func (r Reader) AgentsOfBoards(ctx context.Context, boards []mc.ID) ([]mc.Agent, error) {
	return listIn[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.board_id`, boards, ` ORDER BY a.created_at, a.id`)
}

// AgentsByID loads the agents with these ids that exist, in no order.
func (r Reader) AgentsByID(ctx context.Context, ids []mc.ID) ([]mc.Agent, error) {
	return listIn[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.id`, ids, ``)
}

// MainAgents lists the board-less agents of a gateway.
func (r Reader) MainAgents(ctx context.Context, gateway mc.ID) ([]mc.Agent, error) {
	return list[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE a.gateway_id = ? AND a.board_id IS NULL`, gateway)
}

// AgentFilter chooses agents of a list. Exactly one of Member, BoardID and
// OrganizationID bounds the list; the other fields narrow it.
type AgentFilter struct {
	Member         *mc.Member // agents on boards the member may read, and main agents of the organization's gateways
	OrganizationID *mc.ID     // agents on boards of the organization, and main agents of its gateways
	BoardID        *mc.ID
	GatewayID      *mc.ID // agents on boards of the gateway, and its main agent
	WithoutMain    bool
}

func (f AgentFilter) where(r Reader) (string, []any) {
	organization := f.OrganizationID
	if f.Member != nil {
		organization = &f.Member.OrganizationID
	}
	var args []any
	where := "TRUE"
	if organization != nil {
		boards := `SELECT b.id FROM boards b WHERE b.organization_id = ?`
		args = append(args, *organization)
		if f.Member != nil && !f.Member.ReadsAllBoards() {
			boards, args = boards+" AND "+granted, append(args, f.Member.ID)
		}
		where = r.among("a.board_id", boards)
		if !f.WithoutMain {
			where += ` OR a.board_id IS NULL AND ` + r.among("a.gateway_id", `SELECT w.id FROM gateways w WHERE w.organization_id = ?`)
			args = append(args, *organization)
		}
		where = "(" + where + ")"
	}
	if f.BoardID != nil {
		where, args = where+" AND a.board_id = ?", append(args, *f.BoardID)
	}
	if f.GatewayID != nil {
		where += ` AND (` + r.among("a.board_id", `SELECT b.id FROM boards b WHERE b.gateway_id = ?`) + ` OR a.board_id IS NULL AND a.gateway_id = ?)`
		args = append(args, *f.GatewayID, *f.GatewayID)
	}
	return where, args
}

// Agents lists a page of agents, newest first.
func (r Reader) Agents(ctx context.Context, f AgentFilter, limit, offset int) ([]mc.Agent, int64, error) {
	where, args := f.where(r)
	return page[mc.Agent](ctx, r, agentCols, agentFrom+`WHERE `+where, `a.created_at DESC, a.id`, limit, offset, args...)
}

// AgentsSince lists board agents whose last change comes after a number (0: any)
// and, with a time, that changed or were seen at or after it, in the order of
// changes.
func (r Reader) AgentsSince(ctx context.Context, f AgentFilter, since *mc.Time, after int64) ([]mc.Agent, error) {
	f.WithoutMain = true
	where, args := f.where(r)
	if since != nil {
		where, args = where+` AND (a.updated_at >= ? OR a.last_seen_at >= ?)`, append(args, *since, *since)
	}
	if after > 0 || since == nil {
		where, args = where+` AND a.seq > ?`, append(args, after)
	}
	return list[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE `+where+` ORDER BY a.seq, a.updated_at, a.id`, args...)
}

// WorkerCount returns how many agents of a board are not its lead.
func (r Reader) WorkerCount(ctx context.Context, board mc.ID) (int, error) {
	return count(ctx, r, `SELECT count(*) FROM agents WHERE board_id = ? AND NOT is_board_lead`, board)
}

// AgentNamed looks for agents of the name, in any case: on the board, and among
// those that live on the gateway, on any of its boards.
func (r Reader) AgentNamed(ctx context.Context, name string, board mc.ID, gateway *mc.ID) (onBoard, onGateway *mc.Agent, err error) {
	agents, err := list[mc.Agent](ctx, r, `
		SELECT `+agentCols+agentFrom+`
		WHERE lower(a.name) = lower(?)
			AND (a.board_id = ? OR a.runtime <> ? AND a.board_id IN (SELECT b.id FROM boards b WHERE b.gateway_id = ?))`, name, board, mc.RuntimeExternal, gateway)
	for i := range agents {
		if agents[i].OnBoard(board) {
			onBoard = &agents[i]
		} else {
			onGateway = &agents[i]
		}
	}
	return onBoard, onGateway, err
}

// AgentByName loads the first agent with exactly this name in an organization,
// on the board if one is given.
func (r Reader) AgentByName(ctx context.Context, organization mc.ID, name string, board *mc.ID) (mc.Agent, error) {
	f := AgentFilter{OrganizationID: &organization, BoardID: board}
	where, args := f.where(r)
	return get[mc.Agent](ctx, r, `SELECT `+agentCols+agentFrom+`WHERE `+where+` AND a.name = ? ORDER BY a.created_at, a.id LIMIT 1`, append(args, name)...)
}

// LockAgent loads an agent and holds its row until the end of the transaction.
func (tx *Tx) LockAgent(ctx context.Context, id mc.ID) (mc.Agent, error) {
	return get[mc.Agent](ctx, tx.Reader, `SELECT `+agentCols+agentFrom+`WHERE a.id = ?`+tx.forUpdate(), id)
}

// LockAgentsOfGroup loads the agents of all boards of a group, without their
// leads unless asked, and holds their rows until the end of the transaction.
func (tx *Tx) LockAgentsOfGroup(ctx context.Context, group mc.ID, leads bool) ([]mc.Agent, error) {
	where := `a.board_id IN (SELECT b.id FROM boards b WHERE b.board_group_id = ?)`
	if !leads {
		where += ` AND NOT a.is_board_lead`
	}
	// In the order of ids, so that two who lock the same agents do not wait for each other.
	return list[mc.Agent](ctx, tx.Reader, `SELECT `+agentCols+agentFrom+`WHERE `+where+` ORDER BY a.id`+tx.forUpdate(), group)
}

// InsertAgent adds an agent and announces it.
func (tx *Tx) InsertAgent(ctx context.Context, a mc.Agent) error {
	if err := agentTable.insert(ctx, tx, &a); err != nil {
		return err
	}
	tx.announceAgent(a)
	return nil
}

// UpdateAgent writes everything of an agent that may change, and announces it.
func (tx *Tx) UpdateAgent(ctx context.Context, a mc.Agent) error {
	tx.announceAgent(a)
	return agentTable.update(ctx, tx, &a,
		"board_id", "gateway_id", "name", "status", "runtime", "openclaw_session_id", "agent_token_hash", "agent_token_sha256", "previous_agent_token_sha256",
		"heartbeat_config", "identity_profile", "identity_template", "soul_template", "is_board_lead", "provision_requested_at", "provision_action",
		"last_seen_at", "lifecycle_generation", "wake_attempts", "last_wake_sent_at", "checkin_deadline_at", "last_provision_error", "updated_at", "changed_at")
}

func (tx *Tx) announceAgent(a mc.Agent) {
	var scope mc.ID
	if a.BoardID != nil {
		scope = *a.BoardID
	}
	tx.Announce(KindAgent, scope, a.ID)
}

// DeleteAgent removes an agent. Tasks it worked on go back to the inbox, tasks
// it was assigned lose their assignee; its activity stays, without its name.
func (tx *Tx) DeleteAgent(ctx context.Context, id mc.ID) error {
	tx.Announce(KindAccess, id, id)
	now := tx.Now()
	released, err := tx.nextVersion(ctx, "tasks", "assigned_agent_id = ?", id)
	if err != nil {
		return err
	}
	orphaned, err := tx.nextVersion(ctx, "approvals", "agent_id = ?", id)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`UPDATE tasks SET status = ?, assigned_agent_id = NULL, in_progress_at = NULL, updated_at = ? WHERE assigned_agent_id = ? AND status = ?`, []any{mc.StatusInbox, released, id, mc.StatusInProgress}},
		{`UPDATE tasks SET assigned_agent_id = NULL, updated_at = ? WHERE assigned_agent_id = ?`, []any{released, id}},
		{`UPDATE activity_events SET agent_id = NULL WHERE agent_id = ?`, []any{id}},
		{`UPDATE approvals SET agent_id = NULL, updated_at = ? WHERE agent_id = ?`, []any{orphaned, id}},
		{`UPDATE board_webhooks SET agent_id = NULL, updated_at = ? WHERE agent_id = ?`, []any{now, id}},
		{`DELETE FROM agents WHERE id = ?`, []any{id}},
	} {
		if _, err := exec(ctx, tx, step.sql, step.args...); err != nil {
			return err
		}
	}
	return nil
}
