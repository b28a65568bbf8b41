package config

import (
	"os"
	"strings"
)

// Flags are the settings' part of the command line, to be embedded in a
// command for kong. Secrets have no flags: command lines are visible to
// everybody on a machine.
type Flags struct {
	Addr    string `name:"addr" placeholder:"HOST:PORT" help:"Address to listen on, instead of LISTEN_ADDR."`
	EnvFile string `name:"env-file" placeholder:"FILE" help:"Read settings from this file too. It wins over .env in the working directory."`
}

// Load reads the settings of this process.
func (f Flags) Load() (Settings, error) {
	env := map[string]string{}
	for _, entry := range os.Environ() {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	return Load(Options{Env: env, EnvFile: f.EnvFile, Addr: f.Addr})
}
