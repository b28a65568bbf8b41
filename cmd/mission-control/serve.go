package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime/debug"

	"missioncontrol/internal/config"
	"missioncontrol/internal/server"
	"missioncontrol/internal/telemetry"
)

type serveCmd struct {
	config.Flags
	NoWorker bool `help:"Leave the jobs to mission-control worker."`
}

// Help documents every setting.
func (serveCmd) Help() string { return config.Help() }

// Run serves until the process is told to stop.
func (c serveCmd) Run(ctx context.Context) error {
	settings, err := c.Load()
	if err != nil {
		return err
	}
	return run(ctx, settings, server.Role{API: true, Worker: !c.NoWorker})
}

type workerCmd struct{ config.Flags }

// Run does jobs until the process is told to stop.
func (c workerCmd) Run(ctx context.Context) error {
	settings, err := c.Load()
	if err != nil {
		return err
	}
	return run(ctx, settings, server.Role{Worker: true})
}

// gcPercent lets the heap grow to three times of what lives on it. The live heap
// is some megabytes, and collecting it at every doubling costs more time than the
// memory is worth.
const gcPercent = 200

func run(ctx context.Context, settings config.Settings, role server.Role) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	log := newLogger(settings)
	s, err := server.New(ctx, settings, role, log)
	if err != nil {
		return err
	}
	return errors.Join(s.Run(ctx, func(addr net.Addr) { welcome(settings, addr) }), s.Close())
}

func newLogger(settings config.Settings) *slog.Logger {
	o := telemetry.Options{Level: telemetry.ParseLevel(settings.Log.Level), Format: telemetry.ParseFormat(settings.Log.Format), UTC: settings.Log.UseUTC}
	log := telemetry.NewLogger(os.Stdout, o)
	log.Info("logging.configured", "level", telemetry.LevelName(o.Level), "format", o.Format, "use_utc", o.UTC)
	return log
}

// quietLogger is for commands whose output is read by people or programs.
func quietLogger(settings config.Settings) *slog.Logger {
	o := telemetry.Options{Level: slog.LevelWarn, Format: telemetry.ParseFormat(settings.Log.Format), UTC: settings.Log.UseUTC}
	return telemetry.NewLogger(os.Stderr, o)
}

// welcome tells the person who started the server where to go. The link with
// the token is printed once, by the start that made the token.
func welcome(settings config.Settings, addr net.Addr) {
	fmt.Printf("\nMission Control listens on %s\n", addr)
	setup := settings.Auth.Mode == config.AuthAccounts
	switch {
	case setup && settings.Auth.TokenNew:
		fmt.Printf("Make the first account:  %s\n", settings.SetupLink())
		fmt.Printf("The token is kept in %s; `mission-control link` shows the link again.\n", settings.Auth.TokenFile)
	case setup && settings.Auth.TokenFile != "":
		fmt.Printf("Make the first account:  `mission-control link` shows the link (token in %s)\n", settings.Auth.TokenFile)
	case settings.Auth.TokenNew:
		fmt.Printf("Sign in:  %s\n", settings.SignInLink())
		fmt.Printf("The token is kept in %s; `mission-control link` shows the link again.\n", settings.Auth.TokenFile)
	case settings.Auth.TokenFile != "":
		fmt.Printf("Sign in:  `mission-control link` shows the link (token in %s)\n", settings.Auth.TokenFile)
	}
	fmt.Printf("API docs: %s/docs\n\n", settings.Server.BaseURL)
}
