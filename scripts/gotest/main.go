// Command gotest runs "go test -json" with the arguments it is given and shows
// what matters of it: a line for each package, the output of what failed, and
// as the last line "N passed, N failed".
//
// With CI=true in the environment a skipped test fails the run: there,
// everything that a test needs is at hand.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ok, err := run(ctx, os.Args[1:], os.Getenv("CI") == "true")
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
	}
	if err != nil || !ok {
		stop()
		os.Exit(1)
	}
}

// run reports whether everything passed; an error means that nobody knows.
func run(ctx context.Context, args []string, failOnSkip bool) (bool, error) {
	command := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	// Asked to end, go test asks its children in turn; a kill would leave them behind.
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		return false, fmt.Errorf("read from go test: %w", err)
	}
	if err := command.Start(); err != nil {
		return false, fmt.Errorf("start go test: %w", err)
	}
	summary := newSummary(os.Stdout)
	if err := summarize(stdout, summary); err != nil {
		return false, err
	}
	err = command.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return false, fmt.Errorf("go test: %w", err)
	}
	return summary.finish(failOnSkip, err == nil), nil
}

// summarize feeds each line of go test to s. Lines that are no events, such as
// complaints about a flag, are shown as they are.
func summarize(output io.Reader, s *summary) error {
	reader := bufio.NewReader(output)
	for {
		line, err := reader.ReadBytes('\n')
		if len(line) > 0 {
			s.line(line)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read from go test: %w", err)
		}
	}
}
