package skills

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"missioncontrol/internal/mc"
)

const (
	tooSlow     = "timed out cloning pack repository"
	tooBig      = "pack repository is too large"
	noGit       = "git binary not available on the server"
	cloneFailed = "unable to clone pack repository"
)

// git fetches repositories with the git of the system. A clone is bare: no file
// of a stranger's repository is ever written out under its own name, so there
// are no links to follow, and no hooks or filters to run.
type git struct {
	slots     chan struct{} // one for each clone that may run at once
	timeout   time.Duration // of a clone
	maxBytes  int64         // of a clone on disk
	watchEach time.Duration
}

func newGit() *git {
	return &git{slots: make(chan struct{}, 2), timeout: 10 * time.Minute, maxBytes: 512 << 20, watchEach: 500 * time.Millisecond}
}

// quickly is how long git may take for anything but a clone.
const quickly = 30 * time.Second

// repository is a clone on disk.
type repository struct {
	dir    string
	branch string
}

// clone fetches the last commit of a branch of a repository, or of its default
// branch if that fails and the branch was chosen by somebody. release removes it.
func (g *git) clone(ctx context.Context, url, branch string) (repo repository, release func(), err error) {
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
	case <-ctx.Done():
		return repo, nil, ctx.Err()
	}
	root, err := os.MkdirTemp("", "skill-pack-")
	if err != nil {
		return repo, nil, fmt.Errorf("make a directory for the clone: %w", err)
	}
	remove := func() { _ = os.RemoveAll(root) } // what is left of it is for whoever cleans temporary files
	defer func() {
		if err != nil {
			remove()
		}
	}()
	repo.dir = filepath.Join(root, "wanted")
	err = g.fetch(ctx, repo.dir, url, "--branch="+branch)
	var refusal *exec.ExitError
	if errors.As(err, &refusal) && branch != mc.DefaultBranch {
		repo.dir = filepath.Join(root, "default")
		err = g.fetch(ctx, repo.dir, url)
	}
	if err != nil {
		return repo, nil, err
	}
	head, err := repo.run(ctx, nil, "rev-parse", "--abbrev-ref", "HEAD")
	repo.branch = mc.Branch(string(head))
	return repo, remove, err
}

// fetch clones into a directory that is not there yet.
func (g *git) fetch(ctx context.Context, dir, url string, options ...string) error {
	timed, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	args := append([]string{"clone", "--bare", "--depth=1", "--single-branch", "--no-tags", "--template="}, options...)
	cmd, complaint := command(timed, append(args, "--", url, dir)...)
	if err := cmd.Start(); err != nil && timed.Err() == nil {
		return withoutGit(err)
	} else if err != nil {
		return errors.Join(ctx.Err(), mc.Upstream(tooSlow))
	}
	ended, watched := make(chan struct{}), make(chan bool, 1)
	go func() { watched <- g.watch(dir, ended, cancel) }()
	err := cmd.Wait()
	close(ended)
	large := <-watched
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case large || err == nil && sizeOf(dir) > g.maxBytes:
		return mc.Upstream(tooBig)
	case timed.Err() != nil:
		return mc.Upstream(tooSlow)
	case err != nil:
		e := mc.Upstream(cloneFailed + complaint.reason())
		e.Cause = err
		return e
	}
	return nil
}

// watch ends a clone that becomes too large, and tells whether it did.
func (g *git) watch(dir string, ended <-chan struct{}, end func()) bool {
	tick := time.NewTicker(g.watchEach)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return false
		case <-tick.C:
			if sizeOf(dir) > g.maxBytes {
				end()
				return true
			}
		}
	}
}

func sizeOf(dir string) (bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // git makes and removes files meanwhile
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
		return nil
	})
	return bytes
}

// run asks git about the clone.
func (r repository) run(ctx context.Context, input []byte, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, quickly)
	defer cancel()
	cmd, complaint := command(ctx, append([]string{"--git-dir=" + r.dir}, args...)...)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout = bytes.NewReader(input), &out
	if err := cmd.Run(); err != nil {
		e := mc.Upstream("unable to read pack repository" + complaint.reason())
		e.Cause = err
		return nil, e
	}
	return out.Bytes(), nil
}

// safely switches off what could lead git away from the one repository, ask
// somebody for a password, or run what the repository brings.
var safely = []string{
	"-c", "protocol.ext.allow=never", "-c", "http.followRedirects=false", "-c", "credential.helper=", "-c", "core.askPass=",
	"-c", "core.hooksPath=" + os.DevNull, "-c", "core.fsmonitor=false", "-c", "submodule.recurse=false", "-c", "gc.auto=0",
}

// command prepares a call of git. The environment is passed on, so that proxies
// and mirrors can be configured by it, but for what would point git elsewhere.
func command(ctx context.Context, args ...string) (*exec.Cmd, *complaint) {
	cmd := exec.CommandContext(ctx, "git", append(safely[:len(safely):len(safely)], args...)...) //nolint:gosec // no shell; the address is checked
	for _, pair := range os.Environ() {
		switch name, _, _ := strings.Cut(pair, "="); name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ASKPASS", "SSH_ASKPASS", "LC_ALL":
		default:
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(cmd.Env, "GIT_TERMINAL_PROMPT=0", "GIT_LFS_SKIP_SMUDGE=1", "LC_ALL=C")
	cmd.WaitDelay = 5 * time.Second // for helpers that outlive git
	said := &complaint{}
	cmd.Stderr = said
	return cmd, said
}

func withoutGit(err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return mc.Upstream(noGit)
	}
	if errors.Is(err, context.DeadlineExceeded) { // its time was over before it began
		return mc.Upstream(tooSlow)
	}
	return fmt.Errorf("start git: %w", err)
}

// complaint keeps the end of what git says.
type complaint struct{ tail []byte }

const maxComplaint = 16 << 10

func (c *complaint) Write(p []byte) (int, error) {
	c.tail = append(c.tail, p...)
	if over := len(c.tail) - maxComplaint; over > 0 {
		c.tail = append([]byte(nil), c.tail[over:]...)
	}
	return len(p), nil
}

var localPath = regexp.MustCompile(`(file://|')/[^'\s]*`)

// reason is the last line that says what is wrong, without paths of this machine.
func (c *complaint) reason() string {
	var reason string
	for line := range strings.Lines(mc.CleanText(string(c.tail))) {
		if strings.HasPrefix(line, "fatal:") || strings.HasPrefix(line, "remote:") {
			reason = line
		}
	}
	reason = oneLine(localPath.ReplaceAllString(reason, "$1…"))
	if reason == "" {
		return ""
	}
	if runes := []rune(reason); len(runes) > 200 {
		reason = string(runes[:200])
	}
	return ": " + reason
}
