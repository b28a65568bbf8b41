package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/mc"
	"missioncontrol/internal/store"
	"missioncontrol/internal/store/storetest"
)

// entities are the types that are rows of a table, whole.
var entities = map[string]any{
	"activity_events":                  mc.ActivityEvent{},
	"agents":                           mc.Agent{},
	"approval_task_links":              mc.ApprovalLink{},
	"approvals":                        mc.Approval{},
	"audit_log":                        mc.AuditEntry{},
	"board_group_memory":               mc.GroupMemory{},
	"board_groups":                     mc.BoardGroup{},
	"board_memory":                     mc.BoardMemory{},
	"board_onboarding_sessions":        mc.Onboarding{},
	"board_task_custom_fields":         mc.CustomFieldBinding{},
	"board_webhook_payloads":           mc.WebhookPayload{},
	"board_webhook_receipts":           mc.WebhookReceipt{},
	"board_webhooks":                   webhookRow{},
	"boards":                           mc.Board{},
	"deliveries":                       mc.Delivery{},
	"gateways":                         mc.Gateway{},
	"organization_board_access":        mc.BoardGrant{},
	"organization_invite_board_access": mc.InviteGrant{},
	"organization_invites":             mc.Invite{},
	"organization_members":             mc.Member{},
	"organizations":                    mc.Organization{},
	"outbound_attempts":                mc.OutboundAttempt{},
	"outbound_deliveries":              mc.OutboundDelivery{},
	"outbound_webhooks":                outboundRow{},
	"tag_assignments":                  mc.TagAssignment{},
	"tags":                             mc.Tag{},
	"task_custom_field_definitions":    mc.CustomField{},
	"task_custom_field_values":         mc.CustomFieldValue{},
	"task_dependencies":                mc.TaskDependency{},
	"tasks":                            mc.Task{},
	"users":                            mc.User{},
	"marketplace_skills":               mc.Skill{},
	"gateway_installed_skills":         mc.InstalledSkill{},
	"skill_packs":                      mc.SkillPack{},
	"accounts":                         mc.Account{},
	"account_identities":               mc.AccountIdentity{},
	"sign_in_sessions":                 mc.SignInSession{},
	"access_tokens":                    mc.AccessToken{},
}

// webhookRow is a webhook with its secret, which is no part of the entity.
type webhookRow struct {
	mc.Webhook
	Secret *string `db:"secret"`
}

// outboundRow is likewise.
type outboundRow struct {
	mc.OutboundWebhook
	Secret *string `db:"secret"`
}

// embedded are the types with columns that are only a part of an entity.
var embedded = []string{"BoardRules", "MemoryEntry", "Webhook", "OutboundWebhook"}

// contractTables are the tables of the contract that are in use, ownTables those it does not know.
var (
	contractTables = strings.Fields(`activity_events agents approval_task_links approvals board_group_memory board_groups board_memory
		board_onboarding_sessions board_task_custom_fields board_webhook_payloads board_webhooks boards gateway_installed_skills gateways
		marketplace_skills organization_board_access organization_invite_board_access organization_invites organization_members organizations
		skill_packs tag_assignments tags task_custom_field_definitions task_custom_field_values task_dependencies tasks users`)
	ownTables = strings.Fields(`access_tokens account_identities accounts audit_log board_webhook_receipts change_counter change_log deliveries
		idempotency_keys outbound_attempts outbound_deliveries outbound_webhooks search_documents search_pending sign_in_sessions`)
)

type column struct {
	Table   string `db:"tbl"`
	Name    string `db:"name"`
	NotNull bool   `db:"required"`
}

func columnsOf(t *testing.T, st *store.Store) []column {
	t.Helper()
	query := `SELECT m.name AS tbl, c.name AS name, c."notnull" <> 0 OR c.pk <> 0 AS required
		FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`
	if st.Dialect() == store.PostgreSQL {
		query = `SELECT table_name AS tbl, column_name AS name, is_nullable = 'NO' AS required
			FROM information_schema.columns WHERE table_schema = current_schema()`
	}
	all, err := store.List[column](t.Context(), st.Reader, query)
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(c column) bool { return isForeignTable(c.Table) })
	slices.SortFunc(all, func(a, b column) int { return strings.Compare(a.Table+"."+a.Name, b.Table+"."+b.Name) })
	return all
}

func isForeignTable(name string) bool {
	// The engines keep words in their own ways.
	return strings.HasPrefix(name, "search_words") || strings.HasPrefix(name, "river_") || strings.HasPrefix(name, "goose_") || strings.HasPrefix(name, "sqlite_")
}

func TestTablesAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		var got []string
		for _, c := range columnsOf(t, st) {
			got = append(got, c.Table)
		}
		want := slices.Sorted(slices.Values(append(slices.Clone(contractTables), ownTables...)))
		if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
			t.Errorf("tables (-want +got):\n%s", diff)
		}
	})
}

func TestEntitiesMatchTheirTables(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		columns := map[string][]string{}
		nullable := map[string]bool{}
		for _, c := range columnsOf(t, st) {
			columns[c.Table] = append(columns[c.Table], c.Name)
			nullable[c.Table+"."+c.Name] = !c.NotNull
		}
		for table, entity := range entities {
			want := slices.Sorted(slices.Values(store.Columns(entity)))
			if diff := cmp.Diff(want, columns[table]); diff != "" {
				t.Errorf("%T and table %s (-entity +table):\n%s", entity, table, diff)
			}
			for _, f := range reflect.VisibleFields(reflect.TypeOf(entity)) {
				name := table + "." + f.Tag.Get("db")
				optional := f.Type.Kind() == reflect.Pointer
				if f.Tag.Get("db") != "" && f.Type != reflect.TypeFor[mc.JSON]() && // which holds null as well
					optional != nullable[name] {
					t.Errorf("%s: field %s is optional: %v, the column may be null: %v", name, f.Name, optional, nullable[name])
				}
			}
		}
	})
}

func TestEveryEntityIsChecked(t *testing.T) {
	t.Parallel()
	known := slices.Clone(embedded)
	for _, entity := range entities {
		known = append(known, reflect.TypeOf(entity).Name())
	}
	paths, err := filepath.Glob("../mc/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sources of mc: %v", err)
	}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok && hasColumns(s) && !slices.Contains(known, spec.Name.Name) {
				t.Errorf("mc.%s has db tags: add it to entities, with its table", spec.Name.Name)
			}
			return true
		})
	}
}

func hasColumns(s *ast.StructType) bool {
	return slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool { return f.Tag != nil && strings.Contains(f.Tag.Value, `db:"`) })
}

type index struct {
	Name    string `db:"name"`
	Table   string `db:"tbl"`
	Unique  bool   `db:"is_unique"`
	Partial bool   `db:"is_partial"`
}

func indexesOf(t *testing.T, st *store.Store) []index {
	t.Helper()
	query := `SELECT i.name AS name, m.name AS tbl, i."unique" AS is_unique, i.partial AS is_partial
		FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'c'`
	if st.Dialect() == store.PostgreSQL {
		query = `SELECT c.relname AS name, t.relname AS tbl, i.indisunique AS is_unique, i.indpred IS NOT NULL AS is_partial
			FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
			WHERE c.relnamespace = current_schema()::regnamespace
				AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')`
	}
	all, err := store.List[index](t.Context(), st.Reader, query)
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(i index) bool { return isForeignTable(i.Table) })
	slices.SortFunc(all, func(a, b index) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func TestNoOtherUniqueness(t *testing.T) {
	t.Parallel()
	// What else the contract has unique are constraints of the tables.
	want := []string{"ix_users_clerk_user_id", "uq_agents_agent_token_sha256", "uq_agents_board_lead", "uq_agents_gateway_main",
		"uq_approval_task_links_pending", "uq_approvals_id_status", "uq_board_onboarding_sessions_active"}
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		var got []string
		for _, i := range indexesOf(t, st) {
			if i.Unique {
				got = append(got, i.Name)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("unique indexes (-want +got):\n%s", diff)
		}
	})
}

func TestEnginesHaveTheSameSchema(t *testing.T) {
	t.Parallel()
	lite, pg := storetest.New(t), storetest.NewPostgres(t)
	if diff := cmp.Diff(columnsOf(t, lite), columnsOf(t, pg)); diff != "" {
		t.Errorf("columns (-sqlite +postgres):\n%s", diff)
	}
	if diff := cmp.Diff(indexesOf(t, lite), indexesOf(t, pg)); diff != "" {
		t.Errorf("indexes (-sqlite +postgres):\n%s", diff)
	}
	if diff := cmp.Diff(foreignKeysOf(t, lite), foreignKeysOf(t, pg)); diff != "" {
		t.Errorf("foreign keys (-sqlite +postgres):\n%s", diff)
	}
}

// foreignKeysOf lists them as "table.column -> table action".
func foreignKeysOf(t *testing.T, st *store.Store) []string {
	t.Helper()
	query := `SELECT m.name || '.' || f."from" || ' -> ' || f."table" || ' ' || f.on_delete
		FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND m.name NOT LIKE 'river%' AND f.seq = 0`
	if st.Dialect() == store.PostgreSQL {
		query = `SELECT k.conrelid::regclass || '.' || a.attname || ' -> ' || k.confrelid::regclass || ' ' ||
				CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END
			FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
			WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace AND k.conrelid::regclass::text NOT LIKE 'river%'
				AND k.conrelid::regclass::text NOT LIKE 'search_words%'`
	}
	keys, err := store.List[string](t.Context(), st.Reader, query)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(keys)
	return keys
}

func TestEveryForeignKeyHasAnIndex(t *testing.T) {
	t.Parallel()
	st := storetest.New(t)
	// Without one, deleting what a row refers to reads the whole table.
	missing, err := store.List[string](t.Context(), st.Reader, `
		SELECT m.name || '.' || f."from" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f
		WHERE m.type = 'table' AND m.name NOT LIKE 'river%' AND f.seq = 0 AND NOT EXISTS (
			SELECT 1 FROM pragma_index_list(m.name) i JOIN pragma_index_info(i.name) c
			WHERE c.seqno = 0 AND c.name = f."from")`)
	if err != nil {
		t.Fatal(err)
	}
	if len(missing) > 0 {
		t.Errorf("foreign keys without an index: %v", missing)
	}
}

func TestStepByStepGivesTheSameSchema(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, fresh *store.Store) {
		url := "sqlite:" + t.TempDir() + "/steps.db"
		if fresh.Dialect() == store.PostgreSQL {
			url = storetest.EmptyPostgresURL(t)
		}
		stepped := open(t, url)
		steps, err := fresh.MigrationStatus(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range steps {
			if err := stepped.MigrateTo(t.Context(), step.Version); err != nil {
				t.Fatalf("step %d: %v", step.Version, err)
			}
		}
		if diff := cmp.Diff(dump(t, fresh), dump(t, stepped)); diff != "" {
			t.Errorf("schema (-fresh +step by step):\n%s", diff)
		}
	})
}

// dump is the whole schema as the engine describes it.
func dump(t *testing.T, st *store.Store) []string {
	t.Helper()
	query := `SELECT coalesce(sql, name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'`
	if st.Dialect() == store.PostgreSQL {
		query = `SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
				FROM information_schema.columns WHERE table_schema = current_schema()
			UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
				FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()`
	}
	lines, err := store.List[string](t.Context(), st.Reader, query)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}
