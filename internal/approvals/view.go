package approvals

import (
	"context"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/views"
)

// BoardApprovalRead is an approval in a list across boards.
type BoardApprovalRead struct {
	views.ApprovalRead
	BoardName string `json:"board_name"`
}

// View completes approvals with the tasks they are about, in one query.
func View(ctx context.Context, r store.Reader, approvals []mc.Approval) ([]views.ApprovalRead, error) {
	about, err := r.TasksOfApprovals(ctx, approvals)
	if err != nil {
		return nil, err
	}
	return views.Approvals(approvals, about), nil
}

func viewOne(ctx context.Context, r store.Reader, a mc.Approval) (views.ApprovalRead, error) {
	shown, err := View(ctx, r, []mc.Approval{a})
	if err != nil {
		return views.ApprovalRead{}, err
	}
	return shown[0], nil
}

func viewWithBoards(ctx context.Context, r store.Reader, rows []store.BoardApproval) ([]BoardApprovalRead, error) {
	approvals := make([]mc.Approval, len(rows))
	for i, row := range rows {
		approvals[i] = row.Approval
	}
	plain, err := View(ctx, r, approvals)
	if err != nil {
		return nil, err
	}
	shown := make([]BoardApprovalRead, len(rows))
	for i, row := range rows {
		shown[i] = BoardApprovalRead{ApprovalRead: plain[i], BoardName: row.BoardName}
	}
	return shown, nil
}
