package config

import "fmt"

// Options are what Load works from.
type Options struct {
	// Env is the process environment. Names are case-insensitive.
	Env map[string]string
	// Dir is the folder that .env is looked for in and that relative paths start from. Empty is the working directory.
	Dir string
	// EnvFile is a further file of settings, which must exist. It wins over .env.
	EnvFile string
	// Addr wins over LISTEN_ADDR and PORT.
	Addr string
}

// Error is a wrong setting. Its text is one line that names the variable and
// never shows a secret.
type Error struct {
	Variable string
	Message  string
}

func (e *Error) Error() string { return e.Message }

// wrong is an Error whose message begins with the variable's name.
func wrong(variable, format string, args ...any) *Error {
	return &Error{Variable: variable, Message: variable + " " + fmt.Sprintf(format, args...)}
}

// Load reads the settings: the process environment first, then the file of
// Options.EnvFile, then .env. A wrong setting is an *Error; of several, the
// first in the order of the documentation.
//
// When local sign-in has no token configured, one is made and kept in the data
// folder. That is the only thing Load writes, and only when all else is right.
func Load(o Options) (Settings, error) {
	src, err := readSources(o)
	if err != nil {
		return Settings{}, err
	}
	var s Settings
	if err := bind(&s, src); err != nil {
		return Settings{}, err
	}
	for _, step := range []func(*Settings, sources, Options) error{
		completeServer, completeDatabase, completeHeaders, completeGateway,
		checkCredentials, checkBaseURL, checkRedis,
		keepTokens,
	} {
		if err := step(&s, src, o); err != nil {
			return Settings{}, err
		}
	}
	return s, nil
}
