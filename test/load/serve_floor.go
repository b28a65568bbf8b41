package main

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"time"

	"missioncontrol/test/load/floor"
)

// serveFloor is the floor until ctx ends.
func serveFloor(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet(floorCommand, flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:0", "address to listen on")
	db := flags.String("db", "floor.db", "database file")
	token := flags.String("token", "", "token of the one person")
	if err := flags.Parse(args); err != nil {
		return err
	}
	s, err := floor.Open(ctx, *db, *token)
	if err != nil {
		return err
	}
	web := &http.Server{Addr: *addr, Handler: s, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- web.ListenAndServe() }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = web.Close() // streams would keep a graceful end waiting
	}
	return errors.Join(err, s.Close())
}
