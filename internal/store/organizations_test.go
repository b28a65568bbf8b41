package store_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// rows adds rows to tables that have no entity yet. Each gets an id and, unless
// given, times.
type rows struct {
	t   *testing.T
	tx  *store.Tx
	ctx context.Context
}

func (r rows) add(table string, values map[string]any) mc.ID {
	r.t.Helper()
	id := mc.NewID()
	values["id"] = id
	columns := slices.Sorted(maps.Keys(values))
	args := make([]any, len(columns))
	for i, c := range columns {
		args[i] = values[c]
	}
	query := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
	if _, err := store.Exec(r.ctx, r.tx, query, args...); err != nil {
		r.t.Fatalf("%s: %v", table, err)
	}
	return id
}

// furnish adds a row to every table that can hold something of the
// organization, so that each of its tables has at least one.
func furnish(t *testing.T, st *store.Store, f fixture) {
	t.Helper()
	type row = map[string]any
	write(t, st, func(ctx context.Context, tx *store.Tx) error {
		r := rows{t, tx, ctx}
		org, board, task, agent, gateway := f.org.ID, f.board.ID, f.task.ID, f.agent.ID, f.gateway.ID
		member := r.add("organization_members", row{"organization_id": org, "user_id": f.user.ID, "role": "owner", "all_boards_read": true, "all_boards_write": true, "created_at": noon, "updated_at": noon})
		r.add("organization_board_access", row{"organization_member_id": member, "board_id": board, "can_read": true, "can_write": true, "created_at": noon, "updated_at": noon})
		invite := r.add("organization_invites", row{"organization_id": org, "invited_email": "x@example.com", "token": org.String(), "role": "member", "all_boards_read": false, "all_boards_write": false, "created_by_user_id": f.user.ID, "created_at": noon, "updated_at": noon})
		r.add("organization_invite_board_access", row{"organization_invite_id": invite, "board_id": board, "can_read": true, "can_write": false, "created_at": noon, "updated_at": noon})
		main := r.add("agents", row{"gateway_id": gateway, "name": "Main", "status": "online", "is_board_lead": false, "lifecycle_generation": 0, "wake_attempts": 0, "created_at": noon, "updated_at": noon})
		group := r.add("board_groups", row{"organization_id": org, "name": "Team", "slug": "team", "created_at": noon, "updated_at": noon})
		r.add("board_group_memory", row{"board_group_id": group, "content": "c", "is_chat": false, "created_at": noon})
		r.add("board_memory", row{"board_id": board, "content": "c", "is_chat": false, "created_at": noon})
		r.add("board_onboarding_sessions", row{"board_id": board, "session_key": "k", "status": "active", "created_at": noon, "updated_at": noon})
		second := r.add("tasks", row{"board_id": board, "title": "Then", "status": "inbox", "priority": "medium", "auto_created": false, "created_at": noon, "updated_at": noon})
		r.add("task_dependencies", row{"board_id": board, "task_id": second, "depends_on_task_id": task, "created_at": noon})
		tag := r.add("tags", row{"organization_id": org, "name": "T", "slug": "t", "color": "9e9e9e", "created_at": noon, "updated_at": noon})
		r.add("tag_assignments", row{"task_id": task, "tag_id": tag, "created_at": noon})
		field := r.add("task_custom_field_definitions", row{"organization_id": org, "field_key": "k", "label": "K", "required": false, "created_at": noon, "updated_at": noon})
		r.add("board_task_custom_fields", row{"board_id": board, "task_custom_field_definition_id": field, "created_at": noon})
		r.add("task_custom_field_values", row{"task_id": task, "task_custom_field_definition_id": field, "created_at": noon, "updated_at": noon})
		approval := r.add("approvals", row{"board_id": board, "task_id": task, "agent_id": agent, "decided_by_user_id": f.user.ID, "action_type": "deploy", "confidence": 80.0, "status": "pending", "created_at": noon, "updated_at": noon})
		r.add("approval_task_links", row{"approval_id": approval, "task_id": task, "status": "pending", "created_at": noon})
		r.add("skill_packs", row{"organization_id": org, "name": "P", "source_url": "https://github.com/a/b", "created_at": noon, "updated_at": noon})
		skill := r.add("marketplace_skills", row{"organization_id": org, "name": "S", "source_url": "https://github.com/a/b/s", "created_at": noon, "updated_at": noon})
		r.add("gateway_installed_skills", row{"gateway_id": gateway, "skill_id": skill, "created_at": noon, "updated_at": noon})
		hook := r.add("board_webhooks", row{"board_id": board, "agent_id": agent, "description": "d", "enabled": true, "created_at": noon, "updated_at": noon})
		r.add("board_webhook_payloads", row{"board_id": board, "webhook_id": hook, "received_at": noon})
		if _, err := tx.ClaimWebhookReceipt(ctx, mc.WebhookReceipt{WebhookID: hook, DeliveryID: "d", PayloadID: mc.NewID(), ReceivedAt: tx.Now()}, tx.Now()); err != nil {
			return err
		}
		outside := r.add("outbound_webhooks", row{"board_id": board, "url": "http://x", "description": "d", "events": "[]", "enabled": true, "created_at": noon, "updated_at": noon})
		call := r.add("outbound_deliveries", row{"webhook_id": outside, "change_seq": 1, "event_type": "t", "body": "{}", "state": "sent", "tries": 1, "created_at": noon, "updated_at": noon})
		r.add("outbound_attempts", row{"delivery_id": call, "at": noon, "duration_ms": 1})
		hash := func() string { return strings.Repeat("0", 28) + mc.NewID().String() }
		if err := tx.InsertAccount(ctx, mc.Account{ID: f.user.ID, CreatedAt: noon, UpdatedAt: noon}); err != nil {
			return err
		}
		r.add("account_identities", row{"account_id": f.user.ID, "issuer": "i", "subject": f.user.ID.String(), "created_at": noon})
		r.add("sign_in_sessions", row{"account_id": f.user.ID, "token_sha256": hash(), "method": "password", "address": "", "user_agent": "", "created_at": noon, "last_seen_at": noon, "expires_at": noon})
		service := r.add("users", row{"clerk_user_id": mc.NewID(), "email_verified": false, "is_super_admin": false, "is_service": true})
		r.add("organization_members", row{"organization_id": org, "user_id": service, "role": "member", "all_boards_read": true, "all_boards_write": true, "created_at": noon, "updated_at": noon})
		for kind, user := range map[mc.TokenKind]mc.ID{mc.TokenPersonal: f.user.ID, mc.TokenService: service} {
			r.add("access_tokens", row{"kind": kind, "token_sha256": hash(), "user_id": user, "organization_id": org, "created_by_user_id": f.user.ID, "name": "t", "scope": "read", "created_at": noon})
		}
		tx.Audit(mc.AuditBoardChanged, f.board.AuditTarget(), nil)
		r.add("deliveries", row{"agent_id": agent, "gateway_id": gateway, "session_key": "k", "label": "l", "message": "m", "deliver": false, "state": "queued", "attempts": 0, "sent_event_type": "", "sent_event_message": "", "failed_event_type": "", "failed_event_message": "", "task_id": task, "board_id": board, "created_at": noon, "updated_at": noon})
		for _, about := range []row{{"board_id": board}, {"task_id": task}, {"agent_id": agent}, {"agent_id": main}, {"actor_user_id": f.user.ID, "board_id": board}} {
			about["event_type"], about["created_at"] = "task.comment", noon
			r.add("activity_events", about)
		}
		return nil
	})
}

// counts tells how many rows each table of the contract holds, and deliveries.
func counts(t *testing.T, st *store.Store) map[string]int {
	t.Helper()
	n := map[string]int{}
	for _, table := range append(slices.Clone(contractTables), "deliveries") {
		c, err := store.Get[int](t.Context(), st.Reader, "SELECT count(*) FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		n[table] = c
	}
	return n
}

// Whatever table there is: what refers to the organization, over however many
// others, is gone, and what belongs to another one is as it was, to the byte. A
// new table has to be furnished to pass.
func TestDeleteOrganizationTakesAllOfItAndNothingElse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		stays := seed(t, st)
		furnish(t, st, stays)
		before := contents(t, st)
		goes := seed(t, st)
		furnish(t, st, goes)
		with := contents(t, st)
		for _, table := range tablesOfOrganizations(t, st) {
			if len(with[table]) == len(before[table]) {
				t.Errorf("nothing of an organization is in %s, so nothing is proven of it", table)
			}
		}
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteOrganization(ctx, goes.org) })

		after := contents(t, st)
		if u, err := st.User(t.Context(), goes.user.ID); err != nil || u.ActiveOrganizationID != nil {
			t.Errorf("the user acts in %v, %v", u.ActiveOrganizationID, err)
		}
		about := func(id mc.ID) func(row string) bool {
			return func(row string) bool { return strings.Contains(row, id.String()) }
		}
		for _, table := range []string{"users", "accounts", "account_identities", "sign_in_sessions"} { // people stay
			after[table] = slices.DeleteFunc(after[table], about(goes.user.ID))
		}
		told := slices.Clone(after["audit_log"])
		after["audit_log"] = slices.DeleteFunc(after["audit_log"], about(goes.org.ID)) // the installation remembers that it was there
		if len(told) != len(after["audit_log"])+1 {
			t.Errorf("told of the end: %q", told)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("rows (-those that should stay +those that did):\n%s", diff)
		}
	})
}

// contents is every row of every table, but for the log of changes.
func contents(t *testing.T, st *store.Store) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, c := range columnsOf(t, st) {
		if _, known := all[c.Table]; known || strings.HasPrefix(c.Table, "change_") {
			continue
		}
		all[c.Table] = rowsOf(t, st, c.Table)
	}
	return all
}

// rowsOf is every row of a table, in an order that depends on nothing else.
func rowsOf(t *testing.T, st *store.Store, table string) []string {
	t.Helper()
	found, err := st.ReaderDB().QueryContext(t.Context(), "SELECT * FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	rows := []string{}
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, fmt.Sprintf("%s", values))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(rows)
	return rows
}

// tablesOfOrganizations lists the tables from which foreign keys lead to an
// organization.
func tablesOfOrganizations(t *testing.T, st *store.Store) []string {
	t.Helper()
	reaching := []string{"organizations"}
	for n := 0; n < len(reaching); {
		n = len(reaching)
		for _, key := range foreignKeysOf(t, st) {
			from, to, _ := strings.Cut(key, " -> ")
			table, _, _ := strings.Cut(from, ".")
			parent, _, _ := strings.Cut(to, " ")
			if slices.Contains(reaching, parent) && !slices.Contains(reaching, table) {
				reaching = append(reaching, table)
			}
		}
	}
	return reaching
}

func TestDeleteBoardTakesAllOfItAndNothingElse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		before := counts(t, st)
		board := f.board
		board.ID = mc.NewID()
		write(t, st, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.InsertBoard(ctx, board); err != nil {
				return err
			}
			agent, task := f.agent, f.task
			agent.ID, agent.BoardID, task.ID, task.BoardID = mc.NewID(), &board.ID, mc.NewID(), board.ID
			// Of another board, but worked on by an agent of this one.
			f.task.AssignedAgentID = &agent.ID
			for _, err := range []error{tx.InsertAgent(ctx, agent), tx.InsertTask(ctx, task), tx.UpdateTask(ctx, f.task)} {
				if err != nil {
					return err
				}
			}
			for _, about := range []mc.ActivityEvent{{BoardID: &board.ID}, {TaskID: &task.ID}, {AgentID: &agent.ID}} {
				about.Type = mc.EventTaskComment
				tx.Record(about)
			}
			return nil
		})
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteBoard(ctx, board.ID) })
		if diff := cmp.Diff(before, counts(t, st)); diff != "" {
			t.Errorf("rows (-those that should stay +those that did):\n%s", diff)
		}
		if task, err := st.Task(t.Context(), f.board.ID, f.task.ID); err != nil || task.AssignedAgentID != nil {
			t.Errorf("the task of the other board: %v, %v", task.AssignedAgentID, err)
		}
	})
}

func TestDeletingAUserLeavesWhatTheyMade(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		f := seed(t, st)
		furnish(t, st, f)
		before := counts(t, st)
		write(t, st, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteUser(ctx, f.user.ID) })
		for _, table := range []string{"users", "organization_members", "organization_board_access"} {
			before[table]--
		}
		if diff := cmp.Diff(before, counts(t, st)); diff != "" {
			t.Errorf("rows (-those that should stay +those that did):\n%s", diff)
		}
		for _, column := range []string{"tasks.created_by_user_id", "organization_invites.created_by_user_id", "approvals.decided_by_user_id", "activity_events.actor_user_id"} {
			table, name, _ := strings.Cut(column, ".")
			if named, err := store.Exists(t.Context(), st.Reader, "SELECT 1 FROM "+table+" WHERE "+name+" IS NOT NULL"); err != nil || named {
				t.Errorf("%s still names somebody (%v)", column, err)
			}
		}
	})
}

func TestEnsureOwner(t *testing.T) {
	t.Parallel()
	type member struct {
		role   mc.Role
		joined int // minutes
	}
	for name, tc := range map[string]struct {
		members []member
		want    []mc.Role // afterwards, in the same order
	}{
		"nobody":                    {nil, nil},
		"an owner is there":         {[]member{{"member", 1}, {"owner", 2}, {"admin", 0}}, []mc.Role{"member", "owner", "admin"}},
		"the oldest admin":          {[]member{{"member", 0}, {"admin", 2}, {"admin", 1}}, []mc.Role{"member", "admin", "owner"}},
		"else the oldest member":    {[]member{{"member", 1}, {"guest", 0}}, []mc.Role{"member", "owner"}},
		"several owners stay owner": {[]member{{"owner", 1}, {"owner", 0}}, []mc.Role{"owner", "owner"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, st *store.Store) {
				org := mc.Organization{ID: mc.NewID(), Name: "Acme", CreatedAt: noon, UpdatedAt: noon}
				users := make([]mc.ID, len(tc.members))
				write(t, st, func(ctx context.Context, tx *store.Tx) error {
					if err := store.Insert(ctx, tx, "organizations", &org); err != nil {
						return err
					}
					for i, m := range tc.members {
						users[i] = mc.NewID()
						at := noon.Add(time.Duration(m.joined) * time.Minute)
						if err := tx.EnsureUser(ctx, mc.User{ID: users[i], ClerkUserID: users[i].String()}); err != nil {
							return err
						}
						if err := tx.InsertMember(ctx, mc.Member{ID: mc.NewID(), OrganizationID: org.ID, UserID: users[i], Role: m.role, CreatedAt: at, UpdatedAt: at}); err != nil {
							return err
						}
					}
					_, _, err := tx.EnsureOwner(ctx, org.ID)
					return err
				})
				var got []mc.Role
				for _, u := range users {
					m, err := st.Member(t.Context(), org.ID, u)
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, m.Role)
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("roles (-want +got):\n%s", diff)
				}
			})
		})
	}
}
