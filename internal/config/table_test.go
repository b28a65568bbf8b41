package config_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/config"
)

// names are the contract's settings and ours.
const names = `
ACCOUNTS_OPEN_SIGN_UP ACCOUNTS_PASSWORDS ACCOUNTS_SETUP_TOKEN AGENT_AUTH_RATE_COUNT AGENT_AUTH_RATE_LIMIT AGENT_AUTH_RATE_WINDOW_SECONDS AUTH_MODE BASE_URL
CLERK_API_URL CLERK_LEEWAY CLERK_SECRET_KEY CLERK_VERIFY_IAT CORS_ORIGINS
DATABASE_URL DATA_DIR DB_AUTO_MIGRATE ENVIRONMENT GATEWAY_MIN_VERSION INVITE_TTL_DAYS LISTEN_ADDR LOCAL_AUTH_TOKEN
LOG_FORMAT LOG_LEVEL LOG_USE_UTC OIDC_CLIENT_ID OIDC_CLIENT_SECRET OIDC_ISSUER OIDC_SCOPES OPENCLAW_GATEWAY_DEVICE_IDENTITY_PATH
OUTBOUND_ALLOW_PRIVATE_NETWORKS OUTBOUND_DISABLE_AFTER_DAYS OUTBOUND_MAX_ATTEMPTS OUTBOUND_TIMEOUT_SECONDS PORT
RATE_LIMIT_BACKEND RATE_LIMIT_REDIS_URL REQUEST_LOG_INCLUDE_HEALTH REQUEST_LOG_SLOW_MS
RQ_DISPATCH_MAX_RETRIES RQ_DISPATCH_RETRY_BASE_SECONDS RQ_DISPATCH_RETRY_MAX_SECONDS RQ_DISPATCH_THROTTLE_SECONDS
RQ_QUEUE_NAME RQ_REDIS_URL
SECURITY_HEADER_PERMISSIONS_POLICY SECURITY_HEADER_REFERRER_POLICY
SECURITY_HEADER_X_CONTENT_TYPE_OPTIONS SECURITY_HEADER_X_FRAME_OPTIONS SESSION_IDLE_DAYS SESSION_MAX_DAYS
TRUSTED_PROXIES WEBHOOK_INGEST_RATE_LIMIT WEBHOOK_MAX_PAYLOAD_BYTES`

func TestTable(t *testing.T) {
	t.Parallel()
	seen := map[string]config.Row{}
	for _, row := range config.Table() {
		if row.Name == "" || row.Meaning == "" || row.Group == "" {
			t.Errorf("incomplete: %+v", row)
		}
		if strings.ContainsAny(row.Default+row.Meaning, "|`\n") {
			t.Errorf("breaks a Markdown table: %+v", row)
		}
		if _, twice := seen[row.Name]; twice {
			t.Errorf("%s is there twice", row.Name)
		}
		seen[row.Name] = row
	}
	if diff := cmp.Diff(strings.Fields(names), slices.Sorted(maps.Keys(seen))); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	want := config.Row{
		Group: "Limits", Name: "WEBHOOK_INGEST_RATE_LIMIT", Default: "60", Meaning: "Webhook calls that one address may make per minute.",
	}
	if diff := cmp.Diff(want, seen[want.Name]); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
	if line := "| `AUTH_MODE` | `local` | How people sign in: local (one person, one shared token), accounts (e-mail and password, or OpenID Connect) or clerk. |\n"; !strings.Contains(config.Markdown(), line) {
		t.Errorf("not in the Markdown table: %s", line)
	}
}

type serve struct {
	config.Flags
}

func (serve) Help() string { return config.Help() }

func TestHelpOfCommand(t *testing.T) {
	t.Parallel()
	var cli struct {
		Serve serve `cmd:"" help:"Run the server."`
	}
	var out bytes.Buffer
	parser, err := kong.New(&cli, kong.Name("mission-control"), kong.Writers(&out, &out), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = parser.Parse([]string{"serve", "--help"}) // kong goes on after the help, because Exit does nothing
	help := out.String()
	for _, row := range config.Table() {
		line := "    " + row.Name
		if row.Default != "" {
			line += " (" + row.Default + ")"
		}
		if !strings.Contains(help, line+"\n        "+row.Meaning+"\n") {
			t.Errorf("not documented: %s", line)
		}
	}
	for _, flag := range []string{"--addr=HOST:PORT", "--env-file=FILE"} {
		if !strings.Contains(help, flag) {
			t.Errorf("not documented: %s", flag)
		}
	}
	if t.Failed() {
		t.Log(help)
	}

	if _, err := parser.Parse([]string{"serve", "--addr", "127.0.0.1:1", "--env-file", "x"}); err != nil {
		t.Fatal(err)
	}
	if want := (config.Flags{Addr: "127.0.0.1:1", EnvFile: "x"}); cli.Serve.Flags != want {
		t.Errorf("flags are %+v", cli.Serve.Flags)
	}
}
