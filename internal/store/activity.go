package store

import (
	"context"

	"missioncontrol/internal/mc"
)

var (
	eventCols = activityTable.cols("e")
)

// Event loads an activity event.
func (r Reader) Event(ctx context.Context, id mc.ID) (mc.ActivityEvent, error) {
	return get[mc.ActivityEvent](ctx, r, `SELECT `+eventCols+` FROM activity_events e WHERE e.id = ?`, id)
}

// Comments lists a page of a task's comments, oldest first.
func (r Reader) Comments(ctx context.Context, task mc.ID, limit, offset int) ([]mc.ActivityEvent, int64, error) {
	return page[mc.ActivityEvent](ctx, r, eventCols, `FROM activity_events e WHERE e.task_id = ? AND e.event_type = 'task.comment'`, `e.created_at, e.seq`, limit, offset, task)
}

// NewestCommentBy loads an agent's newest comment on a task at or after a time; nil when there is none.
func (r Reader) NewestCommentBy(ctx context.Context, task, agent mc.ID, since mc.Time) (*mc.ActivityEvent, error) {
	return find[mc.ActivityEvent](ctx, r, `
		SELECT `+eventCols+` FROM activity_events e
		WHERE e.task_id = ? AND e.event_type = 'task.comment' AND e.agent_id = ? AND e.created_at >= ?
		ORDER BY e.created_at DESC, e.seq DESC LIMIT 1`, task, agent, since)
}

// NewestComment loads an agent's newest comment on a task; nil when there is none.
func (r Reader) NewestComment(ctx context.Context, task, agent mc.ID) (*mc.ActivityEvent, error) {
	return r.NewestCommentBy(ctx, task, agent, mc.Time{})
}

// CommentsWithHandles lists the texts of a task's comments that may mention somebody, newest first.
func (r Reader) CommentsWithHandles(ctx context.Context, task mc.ID) ([]string, error) {
	return list[string](ctx, r, `
		SELECT e.message FROM activity_events e
		WHERE e.task_id = ? AND e.event_type = 'task.comment' AND e.message LIKE ?
		ORDER BY e.created_at DESC, e.seq DESC`, task, "%@%")
}

// LastHandIn returns the worker of the board who last moved the task to review,
// leaving out one agent; nil when there is none.
func (r Reader) LastHandIn(ctx context.Context, board, task, except mc.ID) (*mc.ID, error) {
	return find[mc.ID](ctx, r, `
		SELECT e.agent_id FROM activity_events e JOIN agents a ON a.id = e.agent_id
		WHERE e.task_id = ? AND e.event_type = 'task.status_changed' AND e.message LIKE ?
			AND e.agent_id <> ? AND a.board_id = ? AND NOT a.is_board_lead
		ORDER BY e.created_at DESC, e.seq DESC LIMIT 1`, task, "Task moved to review:%", except, board)
}

// taskStreamTypes are the events that a board's task stream carries.
const taskStreamTypes = `('task.created', 'task.updated', 'task.status_changed', 'task.comment')`

// TaskEvents lists events of a board's task stream, oldest first: those after a
// sequence number that also happened at or after since. Events of tasks that
// are gone went with them.
func (r Reader) TaskEvents(ctx context.Context, board mc.ID, since mc.Time, after int64, limit int) ([]mc.ActivityEvent, error) {
	return list[mc.ActivityEvent](ctx, r, `
		SELECT `+eventCols+` FROM activity_events e
		WHERE e.board_id = ? AND e.seq > ? AND e.created_at >= ? AND e.event_type IN `+taskStreamTypes+` AND e.task_id IS NOT NULL
		ORDER BY e.seq LIMIT ?`, board, after, since, limit)
}

// FeedEvent is an activity event with the board it is about: its own, else that
// of its task.
type FeedEvent struct {
	mc.ActivityEvent
	TaskBoardID *mc.ID `db:"task_board_id"`
}

// Feed lists a page of the events about boards that a member may read in their
// organization, newest first.
func (r Reader) Feed(ctx context.Context, m mc.Member, limit, offset int) ([]FeedEvent, int64, error) {
	boards, args := readableBoards(m)
	return page[FeedEvent](ctx, r, eventCols+`, t.board_id AS task_board_id`, `
		FROM activity_events e LEFT JOIN tasks t ON t.id = e.task_id
		WHERE `+r.among("e.board_id", boards)+` OR e.board_id IS NULL AND `+r.among("e.task_id", `SELECT o.id FROM tasks o WHERE o.board_id IN (`+boards+`)`),
		`e.created_at DESC, e.seq DESC`, limit, offset, append(args, args...)...)
}

// FeedOfAgent lists a page of an agent's own events, newest first.
func (r Reader) FeedOfAgent(ctx context.Context, agent mc.ID, limit, offset int) ([]FeedEvent, int64, error) {
	return page[FeedEvent](ctx, r, eventCols+`, t.board_id AS task_board_id`,
		`FROM activity_events e LEFT JOIN tasks t ON t.id = e.task_id WHERE e.agent_id = ?`, `e.created_at DESC, e.seq DESC`, limit, offset, agent)
}

// FeedComment is a comment on a task with what a feed across boards shows of
// its surroundings.
type FeedComment struct {
	ID              mc.ID   `db:"id"`
	CreatedAt       mc.Time `db:"created_at"`
	Seq             int64   `db:"seq"`
	Message         *string `db:"message"`
	AgentID         *mc.ID  `db:"agent_id"`
	AgentName       *string `db:"agent_name"`
	IdentityProfile mc.JSON `db:"identity_profile"`
	UserID          *mc.ID  `db:"user_id"`
	UserName        *string `db:"user_name"`
	TaskID          mc.ID   `db:"task_id"`
	TaskTitle       string  `db:"task_title"`
	BoardID         mc.ID   `db:"board_id"`
	BoardName       string  `db:"board_name"`
}

const (
	feedCommentCols = `e.id, e.created_at, e.seq, e.message, e.agent_id, a.name AS agent_name, a.identity_profile,
		e.actor_user_id AS user_id, coalesce(nullif(u.preferred_name, ''), nullif(u.name, '')) AS user_name,
		t.id AS task_id, t.title AS task_title, b.id AS board_id, b.name AS board_name`
	feedCommentFrom = ` FROM activity_events e JOIN tasks t ON t.id = e.task_id JOIN boards b ON b.id = t.board_id LEFT JOIN agents a ON a.id = e.agent_id
		LEFT JOIN users u ON u.id = e.actor_user_id
		WHERE e.event_type = 'task.comment' AND ltrim(e.message, ?) <> ''`
	blanks = " \t\r\n"
)

// CommentFeed lists a page of the comments on tasks of the boards that a member
// may read in their organization, or of one board, newest first. Blank comments
// are left out.
func (r Reader) CommentFeed(ctx context.Context, m mc.Member, board *mc.ID, limit, offset int) ([]FeedComment, int64, error) {
	where, args := feedBoards(m, board)
	return page[FeedComment](ctx, r, feedCommentCols, feedCommentFrom+where, `e.created_at DESC, e.seq DESC`, limit, offset, append([]any{blanks}, args...)...)
}

// CommentFeedSince lists such comments oldest first: those after a sequence
// number that were also made at or after since.
func (r Reader) CommentFeedSince(ctx context.Context, m mc.Member, board *mc.ID, since mc.Time, after int64, limit int) ([]FeedComment, error) {
	where, args := feedBoards(m, board)
	args = append(append([]any{blanks}, args...), after, since, limit)
	return list[FeedComment](ctx, r, `SELECT `+feedCommentCols+feedCommentFrom+where+` AND e.seq > ? AND e.created_at >= ? ORDER BY e.seq LIMIT ?`, args...)
}

func feedBoards(m mc.Member, board *mc.ID) (where string, args []any) {
	if board != nil {
		return ` AND t.board_id = ?`, []any{*board}
	}
	boards, args := readableBoards(m)
	return ` AND t.board_id IN (` + boards + `)`, args
}

// FeedComment loads one comment as the feed shows it; mc.NotFound for an event
// that is none.
func (r Reader) FeedComment(ctx context.Context, id mc.ID) (FeedComment, error) {
	return get[FeedComment](ctx, r, `SELECT `+feedCommentCols+feedCommentFrom+` AND e.id = ?`, blanks, id)
}
