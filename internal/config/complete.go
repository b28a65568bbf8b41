package config

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
)

func completeServer(s *Settings, src sources, o Options) error {
	variable, addr := "LISTEN_ADDR", strings.TrimSpace(s.Server.Addr)
	if o.Addr != "" {
		variable, addr = "--addr", strings.TrimSpace(o.Addr)
	} else if addr == "" {
		addr = defaultOf("LISTEN_ADDR")
	}
	host, portText, err := net.SplitHostPort(addr)
	port, portErr := strconv.ParseUint(portText, 10, 16)
	if err != nil || portErr != nil {
		return wrong(variable, "must be host:port, such as 127.0.0.1:8000, not %q.", addr)
	}
	if _, ok := src.lookupFilled("PORT"); !ok || o.Addr != "" {
		s.Server.Port = int(port)
	}
	s.Server.Addr = net.JoinHostPort(host, strconv.Itoa(s.Server.Port))

	dir := s.Server.DataDir
	if strings.TrimSpace(dir) == "" {
		dir = defaultOf("DATA_DIR")
	}
	s.Server.DataDir = o.path(dir)
	return nil
}

func completeHeaders(s *Settings, _ sources, _ Options) error {
	for _, h := range s.Headers.all() {
		if strings.ContainsFunc(h.value, unicode.IsControl) {
			return wrong(h.variable, "must not contain control characters.")
		}
	}
	return nil
}

func completeGateway(s *Settings, _ sources, o Options) error {
	// The contract tells a blank minimum from an unset one.
	const minVersionOfBlank = "2026.1.30"
	if s.Gateway.MinVersion = strings.TrimSpace(s.Gateway.MinVersion); s.Gateway.MinVersion == "" {
		s.Gateway.MinVersion = minVersionOfBlank
	}
	if path := strings.TrimSpace(s.Gateway.DeviceIdentityPath); path != "" {
		s.Gateway.DeviceIdentityPath = o.path(path)
	} else {
		s.Gateway.DeviceIdentityPath = filepath.Join(s.Server.DataDir, "device.json")
	}
	return nil
}

func checkCredentials(s *Settings, src sources, _ Options) error {
	s.Auth.LocalToken = trimmed(s.Auth.LocalToken)
	s.Auth.ClerkSecretKey = trimmed(s.Auth.ClerkSecretKey)
	s.Auth.ClerkAPIURL = clerkAPI(s.Auth.ClerkAPIURL)
	s.Auth.SetupToken = trimmed(s.Auth.SetupToken)
	switch s.Auth.Mode {
	case AuthClerk:
		if s.Auth.ClerkSecretKey == "" {
			return wrong("CLERK_SECRET_KEY", "must be set and non-empty when AUTH_MODE=clerk.")
		}
	case AuthAccounts:
		return checkAccounts(&s.Auth, src)
	default:
		if _, ok := src.lookup("LOCAL_AUTH_TOKEN"); ok && !longEnough(s.Auth.LocalToken, minTokenLength) {
			return wrong("LOCAL_AUTH_TOKEN", "must be at least 50 characters and non-placeholder when AUTH_MODE=local.")
		}
	}
	return nil
}

func clerkAPI(base string) string {
	base = strings.TrimRight(strings.TrimSpace(base), "/")
	if base == "" {
		base = defaultOf("CLERK_API_URL")
	}
	if strings.HasSuffix(base, "/v1") {
		return base
	}
	return base + "/v1"
}

func checkBaseURL(s *Settings, src sources, _ Options) error {
	if _, ok := src.lookup("BASE_URL"); !ok {
		if s.Server.Port == 0 {
			return wrong("BASE_URL", "must be set when the port to listen on is 0.")
		}
		s.Server.BaseURL = "http://localhost:" + strconv.Itoa(s.Server.Port)
		return nil
	}
	base := strings.TrimSpace(s.Server.BaseURL)
	if base == "" {
		return wrong("BASE_URL", "must be set and non-empty.")
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return wrong("BASE_URL", "must be an absolute http(s) URL (e.g. http://localhost:8000).")
	}
	s.Server.BaseURL = strings.TrimRight(base, "/")
	return nil
}

func checkRedis(s *Settings, _ sources, _ Options) error {
	if s.Limits.Backend != RateRedis {
		return nil
	}
	if s.Limits.RedisURL = trimmed(s.Limits.RedisURL); s.Limits.RedisURL == "" {
		s.Limits.RedisURL = trimmed(s.Jobs.RedisURL)
	}
	if s.Limits.RedisURL == "" {
		return &Error{
			Variable: "RATE_LIMIT_REDIS_URL",
			Message:  "RATE_LIMIT_REDIS_URL or RQ_REDIS_URL must be set and non-empty when RATE_LIMIT_BACKEND=redis.",
		}
	}
	return nil
}

// path resolves what a setting gives as a path: ~ is the home folder, and a
// relative path starts at Options.Dir.
func (o Options) path(path string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && (rest == "" || rest[0] == '/' || rest[0] == filepath.Separator) {
		home := o.Env["HOME"]
		if home == "" {
			home, _ = os.UserHomeDir() // without a home folder the path starts at the root, and opening it says so
		}
		return filepath.Join(home+string(filepath.Separator), rest)
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(o.Dir, path)
}

func trimmed(s Secret) Secret { return Secret(strings.TrimSpace(s.Reveal())) }
