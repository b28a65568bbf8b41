package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
)

const (
	postgresConns       = 16 // unless the URL or the configuration says otherwise
	postgresDialTimeout = 10 * time.Second
)

func (s *Store) openPostgres(ctx context.Context, url string, conns int) error {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return oneLine(err) // names what is wrong, with the password blanked out
	}
	switch {
	case conns > 0:
		cfg.MaxConns = int32(conns)
	case !strings.Contains(url, "pool_max_conns="):
		cfg.MaxConns = postgresConns
	}
	// Columns have no zone and hold UTC, so nothing may be converted on the way.
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	if cfg.ConnConfig.RuntimeParams["application_name"] == "" {
		cfg.ConnConfig.RuntimeParams["application_name"] = "mission-control"
	}
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = postgresDialTimeout
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return oneLine(err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return oneLine(err)
	}
	s.pool = pool
	// The pool keeps prepared statements per connection by itself.
	s.write = sqlx.NewDb(stdlib.OpenDBFromPool(pool), "pgx")
	s.read = s.write
	return nil
}

func (s *Store) closePostgres() error {
	err := s.write.Close()
	s.pool.Close()
	return err
}

// oneLine makes an error of several attempts fit for an operator's terminal.
func oneLine(err error) error {
	return fmt.Errorf("PostgreSQL: %w", lineError{err})
}

type lineError struct{ cause error }

func (e lineError) Error() string { return strings.Join(strings.Fields(e.cause.Error()), " ") }

func (e lineError) Unwrap() error { return e.cause }
