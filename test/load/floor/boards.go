package floor

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/google/uuid"
)

const localUser = "local-auth-user"

// user is the person as clients see them.
type user struct {
	ClerkUserID   string  `json:"clerk_user_id"`
	Email         *string `json:"email"`
	Name          *string `json:"name"`
	PreferredName *string `json:"preferred_name"`
	Pronouns      *string `json:"pronouns"`
	Timezone      *string `json:"timezone"`
	Notes         *string `json:"notes"`
	Context       *string `json:"context"`
	ID            string  `json:"id"`
	IsSuperAdmin  bool    `json:"is_super_admin"`

	organization string
}

// session loads who calls, with the membership that they act in.
func (s *Server) session(r *http.Request) (*user, error) {
	if err := s.signedIn(r); err != nil {
		return nil, err
	}
	var u user
	var memberID, role, createdAt, updatedAt string
	var allRead, allWrite bool
	err := s.reads.session.QueryRow(localUser).Scan(&u.ID, &u.ClerkUserID, &u.Email, &u.Name, &u.PreferredName, &u.Pronouns, &u.Timezone,
		&u.Notes, &u.Context, &u.IsSuperAdmin, &u.organization, &memberID, &role, &allRead, &allWrite, &createdAt, &updatedAt)
	return &u, err
}

func (s *Server) me(r *http.Request) (any, error) { return s.session(r) }

// bootstrap makes the person and an organization for them.
func (s *Server) bootstrap(r *http.Request) (any, error) {
	u, err := s.session(r)
	if !errors.Is(err, sql.ErrNoRows) {
		return u, err
	}
	id, org, at := uuid.NewString(), uuid.NewString(), now()
	err = s.writer.transact(func() ([]change, error) {
		if _, err := s.writer.insertOrganization.Exec(org, "Personal", at, at); err != nil {
			return nil, err
		}
		if _, err := s.writer.insertUser.Exec(id, localUser, "admin@home.local", "Local User", false, org); err != nil {
			return nil, err
		}
		_, err := s.writer.insertMember.Exec(uuid.NewString(), org, id, "owner", true, true, at, at)
		return nil, err
	})
	if err != nil {
		return nil, err
	}
	return s.session(r)
}

// board is a board as clients see it.
type board struct {
	Name                                  string          `json:"name"`
	Slug                                  string          `json:"slug"`
	Description                           string          `json:"description"`
	GatewayID                             *string         `json:"gateway_id"`
	BoardGroupID                          *string         `json:"board_group_id"`
	BoardType                             string          `json:"board_type"`
	Objective                             *string         `json:"objective"`
	SuccessMetrics                        json.RawMessage `json:"success_metrics"`
	TargetDate                            *stamp          `json:"target_date"`
	GoalConfirmed                         bool            `json:"goal_confirmed"`
	GoalSource                            *string         `json:"goal_source"`
	RequireApprovalForDone                bool            `json:"require_approval_for_done"`
	RequireReviewBeforeDone               bool            `json:"require_review_before_done"`
	CommentRequiredForReview              bool            `json:"comment_required_for_review"`
	BlockStatusChangesWithPendingApproval bool            `json:"block_status_changes_with_pending_approval"`
	OnlyLeadCanChangeStatus               bool            `json:"only_lead_can_change_status"`
	MaxAgents                             int             `json:"max_agents"`
	ID                                    string          `json:"id"`
	OrganizationID                        string          `json:"organization_id"`
	CreatedAt                             stamp           `json:"created_at"`
	UpdatedAt                             stamp           `json:"updated_at"`
	Runtime                               string          `json:"runtime"`
}

type row interface{ Scan(into ...any) error }

func scanBoard(r row) (b board, err error) {
	err = r.Scan(&b.ID, &b.OrganizationID, &b.Name, &b.Slug, &b.Description, &b.GatewayID, &b.BoardGroupID, &b.BoardType, &b.Objective,
		(*[]byte)(&b.SuccessMetrics), &b.TargetDate, &b.GoalConfirmed, &b.GoalSource, &b.RequireApprovalForDone, &b.RequireReviewBeforeDone,
		&b.CommentRequiredForReview, &b.BlockStatusChangesWithPendingApproval, &b.OnlyLeadCanChangeStatus, &b.MaxAgents,
		&b.Runtime, &b.CreatedAt, &b.UpdatedAt)
	b.TargetDate.wire()
	b.CreatedAt.wire()
	b.UpdatedAt.wire()
	return b, err
}

// enter loads who calls and the board in the path, and checks that they may use it.
func (s *Server) enter(r *http.Request) (*user, board, error) {
	u, err := s.session(r)
	if err != nil {
		return nil, board{}, err
	}
	b, err := scanBoard(s.reads.board.QueryRow(r.PathValue("board")))
	if errors.Is(err, sql.ErrNoRows) {
		err = status(http.StatusNotFound)
	}
	if err != nil {
		return nil, b, err
	}
	var id, organization, person, role, createdAt, updatedAt string
	var read, write bool
	err = s.reads.member.QueryRow(b.OrganizationID, u.ID).Scan(&id, &organization, &person, &role, &read, &write, &createdAt, &updatedAt)
	if err == nil && !write {
		err = status(http.StatusForbidden)
	}
	return u, b, err
}

func (s *Server) listBoards(r *http.Request) (any, error) {
	u, err := s.session(r)
	if err != nil {
		return nil, err
	}
	p := page[board]{Items: []board{}, Limit: limitOf(r)}
	if err := s.reads.boardCount.QueryRow(u.organization).Scan(&p.Total); err != nil {
		return nil, err
	}
	rows, err := s.reads.boards.Query(u.organization, p.Limit, p.Offset)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		b, err := scanBoard(rows)
		if err != nil {
			return nil, err
		}
		p.Items = append(p.Items, b)
	}
	return p, rows.Err()
}

func (s *Server) createBoard(r *http.Request) (any, error) {
	u, err := s.session(r)
	if err != nil {
		return nil, err
	}
	b := board{BoardType: "goal", MaxAgents: 1, Runtime: "external", RequireApprovalForDone: true}
	if err := decode(r, &b); err != nil {
		return nil, err
	}
	b.ID, b.OrganizationID, b.CreatedAt = uuid.NewString(), u.organization, now()
	b.UpdatedAt = b.CreatedAt
	err = s.writer.transact(func() ([]change, error) {
		_, err := s.writer.insertBoard.Exec(b.ID, b.OrganizationID, b.Name, b.Slug, b.Description, b.GatewayID, b.BoardGroupID, b.BoardType,
			b.Objective, nil, b.TargetDate, b.GoalConfirmed, b.GoalSource, b.RequireApprovalForDone, b.RequireReviewBeforeDone,
			b.CommentRequiredForReview, b.BlockStatusChangesWithPendingApproval, b.OnlyLeadCanChangeStatus, b.MaxAgents,
			b.Runtime, b.CreatedAt, b.UpdatedAt)
		return nil, err
	})
	return b, err
}
