// Package server puts the program together: settings in, a running Mission
// Control out. Everything that needs something else is given it here, and only
// here.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"missioncontrol/internal/config"
	"missioncontrol/internal/httpapi"
	"missioncontrol/internal/jobs"
	"missioncontrol/internal/openclaw"
	"missioncontrol/internal/store"
	"missioncontrol/internal/telemetry"
)

// Role says what a process does. One process may do everything.
type Role struct {
	API    bool // serve HTTP
	Worker bool // do the jobs
}

// Server is a Mission Control that is about to run.
type Server struct {
	settings config.Settings
	role     Role
	log      *slog.Logger
	metrics  *telemetry.Metrics

	store   *store.Store
	client  *openclaw.Client
	limiter limiter
	workers *jobs.Workers
	observe store.Observer
	router  *httpapi.Router
	handler http.Handler
}

// shutdownWithin bounds how long requests and jobs under way may take to finish.
const shutdownWithin = 20 * time.Second

// New opens what the server needs, the database first of all. Close must be
// called on the result.
func New(ctx context.Context, settings config.Settings, role Role, log *slog.Logger) (_ *Server, err error) {
	s := &Server{settings: settings, role: role, log: log, metrics: telemetry.NewMetrics()}
	log.InfoContext(ctx, "app.lifecycle.starting", "environment", settings.Server.Environment, "db_auto_migrate", settings.Database.AutoMigrate)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.store, err = OpenStore(ctx, settings, log); err != nil {
		return nil, err
	}
	enqueuer, err := jobs.NewEnqueuer(s.store, telemetry.AtLeast(telemetry.Named(log, "jobs"), slog.LevelWarn))
	if err != nil {
		return nil, err
	}
	s.store.UseJobs(enqueuer)
	if s.limiter, err = openLimiter(ctx, settings, log); err != nil {
		return nil, err
	}
	log.InfoContext(ctx, "app.lifecycle.rate_limit", "backend", settings.Limits.Backend)
	if s.client, err = s.openGatewayClient(); err != nil {
		return nil, err
	}
	if err = s.assemble(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// OpenStore opens the database of the settings and brings its schema up to date
// if the settings say so.
func OpenStore(ctx context.Context, settings config.Settings, log *slog.Logger) (*store.Store, error) {
	st, err := store.Open(ctx, store.Config{URL: databaseURL(settings), Log: telemetry.Named(log, "store")})
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	if settings.Database.AutoMigrate {
		if err := st.Migrate(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("migrate the database: %w", err), st.Close())
		}
	}
	return st, nil
}

func databaseURL(settings config.Settings) string {
	if settings.Database.Dialect == config.SQLite {
		return "sqlite:" + settings.Database.Path
	}
	return settings.Database.URL.Reveal()
}

// Run serves until ctx ends, then lets requests and jobs under way finish. It
// calls ready once requests are answered.
func (s *Server) Run(ctx context.Context, ready func(addr net.Addr)) error {
	if err := s.store.Listen(ctx); err != nil {
		return fmt.Errorf("listen for changes: %w", err)
	}
	var runner *jobs.Runner
	if s.role.Worker {
		var err error
		if runner, err = jobs.Start(ctx, s.store, s.workers, telemetry.AtLeast(telemetry.Named(s.log, "jobs"), slog.LevelWarn), s.observeJob); err != nil {
			return err
		}
	}
	failed := make(chan error, 1)
	var web *http.Server
	if s.role.API {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.settings.Server.Addr)
		if err != nil {
			return errors.Join(fmt.Errorf("LISTEN_ADDR: %w", err), stop(ctx, runner))
		}
		web = &http.Server{
			Handler: s.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
			ErrorLog: slog.NewLogLogger(telemetry.Named(s.log, "http").Handler(), slog.LevelDebug),
		}
		go func() { failed <- web.Serve(listener) }()
		ready(listener.Addr())
	}
	s.log.InfoContext(ctx, "app.lifecycle.started")
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, s.shutdown(ctx, web, runner))
}

// shutdown ends streams first, because they never end by themselves, then waits
// for requests, then for jobs.
func (s *Server) shutdown(ctx context.Context, web *http.Server, runner *jobs.Runner) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWithin)
	defer cancel()
	var err error
	if web != nil {
		s.router.EndStreams()
		err = web.Shutdown(ctx)
	}
	err = errors.Join(err, stop(ctx, runner))
	s.log.InfoContext(ctx, "app.lifecycle.stopped")
	return err
}

func stop(ctx context.Context, runner *jobs.Runner) error {
	if runner == nil {
		return nil
	}
	return runner.Stop(ctx)
}

func (s *Server) observeJob(kind string, took time.Duration, err error) {
	s.metrics.Job(kind, outcome(err), took)
}

func outcome(err error) telemetry.Outcome {
	if err != nil {
		return telemetry.Failed
	}
	return telemetry.OK
}

// Close frees everything that New opened.
func (s *Server) Close() error {
	var err error
	if s.client != nil {
		err = errors.Join(err, s.client.Close())
	}
	if s.limiter.close != nil {
		err = errors.Join(err, s.limiter.close())
	}
	if s.store != nil {
		err = errors.Join(err, s.store.Close())
	}
	return err
}
