package config

import "time"

// Settings is everything that can be configured. Fields with an env tag are
// read from that variable; the others are worked out from them by Load.
//
// Tags: env names the variable, default is what an unset one means, shown
// replaces the default in documentation where it is worked out, help says what
// it is for, unit makes a number a duration, min, max and enum bound the value.
type Settings struct {
	Server   Server   `group:"Server"`
	Database Database `group:"Database"`
	Auth     Auth     `group:"Signing in"`
	Headers  Headers  `group:"Security headers"`
	Limits   Limits   `group:"Limits"`
	Jobs     Jobs     `group:"Background jobs"`
	Gateway  Gateway  `group:"Gateways"`
	Outbound Outbound `group:"Outbound webhooks"`
	Log      Log      `group:"Logs"`
}

// Server is where the server listens and how it is seen from outside.
type Server struct {
	Environment string `env:"ENVIRONMENT" default:"dev" help:"Name of this installation, free text. Exactly dev lets DB_AUTO_MIGRATE default to true."`
	// Addr is host:port; an empty host means every interface.
	Addr string `env:"LISTEN_ADDR" default:"127.0.0.1:8000" help:"Address to listen on, host:port. :8000 listens on every interface. Flag: --addr."`
	// Port is the port of Addr.
	Port int `env:"PORT" min:"0" max:"65535" shown:"the port of LISTEN_ADDR" help:"Changes only the port of LISTEN_ADDR."`
	// DataDir is relative to the working directory unless it was given as absolute.
	DataDir string `env:"DATA_DIR" default:"./data" help:"Folder of the embedded database, the sign-in token and the device identity. Made when missing."`
	// BaseURL has no slash at its end.
	BaseURL        string   `env:"BASE_URL" shown:"http://localhost:PORT" help:"Public http(s) URL of this server; put into webhook URLs and agents' instructions."`
	CORSOrigins    []string `env:"CORS_ORIGINS" help:"Origins that browsers may call the API from, separated by commas; * is any. Empty: CORS is off."`
	TrustedProxies []string `env:"TRUSTED_PROXIES" help:"Addresses and networks (CIDR), separated by commas, whose Forwarded and X-Forwarded-For headers are believed."`
}

// Dialect is the kind of database.
type Dialect string

// The databases.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Database is where rows are kept.
type Database struct {
	// URL is the value as given, without a driver suffix. Empty for the embedded default.
	URL Secret `env:"DATABASE_URL" shown:"mission-control.db in DATA_DIR" help:"sqlite:PATH, file:PATH, postgres://... or postgresql://... (a driver suffix as in postgresql+psycopg:// is dropped)."`
	// AutoMigrate: apply pending migrations at the start.
	AutoMigrate bool `env:"DB_AUTO_MIGRATE" shown:"true with SQLite or ENVIRONMENT=dev, else false" help:"Bring the database's schema up to date at the start."`

	Dialect Dialect
	// Path is the database file of SQLite, empty for PostgreSQL.
	Path string
}

// AuthMode is how people sign in.
type AuthMode string

// The ways to sign in.
const (
	AuthLocal    AuthMode = "local"
	AuthClerk    AuthMode = "clerk"
	AuthAccounts AuthMode = "accounts"
)

// Auth is how people sign in.
type Auth struct {
	Mode       AuthMode `env:"AUTH_MODE" default:"local" enum:"local,clerk,accounts" help:"How people sign in: local (one person, one shared token), accounts (e-mail and password, or OpenID Connect) or clerk."`
	LocalToken Secret   `env:"LOCAL_AUTH_TOKEN" shown:"made at the first start, kept in DATA_DIR/local-token" help:"Token to sign in with, at least 50 characters. For AUTH_MODE=local."`

	ClerkSecretKey Secret `env:"CLERK_SECRET_KEY" help:"Secret key of the Clerk application. Required for AUTH_MODE=clerk."`
	// ClerkAPIURL ends in /v1.
	ClerkAPIURL    string        `env:"CLERK_API_URL" default:"https://api.clerk.com" help:"Clerk's backend API."`
	ClerkVerifyIAT bool          `env:"CLERK_VERIFY_IAT" default:"true" help:"Refuse Clerk tokens that are issued in the future."`
	ClerkLeeway    time.Duration `env:"CLERK_LEEWAY" default:"10.0" unit:"s" help:"Seconds that Clerk's clock and ours may differ."`

	// SetupToken lets the first account be made. It is set only for AuthAccounts.
	SetupToken  Secret        `env:"ACCOUNTS_SETUP_TOKEN" shown:"made at the first start, kept in DATA_DIR/setup-token" help:"Token to make the first account with, at least 32 characters. For AUTH_MODE=accounts."`
	OpenSignUp  bool          `env:"ACCOUNTS_OPEN_SIGN_UP" default:"false" help:"Let everybody make an account. Otherwise it takes an invite. For AUTH_MODE=accounts."`
	Passwords   bool          `env:"ACCOUNTS_PASSWORDS" default:"true" help:"Let people sign in with e-mail and password. false leaves OpenID Connect alone. For AUTH_MODE=accounts."`
	SessionIdle time.Duration `env:"SESSION_IDLE_DAYS" default:"7" unit:"d" min:"0.01" help:"Days after which a session that is not used ends. For AUTH_MODE=accounts."`
	SessionMax  time.Duration `env:"SESSION_MAX_DAYS" default:"30" unit:"d" min:"0.01" help:"Days after which every session ends. For AUTH_MODE=accounts."`

	// OIDCIssuer is empty when OpenID Connect is not used.
	OIDCIssuer       string `env:"OIDC_ISSUER" help:"Issuer URL of the OpenID Connect provider that people may sign in through. For AUTH_MODE=accounts."`
	OIDCClientID     string `env:"OIDC_CLIENT_ID" help:"Client id at that provider. Its redirect URL is BASE_URL/api/v1/auth/oidc/callback."`
	OIDCClientSecret Secret `env:"OIDC_CLIENT_SECRET" help:"Client secret at that provider."`
	OIDCScopes       string `env:"OIDC_SCOPES" default:"openid email profile" help:"What the provider is asked for, separated by blanks."`

	// TokenFile is where the sign-in token, or for AuthAccounts the setup token, is
	// kept when none was configured, otherwise empty.
	TokenFile string
	// TokenNew says that this start made the token in TokenFile.
	TokenNew bool
}

// Headers are the values of response headers that harden browsers; see
// SecurityHeaders. Blank means not sent.
type Headers struct {
	ContentTypeOptions string `env:"SECURITY_HEADER_X_CONTENT_TYPE_OPTIONS" default:"nosniff" help:"X-Content-Type-Options of every response. Blank: not sent."`
	FrameOptions       string `env:"SECURITY_HEADER_X_FRAME_OPTIONS" default:"DENY" help:"X-Frame-Options of every response. Blank: not sent."`
	ReferrerPolicy     string `env:"SECURITY_HEADER_REFERRER_POLICY" default:"strict-origin-when-cross-origin" help:"Referrer-Policy of every response. Blank: not sent."`
	PermissionsPolicy  string `env:"SECURITY_HEADER_PERMISSIONS_POLICY" help:"Permissions-Policy of every response. Blank: not sent."`
}

// RateBackend is where rate limits are counted.
type RateBackend string

// The places to count rate limits in.
const (
	RateMemory RateBackend = "memory"
	RateRedis  RateBackend = "redis"
)

// RateCount is which attempts a rate limit counts.
type RateCount string

// What a rate limit may count.
const (
	CountAll      RateCount = "all"
	CountFailures RateCount = "failures"
)

// Limits bound what clients may do.
type Limits struct {
	Backend RateBackend `env:"RATE_LIMIT_BACKEND" default:"memory" enum:"memory,redis" help:"Where rate limits are counted: memory (this process) or redis (shared by replicas)."`
	// RedisURL is complete when Backend is RateRedis, RQ_REDIS_URL taken into account.
	RedisURL Secret `env:"RATE_LIMIT_REDIS_URL" shown:"RQ_REDIS_URL" help:"Redis of RATE_LIMIT_BACKEND=redis."`

	AgentAuth       int           `env:"AGENT_AUTH_RATE_LIMIT" default:"20" min:"1" help:"Attempts to authenticate as an agent that one address may make per window."`
	AgentAuthWindow time.Duration `env:"AGENT_AUTH_RATE_WINDOW_SECONDS" default:"60" unit:"s" min:"1" help:"Length of that window in seconds."`
	AgentAuthCount  RateCount     `env:"AGENT_AUTH_RATE_COUNT" default:"all" enum:"all,failures" help:"Attempts that are counted: all or failures."`

	// InviteTTL is 0 when invites do not expire.
	InviteTTL time.Duration `env:"INVITE_TTL_DAYS" unit:"d" min:"0" shown:"invites do not expire" help:"Days that an invite to an organization can be accepted, for invites that are made from then on. 0: for ever."`

	WebhookIngest          int   `env:"WEBHOOK_INGEST_RATE_LIMIT" default:"60" min:"1" help:"Webhook calls that one address may make per minute."`
	WebhookMaxPayloadBytes int64 `env:"WEBHOOK_MAX_PAYLOAD_BYTES" default:"1048576" min:"1" help:"Largest body of a webhook call."`
}

// Jobs is how background work is repeated and paced.
type Jobs struct {
	RedisURL  Secret `env:"RQ_REDIS_URL" default:"redis://localhost:6379/0" help:"Stands in for a blank RATE_LIMIT_REDIS_URL. Jobs are kept in the database and need no Redis."`
	QueueName string `env:"RQ_QUEUE_NAME" default:"default" help:"Name of the job queue."`
	// Throttle is the least time between two webhook deliveries to one agent, 0 for none.
	Throttle   time.Duration `env:"RQ_DISPATCH_THROTTLE_SECONDS" unit:"s" min:"0" shown:"no pause" help:"Least seconds between two webhook deliveries to the same agent."`
	MaxRetries int           `env:"RQ_DISPATCH_MAX_RETRIES" default:"3" min:"0" help:"How often a failed job is tried again."`
	RetryBase  time.Duration `env:"RQ_DISPATCH_RETRY_BASE_SECONDS" default:"10.0" unit:"s" min:"0" help:"Seconds until the first retry; each further one waits twice as long."`
	RetryMax   time.Duration `env:"RQ_DISPATCH_RETRY_MAX_SECONDS" default:"120.0" unit:"s" min:"0" help:"Longest wait between two tries, in seconds."`
}

// Gateway is how OpenClaw gateways are talked to.
type Gateway struct {
	MinVersion string `env:"GATEWAY_MIN_VERSION" default:"2026.02.9" help:"Lowest gateway version that is accepted. Blank: 2026.1.30."`
	// DeviceIdentityPath is never empty.
	DeviceIdentityPath string `env:"OPENCLAW_GATEWAY_DEVICE_IDENTITY_PATH" shown:"device.json in DATA_DIR" help:"File with the key that gateways know this server by. Made when missing; ~ is your home folder."`
}

// Outbound is how addresses outside are told what happens on boards.
type Outbound struct {
	AllowPrivate bool          `env:"OUTBOUND_ALLOW_PRIVATE_NETWORKS" default:"false" help:"Let outbound webhooks call this machine and private networks. Link-local addresses are never called."`
	Timeout      time.Duration `env:"OUTBOUND_TIMEOUT_SECONDS" default:"15" unit:"s" min:"1" max:"30" help:"Seconds that one call may take."`
	MaxAttempts  int           `env:"OUTBOUND_MAX_ATTEMPTS" default:"10" min:"1" max:"50" help:"How often a call is tried, after 10 seconds first and then after twice as long each time, up to an hour."`
	// DisableAfter is 0 when an address may fail for ever.
	DisableAfter time.Duration `env:"OUTBOUND_DISABLE_AFTER_DAYS" default:"5" unit:"d" min:"0" help:"Days that an outbound webhook may fail without a success in between until it is disabled. 0: for ever."`
}

// Log is what is logged, and how.
type Log struct {
	// Level is as given: telemetry.ParseLevel reads it.
	Level  string `env:"LOG_LEVEL" default:"INFO" help:"TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL or a number (10 is DEBUG, 20 INFO, ...). Unknown: INFO."`
	Format string `env:"LOG_FORMAT" default:"text" help:"json for one JSON object per line; everything else is text."`
	UseUTC bool   `env:"LOG_USE_UTC" default:"false" help:"Times of text logs in UTC instead of local time."`
	// SlowRequest is 0 when slow requests are not to be told of.
	SlowRequest   time.Duration `env:"REQUEST_LOG_SLOW_MS" default:"1000" unit:"ms" min:"0" help:"Requests that take this many milliseconds are logged as slow. 0: none."`
	IncludeHealth bool          `env:"REQUEST_LOG_INCLUDE_HEALTH" default:"false" help:"Log requests to /health, /healthz and /readyz too."`
}
