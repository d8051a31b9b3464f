package gitstore

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Git runs the git of this machine in an environment of its own: no configuration, no home, no prompt.
type Git struct {
	path string // of the program
	Env  []string
}

// FindGit finds git; home is an empty directory.
func FindGit(home string) (*Git, error) {
	path, err := exec.LookPath("git")
	if err != nil {
		return nil, fmt.Errorf("finding git (ghtest serves real repositories and needs it installed): %w", err)
	}
	g := &Git{path: path}
	g.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_CONFIG_HOME=" + home, "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1",
		"GIT_AUTHOR_NAME=ghtest", "GIT_AUTHOR_EMAIL=ghtest@example.com",
		"GIT_COMMITTER_NAME=ghtest", "GIT_COMMITTER_EMAIL=ghtest@example.com",
	}
	return g, nil
}

// Command is a run of git, which ends with ctx.
func (g *Git) Command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, g.path, args...)
}

// run runs git in a directory with some input and returns what it printed.
func (g *Git) run(dir string, input []byte, args ...string) ([]byte, error) {
	return g.Feed(dir, bytes.NewReader(input), args...)
}

// Feed is run with an input that is read.
func (g *Git) Feed(dir string, input io.Reader, args ...string) ([]byte, error) {
	cmd := exec.Command(g.path, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = dir, g.Env, input
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("running git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

func (g *Git) startCatFile(dir string) (*catFile, error) {
	cmd := exec.Command(g.path, "cat-file", "--batch")
	cmd.Dir, cmd.Env = dir, g.Env
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting git cat-file: %w", err)
	}
	return &catFile{in: in, out: bufio.NewReader(out), wait: cmd.Wait}, nil
}

// bareConfig is the configuration of every served repository: pushed objects stay loose (store reads them without a
// process), any object may be fetched and partial clones work, as on GitHub. Nothing outlives the process, so nothing is worth an fsync.
const bareConfig = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	fsync = none
[gc]
	auto = 0
[maintenance]
	auto = false
[receive]
	autogc = false
	hideRefs = refs/pull
	denyDeleteCurrent = refuse
[transfer]
	unpackLimit = 20000
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[http]
	receivepack = true
`

// InitBare lays out a bare repository; objects of another repository are shared when given.
func InitBare(dir, branch, objects string) error {
	if err := os.MkdirAll(filepath.Join(dir, "refs", "heads"), 0o755); err != nil {
		return err
	}
	var link error
	if objects == "" {
		link = os.MkdirAll(filepath.Join(dir, "objects", "pack"), 0o755)
	} else {
		link = os.Symlink(objects, filepath.Join(dir, "objects"))
	}
	return errors.Join(link,
		os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/"+branch+"\n"), 0o644),
		os.WriteFile(filepath.Join(dir, "config"), []byte(bareConfig), 0o644))
}
