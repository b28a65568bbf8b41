package story_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// terminal is a shell that is given one block of commands after the other, as a
// reader pastes them; variables stay.
type terminal struct {
	t     *testing.T
	in    io.Writer
	lines chan string
}

func (p *place) terminal(t *testing.T) *terminal {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := p.command(ctx, "bash", "-eo", "pipefail")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	term := &terminal{t: t, in: in, lines: start(t, cmd, cancel)}
	return term
}

// start runs a command and hands out its lines, of both outputs, until it ends.
func start(t *testing.T, cmd *exec.Cmd, cancel context.CancelFunc) chan string {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	// A shell that is killed leaves its children behind, so all of them are.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer close(lines)
		scanner := bufio.NewScanner(out)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
		_ = cmd.Wait() // how it ended is told by what it printed
	}()
	t.Cleanup(func() {
		cancel()
		for range lines { // so that the reader can end
		}
		<-ended
	})
	return lines
}

// run runs a block and returns what it printed. A command of it that fails ends
// the test.
func (term *terminal) run(block string) string {
	term.t.Helper()
	const end = "<<end of block>>"
	// A block must not read the ones after it as its input.
	if _, err := fmt.Fprintf(term.in, "{\n%s\n} </dev/null\necho; echo '%s'\n", block, end); err != nil {
		term.t.Fatal(err)
	}
	var printed strings.Builder
	timeout := time.After(2 * patience)
	for {
		select {
		case line, open := <-term.lines:
			if !open {
				term.t.Fatalf("a command failed:\n%s\nprinted:\n%s", block, printed.String())
			}
			if line == end {
				return printed.String()
			}
			printed.WriteString(line + "\n")
		case <-timeout:
			term.t.Fatalf("does not end:\n%s\nprinted:\n%s", block, printed.String())
		}
	}
}

// value returns a variable of the shell.
func (term *terminal) value(name string) string {
	term.t.Helper()
	value := strings.TrimSpace(term.run("echo \"$" + name + "\""))
	if value == "" {
		term.t.Fatalf("$%s is empty", name)
	}
	return value
}
