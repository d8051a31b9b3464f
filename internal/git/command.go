package git

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// The most that's kept of a command's output, or read if nothing is kept.
const (
	maxOutput  = 64 << 20
	maxErrors  = 64 << 10
	maxRecords = 512 << 20
)

// settings are git's whole configuration in a job; base turns off what it would find by
// itself. A throw-away repository needs no fsync.
var settings = [][2]string{
	{"core.hooksPath", "/dev/null"},
	{"core.attributesFile", "/dev/null"},
	{"core.bigFileThreshold", "16m"}, // git streams larger files
	{"core.deltaBaseCacheLimit", "32m"},
	{"core.fsmonitor", "false"},
	{"core.fsync", "none"},
	{"core.looseCompression", "0"},
	{"credential.helper", ""},
	{"fetch.recurseSubmodules", "false"},
	{"fetch.writeCommitGraph", "false"},
	{"gc.auto", "0"},
	{"http.followRedirects", "false"},
	{"maintenance.auto", "false"},
	{"pack.threads", "1"},
	{"pack.windowMemory", "64m"},
	{"protocol.version", "2"},
	{"push.negotiate", "false"},
	{"push.recurseSubmodules", "no"},
	{"submodule.recurse", "false"},
	{"transfer.credentialsInUrl", "die"},
}

// base is a command's whole environment except its settings: nothing is inherited.
func (s *space) base(protocols string) []string {
	return []string{
		"PATH=" + filepath.Dir(s.git) + ":/usr/bin:/bin", "HOME=" + s.path("home"), "TMPDIR=" + s.path("home"), "LC_ALL=C", "TZ=UTC",
		"GIT_DIR=" + s.path("git"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_ATTR_NOSYSTEM=1", "GIT_NO_REPLACE_OBJECTS=1",
		"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=/bin/false", "SSH_ASKPASS=/bin/false", "GIT_ALLOW_PROTOCOL=" + protocols,
		"GIT_HTTP_LOW_SPEED_LIMIT=1000", "GIT_HTTP_LOW_SPEED_TIME=30", "GIT_DEFAULT_HASH=sha1", "GIT_DEFAULT_REF_FORMAT=files",
		"GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x", // or git looks them up in the system
	}
}

// login returns the environment with the remotes and the token. The token is in no
// argument and no file, and lazy fetches inherit it.
func (s *space) login(job Job, token string) []string {
	pairs := append([][2]string{}, settings...)
	for _, r := range [][2]string{{"origin", job.Remote}, {"fork", job.Fork}} {
		if r[1] != "" {
			pairs = append(pairs, [2]string{"remote." + r[0] + ".url", r[1]},
				[2]string{"remote." + r[0] + ".promisor", "true"}, [2]string{"remote." + r[0] + ".partialCloneFilter", "blob:none"})
		}
	}
	if token != "" {
		basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token))
		pairs = append(pairs, [2]string{"http." + server(job.Remote) + "/.extraHeader", "Authorization: basic " + basic})
		s.secret(token, basic)
	}
	env := append(s.base(s.protocols), "GIT_CONFIG_COUNT="+strconv.Itoa(len(pairs)))
	for i, pair := range pairs {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, pair[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, pair[1]))
	}
	return env
}

// command is one run of git.
type command struct {
	args  []string
	stdin []byte
	tree  string              // the work tree, from which only attributes are read; "" for none
	each  func(record string) // gets each NUL-terminated record of the output; nil: the output is kept
}

// printed is a command's output. Code is its exit status, or -1 if it was killed.
type printed struct {
	out    []byte
	errors string
	code   int
}

// run runs git. The error of a command that ran is a *Failure, by its output.
func (s *space) run(ctx context.Context, c command) (printed, error) {
	cmd := s.command(ctx, c)
	stdout, stderr := capped{max: maxOutput}, capped{max: maxErrors, cut: true}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(c.stdin), &stdout, &stderr
	lines := records{left: maxRecords, each: c.each}
	if c.each != nil {
		cmd.Stdout = &lines
	}
	runtime.LockOSThread() // see endWithParent
	err := cmd.Run()
	runtime.UnlockOSThread()
	p := printed{stdout.Bytes(), s.clean(stderr.String()), -1}
	if cmd.ProcessState != nil {
		p.code = cmd.ProcessState.ExitCode()
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return p, nil
	case ctx.Err() != nil:
		return p, asFailure(context.Cause(ctx))
	case stdout.full || lines.full: // a signal ends git then
		return p, &Failure{Kind: TooLarge, Err: fmt.Errorf("running git %s: %w", c.args[0], errOutput)}
	case errors.As(err, &exit):
		return p, s.failure(c, err, p)
	}
	return p, asFailure(fmt.Errorf("running git %s: %w", c.args[0], err))
}

// failure is why a command failed. On a full disk, git doesn't always say so.
func (s *space) failure(c command, err error, p printed) *Failure {
	t := classify(c.args[0], err, p.errors)
	if death, found := deaths[p.code]; found {
		t.Kind, t.Temporary = death.kind, death.temporary
	}
	if room, err := free(s.dir); t.Kind == Broken && err == nil && room < 1<<20 {
		t.Kind, t.Temporary = DiskFull, true
	}
	return t
}

func (s *space) command(ctx context.Context, c command) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.git, c.args...)
	cmd.Dir, cmd.Env = s.path("git"), s.env
	if c.tree != "" {
		cmd.Dir, cmd.Env = c.tree, append(cmd.Env[:len(cmd.Env):len(cmd.Env)], "GIT_WORK_TREE="+c.tree)
	}
	cmd.WaitDelay = 5 * time.Second // for processes that hold the pipes after a kill
	if s.shared {
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that git removes its locks
	} else {
		s.limits.guard(cmd)
		inGroup(cmd)
	}
	return cmd
}

var errOutput = errors.New("it printed too much")

// capped keeps the first max bytes; more is an error, or cut off.
type capped struct {
	bytes.Buffer
	max  int
	cut  bool
	full bool
}

func (c *capped) Write(p []byte) (int, error) {
	room := max(c.max-c.Len(), 0)
	if len(p) <= room {
		return c.Buffer.Write(p)
	}
	if !c.cut {
		c.full = true
		return 0, errOutput
	}
	c.Buffer.Write(p[:room])
	return len(p), nil
}

// records passes on NUL-terminated records.
type records struct {
	rest []byte
	left int
	each func(string)
	full bool
}

func (r *records) Write(p []byte) (int, error) {
	if r.left -= len(p); r.left < 0 || len(r.rest) > maxOutput {
		r.full = true
		return 0, errOutput
	}
	r.rest = append(r.rest, p...)
	start := 0
	for {
		n := bytes.IndexByte(r.rest[start:], 0)
		if n < 0 {
			break
		}
		r.each(string(r.rest[start : start+n]))
		start += n + 1
	}
	r.rest = append(r.rest[:0], r.rest[start:]...)
	return len(p), nil
}

// secret keeps words out of errors and logs; git has no good reason to print them.
func (s *space) secret(words ...string) {
	for _, word := range words {
		s.secrets = append(s.secrets, word, "[token]")
	}
}

func (s *space) clean(text string) string {
	return strings.NewReplacer(s.secrets...).Replace(text)
}
