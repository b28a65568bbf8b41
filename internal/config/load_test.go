package config_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"missioncontrol/internal/config"
)

const token = "a-token-that-is-long-enough-for-the-contract-0123456789"

// load reads settings in a fresh folder from pairs of name and value.
func load(t *testing.T, pairs ...string) (config.Settings, error) {
	t.Helper()
	env := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		env[pairs[i]] = pairs[i+1]
	}
	return config.Load(config.Options{Env: env, Dir: t.TempDir()})
}

func mustLoad(t *testing.T, pairs ...string) config.Settings {
	t.Helper()
	s, err := load(t, pairs...)
	if err != nil {
		t.Fatalf("Load(%q): %v", pairs, err)
	}
	return s
}

func TestLoadNothingConfigured(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	got, err := config.Load(config.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	want := config.Settings{
		Server: config.Server{
			Environment: "dev", Addr: "127.0.0.1:8000", Port: 8000, DataDir: data, BaseURL: "http://localhost:8000",
		},
		Database: config.Database{Dialect: config.SQLite, Path: filepath.Join(data, "mission-control.db"), AutoMigrate: true},
		Auth: config.Auth{
			Mode: config.AuthLocal, LocalToken: got.Auth.LocalToken,
			ClerkAPIURL: "https://api.clerk.com/v1", ClerkVerifyIAT: true, ClerkLeeway: 10 * time.Second,
			Passwords: true, SessionIdle: 7 * 24 * time.Hour, SessionMax: 30 * 24 * time.Hour, OIDCScopes: "openid email profile",
			TokenFile: filepath.Join(data, "local-token"), TokenNew: true,
		},
		Headers: config.Headers{ContentTypeOptions: "nosniff", FrameOptions: "DENY", ReferrerPolicy: "strict-origin-when-cross-origin"},
		Limits: config.Limits{
			Backend: config.RateMemory, AgentAuth: 20, AgentAuthWindow: time.Minute, AgentAuthCount: config.CountAll,
			WebhookIngest: 60, WebhookMaxPayloadBytes: 1048576,
		},
		Jobs: config.Jobs{
			RedisURL: "redis://localhost:6379/0", QueueName: "default", MaxRetries: 3, RetryBase: 10 * time.Second, RetryMax: 2 * time.Minute,
		},
		Gateway:  config.Gateway{MinVersion: "2026.02.9", DeviceIdentityPath: filepath.Join(data, "device.json")},
		Outbound: config.Outbound{Timeout: 15 * time.Second, MaxAttempts: 10, DisableAfter: 5 * 24 * time.Hour},
		Log:      config.Log{Level: "INFO", Format: "text", SlowRequest: time.Second},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestLoadEverythingConfigured(t *testing.T) {
	t.Parallel()
	got := mustLoad(t,
		"ENVIRONMENT", "production", "LISTEN_ADDR", "0.0.0.0:9000", "PORT", "9001", "DATA_DIR", "/var/lib/mc",
		"BASE_URL", " HTTPS://mc.example.org/base// ", "CORS_ORIGINS", " http://a , ,http://b,", "TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8",
		"DATABASE_URL", "postgresql+psycopg://u:p@db:5432/mc", "DB_AUTO_MIGRATE", "no",
		"AUTH_MODE", "clerk", "CLERK_SECRET_KEY", " sk_test ", "CLERK_API_URL", "http://clerk:1/", "CLERK_VERIFY_IAT", "OFF", "CLERK_LEEWAY", "2.5",
		"SECURITY_HEADER_X_CONTENT_TYPE_OPTIONS", "", "SECURITY_HEADER_X_FRAME_OPTIONS", " ", "SECURITY_HEADER_REFERRER_POLICY", " no-referrer ",
		"SECURITY_HEADER_PERMISSIONS_POLICY", "camera=()",
		"RATE_LIMIT_BACKEND", "redis", "RATE_LIMIT_REDIS_URL", " redis://limits ", "AGENT_AUTH_RATE_LIMIT", "7", "AGENT_AUTH_RATE_WINDOW_SECONDS", "9",
		"AGENT_AUTH_RATE_COUNT", "failures", "WEBHOOK_INGEST_RATE_LIMIT", "8", "WEBHOOK_MAX_PAYLOAD_BYTES", "10",
		"RQ_REDIS_URL", "redis://jobs", "RQ_QUEUE_NAME", "q", "RQ_DISPATCH_THROTTLE_SECONDS", "0.05", "RQ_DISPATCH_MAX_RETRIES", "0",
		"RQ_DISPATCH_RETRY_BASE_SECONDS", "1", "RQ_DISPATCH_RETRY_MAX_SECONDS", "1.5",
		"GATEWAY_MIN_VERSION", "2026.5.1", "OPENCLAW_GATEWAY_DEVICE_IDENTITY_PATH", "~/id.json", "HOME", "/home/someone",
		"OUTBOUND_ALLOW_PRIVATE_NETWORKS", "yes", "OUTBOUND_TIMEOUT_SECONDS", "2", "OUTBOUND_MAX_ATTEMPTS", "3", "OUTBOUND_DISABLE_AFTER_DAYS", "0",
		"LOG_LEVEL", "trace", "LOG_FORMAT", "JSON", "LOG_USE_UTC", "t", "REQUEST_LOG_SLOW_MS", "0", "REQUEST_LOG_INCLUDE_HEALTH", "Yes",
		"SOMETHING_ELSE", "ignored",
	)
	want := config.Settings{
		Server: config.Server{
			Environment: "production", Addr: "0.0.0.0:9001", Port: 9001, DataDir: "/var/lib/mc", BaseURL: "HTTPS://mc.example.org/base",
			CORSOrigins: []string{"http://a", "http://b"}, TrustedProxies: []string{"127.0.0.1", "10.0.0.0/8"},
		},
		Database: config.Database{Dialect: config.Postgres, URL: "postgresql://u:p@db:5432/mc"},
		Auth: config.Auth{
			Mode: config.AuthClerk, ClerkSecretKey: "sk_test", ClerkAPIURL: "http://clerk:1/v1", ClerkLeeway: 2500 * time.Millisecond,
			Passwords: true, SessionIdle: 7 * 24 * time.Hour, SessionMax: 30 * 24 * time.Hour, OIDCScopes: "openid email profile",
		},
		Headers: config.Headers{FrameOptions: " ", ReferrerPolicy: " no-referrer ", PermissionsPolicy: "camera=()"},
		Limits: config.Limits{
			Backend: config.RateRedis, RedisURL: "redis://limits", AgentAuth: 7, AgentAuthWindow: 9 * time.Second,
			AgentAuthCount: config.CountFailures, WebhookIngest: 8, WebhookMaxPayloadBytes: 10,
		},
		Jobs: config.Jobs{
			RedisURL: "redis://jobs", QueueName: "q", Throttle: 50 * time.Millisecond, RetryBase: time.Second, RetryMax: 1500 * time.Millisecond,
		},
		Gateway:  config.Gateway{MinVersion: "2026.5.1", DeviceIdentityPath: "/home/someone/id.json"},
		Outbound: config.Outbound{AllowPrivate: true, Timeout: 2 * time.Second, MaxAttempts: 3},
		Log:      config.Log{Level: "trace", Format: "JSON", UseUTC: true, IncludeHealth: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	wantHeaders := []config.Header{{Name: "Referrer-Policy", Value: "no-referrer"}, {Name: "Permissions-Policy", Value: "camera=()"}}
	if diff := cmp.Diff(wantHeaders, got.SecurityHeaders()); diff != "" {
		t.Errorf("security headers (-want +got):\n%s", diff)
	}
}

func TestLoadBooleans(t *testing.T) {
	t.Parallel()
	words := map[bool]string{true: "1 true TRUE yes on t y Y oN", false: "0 false False no off f n N oFF"}
	for want, list := range words {
		for word := range strings.FieldsSeq(list) {
			// The default of the first is false, of the second true.
			s := mustLoad(t, "LOG_USE_UTC", word, "CLERK_VERIFY_IAT", word)
			if s.Log.UseUTC != want || s.Auth.ClerkVerifyIAT != want {
				t.Errorf("%q is %v and %v, want %v", word, s.Log.UseUTC, s.Auth.ClerkVerifyIAT, want)
			}
		}
	}
}

func TestLoadBlank(t *testing.T) {
	t.Parallel()
	blank := []string{
		// Values with a form: as if unset.
		"LOG_USE_UTC", "", "CLERK_VERIFY_IAT", " ", "AGENT_AUTH_RATE_LIMIT", "", "CLERK_LEEWAY", "", "REQUEST_LOG_SLOW_MS", " ",
		"DB_AUTO_MIGRATE", "", "AUTH_MODE", "", "RATE_LIMIT_BACKEND", "", "PORT", "", "RQ_DISPATCH_THROTTLE_SECONDS", "",
		"LISTEN_ADDR", "", "DATA_DIR", " ", "DATABASE_URL", "", "OPENCLAW_GATEWAY_DEVICE_IDENTITY_PATH", "", "CLERK_API_URL", "",
	}
	got, want := mustLoad(t, blank...), mustLoad(t)
	for _, s := range []*config.Settings{&got, &want} { // what differs by folder
		s.Auth.LocalToken, s.Auth.TokenFile, s.Database.Path, s.Gateway.DeviceIdentityPath, s.Server.DataDir = "", "", "", "", ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("blank differs from unset (-unset +blank):\n%s", diff)
	}

	// Texts stay blank.
	got = mustLoad(t, "SECURITY_HEADER_X_FRAME_OPTIONS", "", "ENVIRONMENT", "", "GATEWAY_MIN_VERSION", " ", "CORS_ORIGINS", "")
	if got.Headers.FrameOptions != "" || got.Server.Environment != "" || got.Server.CORSOrigins != nil {
		t.Errorf("blank texts were replaced: %+v", got)
	}
	if got.Gateway.MinVersion != "2026.1.30" {
		t.Errorf("blank GATEWAY_MIN_VERSION is %q", got.Gateway.MinVersion)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	const (
		weakToken = "LOCAL_AUTH_TOKEN must be at least 50 characters and non-placeholder when AUTH_MODE=local."
		noBase    = "BASE_URL must be set and non-empty."
		badBase   = "BASE_URL must be an absolute http(s) URL (e.g. http://localhost:8000)."
		noRedis   = "RATE_LIMIT_REDIS_URL or RQ_REDIS_URL must be set and non-empty when RATE_LIMIT_BACKEND=redis."
		noClerk   = "CLERK_SECRET_KEY must be set and non-empty when AUTH_MODE=clerk."
		badDB     = "DATABASE_URL must be sqlite:PATH, file:PATH, postgres://... or postgresql://..."
	)
	tests := []struct {
		env  string // NAME=value, separated by |
		want string
	}{
		{"AUTH_MODE=LOCAL", `AUTH_MODE must be local, clerk or accounts, not "LOCAL".`},
		{"AUTH_MODE=none", `AUTH_MODE must be local, clerk or accounts, not "none".`},
		{"AUTH_MODE= local", `AUTH_MODE must be local, clerk or accounts, not " local".`},
		{"LOCAL_AUTH_TOKEN=", weakToken},
		{"LOCAL_AUTH_TOKEN=change-me", weakToken},
		{"LOCAL_AUTH_TOKEN=Replace-With-Strong-Random-Token", weakToken},
		{"LOCAL_AUTH_TOKEN=  " + strings.Repeat("x", 49) + "  ", weakToken},
		{"LOCAL_AUTH_TOKEN=" + strings.Repeat("ä", 49), weakToken},
		{"AUTH_MODE=clerk", noClerk},
		{"AUTH_MODE=clerk|CLERK_SECRET_KEY=  ", noClerk},
		{"BASE_URL=", noBase},
		{"BASE_URL=  ", noBase},
		{"BASE_URL=localhost:8000", badBase},
		{"BASE_URL=ftp://host", badBase},
		{"BASE_URL=http://", badBase},
		{"BASE_URL=http://:8000", badBase},
		{"BASE_URL=/path", badBase},
		{"RATE_LIMIT_BACKEND=redis|RQ_REDIS_URL= ", noRedis},
		{"RATE_LIMIT_BACKEND=Redis", `RATE_LIMIT_BACKEND must be memory or redis, not "Redis".`},
		// The order of the checks across fields.
		{"LOCAL_AUTH_TOKEN=|BASE_URL=|RATE_LIMIT_BACKEND=redis|RQ_REDIS_URL=", weakToken},
		{"BASE_URL=|RATE_LIMIT_BACKEND=redis|RQ_REDIS_URL=", noBase},
		{"LOCAL_AUTH_TOKEN=|LOG_USE_UTC=perhaps", `LOG_USE_UTC must be true or false, not "perhaps".`},
		{"LOG_USE_UTC=2", `LOG_USE_UTC must be true or false, not "2".`},
		{"LISTEN_ADDR=8000", `LISTEN_ADDR must be host:port, such as 127.0.0.1:8000, not "8000".`},
		{"LISTEN_ADDR=localhost:http", `LISTEN_ADDR must be host:port, such as 127.0.0.1:8000, not "localhost:http".`},
		{"LISTEN_ADDR=:65536", `LISTEN_ADDR must be host:port, such as 127.0.0.1:8000, not ":65536".`},
		{"LISTEN_ADDR=:0", "BASE_URL must be set when the port to listen on is 0."},
		{"PORT=65536", `PORT must be a whole number from 0 to 65535, not "65536".`},
		{"PORT=tcp://10.0.0.1:80", `PORT must be a whole number from 0 to 65535, not "tcp://10.0.0.1:80".`},
		{"AGENT_AUTH_RATE_LIMIT=0", `AGENT_AUTH_RATE_LIMIT must be a whole number of at least 1, not "0".`},
		{"AGENT_AUTH_RATE_WINDOW_SECONDS=0", `AGENT_AUTH_RATE_WINDOW_SECONDS must be a number of seconds of at least 1, not "0".`},
		{"AGENT_AUTH_RATE_COUNT=none", `AGENT_AUTH_RATE_COUNT must be all or failures, not "none".`},
		{"REQUEST_LOG_SLOW_MS=-1", `REQUEST_LOG_SLOW_MS must be a number of milliseconds of at least 0, not "-1".`},
		{"CLERK_LEEWAY=NaN", `CLERK_LEEWAY must be a number of seconds, not "NaN".`},
		{"RQ_DISPATCH_RETRY_MAX_SECONDS=1e300", `RQ_DISPATCH_RETRY_MAX_SECONDS must be a number of seconds of at least 0, not "1e300".`},
		{"RQ_DISPATCH_MAX_RETRIES=3\nx=y", `RQ_DISPATCH_MAX_RETRIES must be a whole number of at least 0, not "3\nx=y".`},
		{"SECURITY_HEADER_REFERRER_POLICY=a\r\nSet-Cookie: b", "SECURITY_HEADER_REFERRER_POLICY must not contain control characters."},
		{"DATABASE_URL=mysql://u:secret@h/db", badDB},
		{"DATABASE_URL=sqlite:", badDB},
		{"DATABASE_URL=sqlite://host/x.db", badDB},
		{"DATABASE_URL=sqlite::memory:", badDB},
		{"DATABASE_URL=file:x.db?mode=ro", badDB},
		{"DATABASE_URL=postgres://u:%zz@h/db", "DATABASE_URL is not a valid URL (special characters in the password must be percent-encoded)."},
	}
	for _, tt := range tests {
		t.Run(tt.env, func(t *testing.T) {
			t.Parallel()
			var pairs []string
			for entry := range strings.SplitSeq(tt.env, "|") {
				name, value, _ := strings.Cut(entry, "=")
				pairs = append(pairs, name, value)
			}
			_, err := load(t, pairs...)
			var wrong *config.Error
			if !errors.As(err, &wrong) || wrong.Error() != tt.want {
				t.Fatalf("error is %v\nwant     %s", err, tt.want)
			}
			if !strings.Contains(wrong.Message, wrong.Variable) || strings.Contains(wrong.Message, "\n") {
				t.Errorf("not one line that names %s: %q", wrong.Variable, wrong.Message)
			}
		})
	}
}

func TestLoadAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, listen, port, flag string
		addr, base               string
	}{
		{"port alone", "", "3000", "", "127.0.0.1:3000", "http://localhost:3000"},
		{"port changes only the port", "0.0.0.0:8000", "3000", "", "0.0.0.0:3000", "http://localhost:3000"},
		{"every interface", ":8100", "", "", ":8100", "http://localhost:8100"},
		{"IPv6", "[::1]:8100", "", "", "[::1]:8100", "http://localhost:8100"},
		{"the flag wins over both", "0.0.0.0:8000", "3000", "127.0.0.2:4000", "127.0.0.2:4000", "http://localhost:4000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := config.Load(config.Options{
				Env: map[string]string{"LISTEN_ADDR": tt.listen, "PORT": tt.port}, Dir: t.TempDir(), Addr: tt.flag,
			})
			if err != nil {
				t.Fatal(err)
			}
			if s.Server.Addr != tt.addr || s.Server.BaseURL != tt.base {
				t.Errorf("got %s and %s, want %s and %s", s.Server.Addr, s.Server.BaseURL, tt.addr, tt.base)
			}
		})
	}
	t.Run("a wrong flag is named", func(t *testing.T) {
		t.Parallel()
		_, err := config.Load(config.Options{Dir: t.TempDir(), Addr: "nowhere"})
		if err == nil || !strings.HasPrefix(err.Error(), "--addr must be host:port") {
			t.Errorf("error is %v", err)
		}
	})
}

func TestLoadDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tests := []struct {
		url, env string
		dialect  config.Dialect
		path     string // below dir unless absolute
		want     config.Secret
		migrate  bool
	}{
		{"", "production", config.SQLite, "data/mission-control.db", "", true},
		{"sqlite:x/y.db", "production", config.SQLite, "x/y.db", "sqlite:x/y.db", true},
		{"file:/abs/y.db", "production", config.SQLite, "/abs/y.db", "file:/abs/y.db", true},
		{"sqlite:///abs/y.db", "production", config.SQLite, "/abs/y.db", "sqlite:///abs/y.db", true},
		{"sqlite:~/y.db", "production", config.SQLite, "/home/x/y.db", "sqlite:~/y.db", true},
		{"postgres://h/db", "production", config.Postgres, "", "postgresql://h/db", false},
		{" postgresql://h/db?sslmode=disable ", "dev", config.Postgres, "", "postgresql://h/db?sslmode=disable", true},
		{"postgresql+psycopg://u:p@h:5432/db", "dev ", config.Postgres, "", "postgresql://u:p@h:5432/db", false},
	}
	for _, tt := range tests {
		s, err := config.Load(config.Options{
			Env: map[string]string{"DATABASE_URL": tt.url, "ENVIRONMENT": tt.env, "HOME": "/home/x"}, Dir: dir,
		})
		if err != nil {
			t.Errorf("%q: %v", tt.url, err)
			continue
		}
		path := tt.path
		if path != "" && !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		want := config.Database{URL: tt.want, AutoMigrate: tt.migrate, Dialect: tt.dialect, Path: path}
		if diff := cmp.Diff(want, s.Database); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.url, diff)
		}
	}
	if s := mustLoad(t, "DB_AUTO_MIGRATE", "false"); s.Database.AutoMigrate {
		t.Error("DB_AUTO_MIGRATE=false is overruled")
	}
}

func TestRedisFallsBack(t *testing.T) {
	t.Parallel()
	tests := []struct{ limits, jobs, want string }{
		{"redis://a", "redis://b", "redis://a"},
		{" ", " redis://b ", "redis://b"},
	}
	for _, tt := range tests {
		s := mustLoad(t, "RATE_LIMIT_BACKEND", "redis", "RATE_LIMIT_REDIS_URL", tt.limits, "RQ_REDIS_URL", tt.jobs)
		if s.Limits.RedisURL.Reveal() != tt.want {
			t.Errorf("%q and %q give %q", tt.limits, tt.jobs, s.Limits.RedisURL.Reveal())
		}
	}
	if s := mustLoad(t, "RATE_LIMIT_BACKEND", "redis"); s.Limits.RedisURL.Reveal() != "redis://localhost:6379/0" {
		t.Errorf("default is %q", s.Limits.RedisURL.Reveal())
	}
}

func TestCredentialsAreTrimmed(t *testing.T) {
	t.Parallel()
	s := mustLoad(t, "LOCAL_AUTH_TOKEN", "  "+token+"\n", "BASE_URL", "http://mc")
	if s.Auth.LocalToken.Reveal() != token || s.Auth.TokenFile != "" || s.Auth.TokenNew {
		t.Errorf("got %+v", s.Auth)
	}
	if want := "http://mc/sign-in#token=" + token; s.SignInLink() != want {
		t.Errorf("link is %s, want %s", s.SignInLink(), want)
	}
	clerk := mustLoad(t, "AUTH_MODE", "clerk", "CLERK_SECRET_KEY", "k", "LOCAL_AUTH_TOKEN", "short", "CLERK_API_URL", "https://c/v1/")
	if clerk.SignInLink() != "http://localhost:8000/sign-in" || clerk.Auth.ClerkAPIURL != "https://c/v1" {
		t.Errorf("clerk: link %s, API %s", clerk.SignInLink(), clerk.Auth.ClerkAPIURL)
	}
}
