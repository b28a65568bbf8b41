package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// launch says how a server is started.
type launch struct {
	program string
	args    []string
	env     []string
	dir     string // its own, for data and log
	addr    func(addr string) (args, env []string)
	token   string
}

// newToken is as long as a sign-in token has to be.
func newToken() string { return rand.Text() + rand.Text() }

// missionControl starts the program as an operator would, with nothing of the
// caller's own settings. Only the limit of agent sign-ins is out of the way: it
// allows twenty a minute, and every call of an agent is one. The window is short
// so that the limiter does not remember more calls than it would with the limit.
func missionControl(binary, dir string) launch {
	token := newToken()
	return launch{
		program: binary, args: []string{"serve"}, dir: dir, token: token,
		env: []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "DATA_DIR=" + filepath.Join(dir, "data"),
			"AUTH_MODE=local", "LOCAL_AUTH_TOKEN=" + token,
			"AGENT_AUTH_RATE_LIMIT=1000000000", "AGENT_AUTH_RATE_WINDOW_SECONDS=1",
		},
		addr: func(addr string) (args, env []string) { return nil, []string{"LISTEN_ADDR=" + addr} },
	}
}

// floorLaunch starts this program as the floor.
func floorLaunch(dir string) (launch, error) {
	self, err := os.Executable()
	token := newToken()
	return launch{
		program: self, args: []string{floorCommand, "-db", filepath.Join(dir, "floor.db"), "-token", token}, dir: dir, token: token,
		addr: func(addr string) (args, env []string) { return []string{"-addr", addr}, nil },
	}, err
}

// process is a server that was started.
type process struct {
	url  string
	cmd  *exec.Cmd
	log  *os.File
	done chan struct{} // closed when it ended
	err  error         // how
}

const (
	readyWithin = 30 * time.Second
	stopWithin  = 30 * time.Second
	pollEvery   = 2 * time.Millisecond
)

// start runs a server on a free port and tells how long it took until it
// answered that it is ready.
func start(ctx context.Context, l launch) (*process, time.Duration, error) {
	if err := os.MkdirAll(l.dir, 0o755); err != nil {
		return nil, 0, err
	}
	program, err := filepath.Abs(l.program)
	if err != nil {
		return nil, 0, err
	}
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, 0, err
	}
	log, err := os.OpenFile(filepath.Join(l.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, 0, err
	}
	args, env := l.addr(addr)
	// The command ends with stop, which asks it to, and not with ctx.
	cmd := exec.Command(program, slices.Concat(l.args, args)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = l.dir, slices.Concat(l.env, env), log, log
	// A signal for the driver from the terminal is no signal for the servers.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, 0, errors.Join(fmt.Errorf("start %s: %w", l.program, err), log.Close())
	}
	p := &process{url: "http://" + addr, cmd: cmd, log: log, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := p.ready(ctx); err != nil {
		said, _ := os.ReadFile(log.Name()) // empty if it cannot be read
		return nil, 0, errors.Join(fmt.Errorf("%s: %w; it said:\n%s", l.program, err, said), p.stop())
	}
	return p, time.Since(began), nil
}

func freeAddr(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (p *process) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/readyz", http.NoBody)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.done:
			return fmt.Errorf("ended before it was ready: %w", p.err)
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", ctx.Err())
		case <-time.After(pollEvery):
		}
	}
}

// stop asks the server to end and waits for it. A nil process has ended.
func (p *process) stop() error {
	if p == nil {
		return nil
	}
	defer p.log.Close()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
		return p.err
	case <-time.After(stopWithin):
		return errors.Join(fmt.Errorf("process %d did not end within %v", p.cmd.Process.Pid, stopWithin), p.cmd.Process.Kill())
	}
}
