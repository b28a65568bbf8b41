package store_test

import (
	"context"
	"strings"
	"testing"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// hotQuery is something that lists, streams, heartbeats or feeds ask all the
// time: the method itself, so that the plan is that of the SQL which runs.
type hotQuery struct {
	name string
	ask  func(ctx context.Context, r store.Reader) error
	// scans and sorts say why a query may read a whole table, or sort what it has found.
	scans, sorts string
}

var (
	anyID     = mc.MustID("11111111-1111-4111-8111-111111111111")
	allBoards = mc.Member{ID: anyID, OrganizationID: anyID, UserID: anyID, Role: mc.RoleOwner, AllBoardsRead: true}
	oneBoard  = mc.Member{ID: anyID, OrganizationID: anyID, UserID: anyID, Role: mc.RoleMember}
)

const pageOf = 50

// hotQueries is where every new list, stream and heartbeat adds its line.
func hotQueries() []hotQuery {
	const (
		small      = "of one row"
		acrossMany = "the newest of several boards are merged"
		byName     = "equal names are told apart by age"
	)
	queries := []hotQuery{
		{name: "sign-in", ask: func(ctx context.Context, r store.Reader) error { return second(r.SessionOf(ctx, "x")) }},
		{name: "agent by token", ask: func(ctx context.Context, r store.Reader) error { return first(r.AgentByToken(ctx, "x")) }},
		{name: "board", ask: func(ctx context.Context, r store.Reader) error { return first(r.Board(ctx, anyID)) }},
		{name: "grant", ask: func(ctx context.Context, r store.Reader) error { return first(r.Grant(ctx, anyID, anyID)) }},
		{name: "membership", ask: func(ctx context.Context, r store.Reader) error { return first(r.Member(ctx, anyID, anyID)) }},

		{name: "tasks", ask: func(ctx context.Context, r store.Reader) error {
			return paged(r.Tasks(ctx, anyID, store.TaskFilter{}, pageOf, 0))
		}, sorts: "equal times are told apart by id"},
		{name: "tasks of a status", ask: func(ctx context.Context, r store.Reader) error {
			return paged(r.Tasks(ctx, anyID, store.TaskFilter{Statuses: []mc.TaskStatus{mc.StatusInbox}}, pageOf, 0))
		}, sorts: "equal times are told apart by id"},
		{name: "tasks of an agent", ask: func(ctx context.Context, r store.Reader) error {
			return paged(r.Tasks(ctx, anyID, store.TaskFilter{AssigneeID: &anyID}, pageOf, 0))
		}, sorts: "equal times are told apart by id"},
		{name: "tasks by id", ask: func(ctx context.Context, r store.Reader) error { return first(r.TasksByID(ctx, anyID, []mc.ID{anyID})) }},
		{name: "dependencies of tasks", ask: func(ctx context.Context, r store.Reader) error { return first(r.EdgesOfTasks(ctx, []mc.ID{anyID})) }, sorts: "of few"},
		{name: "comments of a task", ask: func(ctx context.Context, r store.Reader) error { return paged(r.Comments(ctx, anyID, pageOf, 0)) }},
		{name: "task stream", ask: func(ctx context.Context, r store.Reader) error {
			return first(r.TaskEvents(ctx, anyID, mc.Time{}, 7, pageOf))
		}},
		{name: "event", ask: func(ctx context.Context, r store.Reader) error { return first(r.Event(ctx, anyID)) }},

		{name: "agent", ask: func(ctx context.Context, r store.Reader) error { return first(r.Agent(ctx, anyID)) }},
		{name: "lead", ask: func(ctx context.Context, r store.Reader) error { return first(r.Lead(ctx, anyID)) }},
		{name: "agents of a board", ask: func(ctx context.Context, r store.Reader) error { return first(r.AgentsOfBoard(ctx, anyID)) }, sorts: "of few"},
		{name: "next message to an agent", ask: func(ctx context.Context, r store.Reader) error { return first(r.NextDelivery(ctx, anyID)) }},

		{name: "approvals stream", ask: func(ctx context.Context, r store.Reader) error {
			return first(r.ApprovalsAfter(ctx, anyID, mc.Time{}, 7, pageOf))
		}},
		{name: "pending approvals", ask: func(ctx context.Context, r store.Reader) error { return first(r.PendingApprovals(ctx, anyID)) }},
		{name: "approvals of tasks", ask: func(ctx context.Context, r store.Reader) error { return first(r.ApprovalCounts(ctx, []mc.ID{anyID})) }, sorts: "counted by task"},
		{name: "board memory stream", ask: func(ctx context.Context, r store.Reader) error {
			return first(r.BoardMemorySince(ctx, anyID, nil, mc.Time{}, 7, pageOf))
		}},
		{name: "group memory stream", ask: func(ctx context.Context, r store.Reader) error {
			return first(r.GroupMemorySince(ctx, anyID, nil, mc.Time{}, 7, pageOf))
		}},
		{name: "group memory", ask: func(ctx context.Context, r store.Reader) error {
			return paged(r.GroupMemory(ctx, anyID, nil, pageOf, 0))
		}},
		{name: "use of a group", ask: func(ctx context.Context, r store.Reader) error { return first(r.GroupUse(ctx, anyID, anyID)) }},
		{name: "tags", ask: func(ctx context.Context, r store.Reader) error { return paged(r.Tags(ctx, anyID, pageOf, 0)) }, sorts: byName},

		{name: "change log", ask: func(ctx context.Context, r store.Reader) error { return first(r.LoggedAfter(ctx, 7, pageOf)) }},
		{name: "changes missed", ask: func(ctx context.Context, r store.Reader) error { return first(r.ChangesAfter(ctx, 7, pageOf)) }},
		{name: "reach of the change log", ask: func(ctx context.Context, r store.Reader) error { return first(r.LogReaches(ctx, 7)) }, scans: small},
		{name: "start in the change log", ask: func(ctx context.Context, r store.Reader) error { return second(r.LogSince(ctx, mc.Time{})) }, scans: small},
		{name: "last number", ask: func(ctx context.Context, r store.Reader) error { return first(r.LastSeq(ctx)) }, scans: small},
	}
	for who, m := range map[string]mc.Member{"who reads all boards": allBoards, "with grants": oneBoard} {
		queries = append(queries,
			hotQuery{name: "boards of a member " + who, ask: func(ctx context.Context, r store.Reader) error {
				return paged(r.Boards(ctx, store.BoardFilter{Reader: m}, pageOf, 0))
			}, sorts: byName},
			hotQuery{name: "ids of the boards of a member " + who, ask: func(ctx context.Context, r store.Reader) error { return first(r.ReadableBoardIDs(ctx, m)) }},
			hotQuery{name: "feed of a member " + who, ask: func(ctx context.Context, r store.Reader) error { return paged(r.Feed(ctx, m, pageOf, 0)) }, sorts: acrossMany},
			hotQuery{name: "comments for a member " + who, ask: func(ctx context.Context, r store.Reader) error { return paged(r.CommentFeed(ctx, m, nil, pageOf, 0)) }, sorts: acrossMany},
			hotQuery{name: "comment stream of a member " + who, ask: func(ctx context.Context, r store.Reader) error {
				return first(r.CommentFeedSince(ctx, m, nil, mc.Time{}, 7, pageOf))
			}, sorts: acrossMany},
			hotQuery{name: "comment stream of a board for a member " + who, ask: func(ctx context.Context, r store.Reader) error {
				return first(r.CommentFeedSince(ctx, m, &anyID, mc.Time{}, 7, pageOf))
			}, sorts: acrossMany},
			hotQuery{name: "agents for a member " + who, ask: func(ctx context.Context, r store.Reader) error {
				return paged(r.Agents(ctx, store.AgentFilter{Member: &m}, pageOf, 0))
			}, sorts: acrossMany},
			hotQuery{name: "agent stream of a member " + who, ask: func(ctx context.Context, r store.Reader) error {
				return first(r.AgentsSince(ctx, store.AgentFilter{Member: &m}, nil, 7))
			}, sorts: acrossMany},
		)
	}
	return queries
}

func first[A any](_ A, err error) error            { return err }
func second[A, B any](_ A, _ B, err error) error   { return err }
func paged[A any](_ []A, _ int64, err error) error { return err }

// What is asked all the time must be found by indexes, on both engines.
func TestHotQueriesScanNoTable(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		for _, q := range hotQueries() {
			t.Run(q.name, func(t *testing.T) {
				asked := store.Explain(t.Context(), t, st, q.ask)
				if len(asked) == 0 {
					t.Error("nothing was asked")
				}
				for _, a := range asked {
					derived := map[string]bool{} // a scan of these reads what other steps have found
					for _, step := range a.Plan {
						if kind, name, _ := strings.Cut(step, " "); kind == "CO-ROUTINE" || kind == "MATERIALIZE" {
							derived["SCAN "+name] = true
						}
						if scansTable(step) && !derived[step] && q.scans == "" {
							t.Errorf("scans a table: %s\n%s", step, a.Query)
						}
						if sortsAll(step) && q.sorts == "" {
							t.Errorf("sorts: %s\n%s", step, a.Query)
						}
					}
				}
			})
		}
	})
}

// scansTable reports whether a step of a plan reads a whole table. PostgreSQL
// was told to avoid that, so where it does there is no other way.
func scansTable(step string) bool {
	step = strings.TrimSpace(step)
	if strings.HasPrefix(step, "SCAN ") { // SQLite
		return step != "SCAN CONSTANT ROW" && !strings.HasPrefix(step, "SCAN (")
	}
	return strings.Contains(step, "Seq Scan")
}

// sortsAll reports whether a step sorts all that was found, instead of taking it
// in the order of an index. PostgreSQL decides that by what tables hold, which
// is nothing here, so only SQLite is judged.
func sortsAll(step string) bool { return strings.Contains(step, "USE TEMP B-TREE FOR ORDER BY") }
