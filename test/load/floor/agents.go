package floor

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/google/uuid"
)

// agent is an agent as clients see it.
type agent struct {
	BoardID          *string         `json:"board_id"`
	Name             string          `json:"name"`
	Status           string          `json:"status"`
	HeartbeatConfig  json.RawMessage `json:"heartbeat_config"`
	IdentityProfile  json.RawMessage `json:"identity_profile"`
	IdentityTemplate *string         `json:"identity_template"`
	SoulTemplate     *string         `json:"soul_template"`
	ID               string          `json:"id"`
	GatewayID        *string         `json:"gateway_id"`
	IsBoardLead      bool            `json:"is_board_lead"`
	IsGatewayMain    bool            `json:"is_gateway_main"`
	SessionKey       *string         `json:"openclaw_session_id"`
	LastSeenAt       *stamp          `json:"last_seen_at"`
	CreatedAt        stamp           `json:"created_at"`
	UpdatedAt        stamp           `json:"updated_at"`
	Runtime          string          `json:"runtime"`

	tokenHash, tokenSHA256, previousTokenSHA256             *string
	provisionRequestedAt, provisionAction, provisionConfirm *string
	deleteRequestedAt, deleteConfirm                        *string
	lastWakeSentAt, checkinDeadlineAt, lastProvisionError   *string
	generation, wakes                                       int
	seq                                                     int64
}

func scanAgent(r row) (a agent, err error) {
	err = r.Scan(&a.ID, &a.BoardID, &a.GatewayID, &a.Name, &a.Status, &a.Runtime, &a.SessionKey, &a.tokenHash, &a.tokenSHA256,
		&a.previousTokenSHA256, (*[]byte)(&a.HeartbeatConfig), (*[]byte)(&a.IdentityProfile), &a.IdentityTemplate, &a.SoulTemplate,
		&a.IsBoardLead, &a.provisionRequestedAt, &a.provisionAction, &a.provisionConfirm, &a.deleteRequestedAt, &a.deleteConfirm,
		&a.LastSeenAt, &a.generation, &a.wakes, &a.lastWakeSentAt, &a.checkinDeadlineAt, &a.lastProvisionError, &a.CreatedAt,
		&a.UpdatedAt, &a.seq)
	return a, err
}

// loadAgents reads the agents of a board, of whom a comment may mention some.
func (w *writer) loadAgents(board string) (agents []agent, err error) {
	rows, err := w.agents.Query(board)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a, err := scanAgent(rows)
		if err != nil {
			return nil, err
		}
		agents = append(agents, a)
	}
	return agents, rows.Err()
}

func (s *Server) createAgent(r *http.Request) (any, error) {
	if _, err := s.session(r); err != nil {
		return nil, err
	}
	a := agent{Status: "provisioning", Runtime: "external", HeartbeatConfig: json.RawMessage(`{"every":"10m","target":"last","includeReasoning":false}`)}
	if err := decode(r, &a); err != nil {
		return nil, err
	}
	a.ID, a.CreatedAt = uuid.NewString(), now()
	a.UpdatedAt = a.CreatedAt
	err := s.writer.transact(func() ([]change, error) {
		_, err := s.writer.insertAgent.Exec(a.ID, a.BoardID, a.Name, a.Status, a.Runtime, string(a.HeartbeatConfig), a.IsBoardLead, 0, 0, a.CreatedAt, a.UpdatedAt)
		return nil, err
	})
	return a, err
}

func (s *Server) mintToken(r *http.Request) (any, error) {
	if _, err := s.session(r); err != nil {
		return nil, err
	}
	token := rand.Text()
	err := s.writer.transact(func() ([]change, error) {
		_, err := s.writer.setToken.Exec(digest(token), r.PathValue("agent"))
		return nil, err
	})
	return map[string]string{"token": token}, err
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// caller loads the agent that calls.
func (s *Server) caller(r *http.Request) (agent, error) {
	d := digest(r.Header.Get("X-Agent-Token"))
	a, err := scanAgent(s.reads.agentByToken.QueryRow(d, d))
	if errors.Is(err, sql.ErrNoRows) {
		err = status(http.StatusUnauthorized)
	}
	return a, err
}

func (s *Server) listTasksAsAgent(r *http.Request) (any, error) {
	a, err := s.caller(r)
	if err != nil {
		return nil, err
	}
	b, err := scanBoard(s.reads.board.QueryRow(r.PathValue("board")))
	if errors.Is(err, sql.ErrNoRows) {
		err = status(http.StatusNotFound)
	}
	if err == nil && (a.BoardID == nil || *a.BoardID != b.ID) {
		err = status(http.StatusForbidden)
	}
	if err != nil {
		return nil, err
	}
	return s.tasks(b.ID, limitOf(r))
}

func (s *Server) heartbeat(r *http.Request) (any, error) {
	caller, err := s.caller(r)
	if err != nil {
		return nil, err
	}
	var a agent
	w := s.writer
	err = w.transact(func() ([]change, error) {
		if a, err = scanAgent(w.agent.QueryRow(caller.ID)); err != nil {
			return nil, err
		}
		at := now()
		if a.Status == "provisioning" {
			a.Status = "online"
		}
		a.LastSeenAt, a.UpdatedAt, a.wakes, a.checkinDeadlineAt, a.lastProvisionError = &at, at, 0, nil, nil
		_, err := w.updateAgent.Exec(a.BoardID, a.GatewayID, a.Name, a.Status, a.Runtime, a.SessionKey, a.tokenHash, a.tokenSHA256,
			a.previousTokenSHA256, text(a.HeartbeatConfig), text(a.IdentityProfile), a.IdentityTemplate, a.SoulTemplate, a.IsBoardLead,
			a.provisionRequestedAt, a.provisionAction, a.LastSeenAt, a.generation, a.wakes, a.lastWakeSentAt, a.checkinDeadlineAt,
			a.lastProvisionError, a.UpdatedAt, a.ID)
		e := &event{id: uuid.NewString(), kind: "agent.heartbeat", message: "Heartbeat received from " + a.Name + ".", agent: &a.ID, board: a.BoardID, at: at}
		return []change{{kind: "agent", board: *a.BoardID, entity: a.ID}, recorded(e)}, err
	})
	if err != nil {
		return nil, err
	}
	if a.GatewayID == nil {
		nobody := uuid.Nil.String()
		a.GatewayID = &nobody
	}
	a.LastSeenAt.wire()
	a.CreatedAt.wire()
	a.UpdatedAt.wire()
	return a, nil
}

// text is stored JSON as an argument: null when there is none.
func text(raw json.RawMessage) any {
	if raw == nil {
		return nil
	}
	return string(raw)
}
