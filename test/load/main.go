// Command load measures a server of the contract under load, beside the floor:
// a bare server that runs the same SQL by hand (package floor). Both are driven
// by the same driver in the same run, in turns, so what it prints is first of
// all ratios; absolute numbers belong to the machine.
//
// It builds nothing and judges nothing: it starts the server it is told to
// measure, or uses one that runs, loads it with as many requests as a few
// connections can send, and writes down what happened. It fails when a server
// answers wrongly, never because one is slow.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are what can be chosen on the command line.
type options struct {
	binary      string         // to start and measure
	server      string         // URL of a running server, instead
	token       string         // of a person who may do everything there
	gateway     string         // id of a gateway there, for boards of servers that know no external agents
	agentToken  string         // of an agent there, where tokens cannot be minted
	dir         string         // for the databases, on the disk that is to be measured
	out         string         // file for the results
	markdown    bool           // print the tables as docs/benchmarks.md has them
	only        *regexp.Regexp // operations to measure
	rounds      int
	each        time.Duration // length of a round of one operation
	warmup      time.Duration
	connections int
	streams     int // 0: no fan-out
	events      int // of the fan-out
	idle        time.Duration
	starts      int
	growth      []int // numbers of documents; none: no growth
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := command(ctx, os.Args[1:])
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "load:", err)
		stop()
		os.Exit(1)
	}
}

// floorCommand makes this program be the floor.
const floorCommand = "floor"

func command(ctx context.Context, args []string) error {
	if len(args) > 0 && args[0] == floorCommand {
		return serveFloor(ctx, args[1:])
	}
	o, err := parseOptions(args)
	if err != nil {
		return err
	}
	results, err := run(ctx, o)
	if err != nil {
		return err
	}
	show := results.print
	if o.markdown {
		show = results.printMarkdown
	}
	if err := show(os.Stdout); err != nil {
		return err
	}
	return results.save(o.out)
}

func parseOptions(args []string) (o options, err error) {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", filepath.Join("bin", "mission-control"), "program to start and measure")
	flags.StringVar(&o.server, "server", "", "URL of a running server to measure instead; its limit of agent sign-ins has to be raised")
	flags.StringVar(&o.token, "token", "", "bearer token of an owner on that server")
	flags.StringVar(&o.gateway, "gateway", "", "id of a gateway on that server, if it knows no external agents")
	flags.StringVar(&o.agentToken, "agent-token", "", "token of an agent on that server, if it mints none; the agent's board gets tasks")
	flags.StringVar(&o.dir, "dir", "bin", "folder to make the databases in; they are removed at the end")
	flags.StringVar(&o.out, "out", "bench-results.json", "file for the results")
	flags.BoolVar(&o.markdown, "markdown", false, "print the tables in Markdown, as the documentation has them")
	only := flags.String("only", "", "regular expression for the names of the operations to measure")
	flags.IntVar(&o.rounds, "rounds", 5, "rounds of each operation; the servers take turns")
	flags.DurationVar(&o.each, "each", 1500*time.Millisecond, "length of a round")
	flags.DurationVar(&o.warmup, "warmup", 500*time.Millisecond, "length of the round before the first one, which is not counted")
	flags.IntVar(&o.connections, "connections", 8, "connections that send requests")
	flags.IntVar(&o.streams, "streams", 500, "open streams of the fan-out; 0 leaves it out")
	flags.IntVar(&o.events, "events", 100, "events of the fan-out")
	flags.DurationVar(&o.idle, "idle", 10*time.Second, "how long the server is left alone before its memory is read again")
	flags.IntVar(&o.starts, "starts", 5, "starts that are timed")
	growth := flags.String("growth", "1000,10000,100000", "numbers of documents at which the cost of reading is compared, growing; empty leaves it out")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("-only: %w", err)
	}
	if o.growth, err = parseSizes(*growth); err != nil {
		return o, fmt.Errorf("-growth: %w", err)
	}
	if o.server != "" && o.token == "" {
		return o, errors.New("-server needs -token")
	}
	return o, nil
}

func parseSizes(list string) (sizes []int, err error) {
	if list == "" {
		return nil, nil
	}
	for word := range strings.SplitSeq(list, ",") {
		size, err := strconv.Atoi(word)
		if err != nil || size < 2 || len(sizes) > 0 && size <= sizes[len(sizes)-1] {
			return nil, fmt.Errorf("%q is no list of growing numbers", list)
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}
