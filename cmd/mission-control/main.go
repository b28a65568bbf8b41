// Command mission-control is Mission Control: API, live streams, job workers
// and embedded database in one process.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"missioncontrol/internal/config"
)

var cli struct {
	Serve   serveCmd   `cmd:"" default:"withargs" help:"Run the server: API, streams and jobs."`
	Worker  workerCmd  `cmd:"" help:"Run only the jobs, beside servers started with --no-worker."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schema up to date and exit."`
	Link    linkCmd    `cmd:"" help:"Print the sign-in link or, for AUTH_MODE=accounts, the link to make the first account."`
	Agent   agentCmd   `cmd:"" help:"Manage agents that run outside of OpenClaw."`
	User    userCmd    `cmd:"" help:"Manage the accounts of people, for AUTH_MODE=accounts."`
	OpenAPI openapiCmd `cmd:"" name:"openapi" help:"Print the OpenAPI document."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k := kong.Parse(&cli,
		kong.Name("mission-control"),
		kong.Description("Where people and OpenClaw agents meet: boards of tasks, live."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "mission-control:", err)
		os.Exit(exitCode(err))
	}
}

// The exit codes beside 0.
const (
	exitFailed   = 1
	exitSettings = 2 // a wrong setting
)

func exitCode(err error) int {
	if _, ok := errors.AsType[*config.Error](err); ok {
		return exitSettings
	}
	return exitFailed
}
