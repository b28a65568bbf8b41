package story_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// patience bounds whatever should happen at once; it is only used up when
// something is wrong.
const patience = 30 * time.Second

// program is where TestMain builds mission-control, as "make build" does.
var program string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "mission-control-story-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(folder)
		program = filepath.Join(folder, "mission-control")
		build := exec.Command("go", "build", "-o", program, "../../cmd/mission-control")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// place is a folder as a reader of the README has it: bin/mission-control,
// examples, and nothing configured but what a test has to.
type place struct {
	folder string
	port   int
	env    []string
}

func newPlace(t *testing.T, settings ...string) *place {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	p := &place{folder: t.TempDir(), port: freePort(t)}
	for link, target := range map[string]string{"bin/mission-control": program, "examples": filepath.Join(root, "examples")} {
		link = filepath.Join(p.folder, link)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	// Nothing of our own environment may configure the server by accident.
	p.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.folder, "TMPDIR=" + p.folder, "LC_ALL=C.UTF-8",
		"PORT=" + strconv.Itoa(p.port), "MISSION_CONTROL_URL=" + p.base(),
	}, settings...)
	return p
}

func (p *place) base() string { return "http://localhost:" + strconv.Itoa(p.port) }

func (p *place) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = p.folder, p.env
	return cmd
}

// lastPort is where the search for the next free port goes on, so that the
// places of this process never meet.
var lastPort atomic.Int32

// freePort returns a port that nobody listens on, below the range that the
// kernel hands out for outgoing connections.
func freePort(t *testing.T) int {
	t.Helper()
	lastPort.CompareAndSwap(0, 20000+rand.Int32N(10000))
	for range 1000 {
		port := int(lastPort.Add(1))
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			if err := listener.Close(); err != nil {
				t.Fatal(err)
			}
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// server is a running "mission-control serve".
type server struct {
	t    *testing.T
	cmd  *exec.Cmd
	ends chan struct{}

	mu  sync.Mutex
	out strings.Builder
}

// serve starts the program and waits until it says where it listens.
func (p *place) serve(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, cmd: p.command(context.WithoutCancel(t.Context()), "bin/mission-control", "serve"), ends: make(chan struct{})}
	output, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = s.cmd.Stdout
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan struct{})
	go s.read(output, ready)
	t.Cleanup(s.kill)
	select {
	case <-ready:
	case <-s.ends:
		t.Fatalf("the server ended at its start:\n%s", s.said())
	case <-time.After(patience):
		t.Fatalf("the server is not ready:\n%s", s.said())
	}
	return s
}

func (s *server) read(output io.Reader, ready chan struct{}) {
	defer close(s.ends)
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		s.mu.Lock()
		s.out.WriteString(lines.Text() + "\n")
		s.mu.Unlock()
		if strings.HasPrefix(lines.Text(), "API docs: ") {
			close(ready)
		}
	}
}

// said returns what the server has printed so far.
func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// kill ends the server as the loss of power would.
func (s *server) kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill() // it may have ended by itself
		<-s.ends
		_ = s.cmd.Wait() // "signal: killed"
	}
}

// stop asks the server to end and expects that it does so in order.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.ends:
	case <-time.After(patience):
		s.kill()
		s.t.Fatalf("the server does not end:\n%s", s.said())
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("the server ended with %v:\n%s", err, s.said())
	}
}
