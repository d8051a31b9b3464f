package git

import (
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

// Repository is a local repository. Dir is any directory inside it.
type Repository struct{ Dir string }

// run returns a git command's output. It runs in the caller's environment, since hooks
// set GIT_DIR and GIT_INDEX_FILE for good reason, except for settings that would change
// the output.
func (r Repository) run(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	dir := r.Dir
	if dir == "" {
		dir = "."
	}
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir, "--no-pager", "--literal-pathspecs"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1")
	cmd.Stdin = stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("running git: it isn't installed, or isn't in PATH")
	case err != nil:
		return nil, fmt.Errorf("running git %s: %w%s", args[0], err, reason(stderr.String()))
	}
	return out, nil
}

// Root is the top directory of the work tree, or Dir if there's none, as in a bare
// repository.
func (r Repository) Root(ctx context.Context) (string, error) {
	up, err := r.run(ctx, nil, "rev-parse", "--show-cdup") // relative, for readable messages
	if err != nil {
		return "", fmt.Errorf("opening the repository in %q: %w", r.Dir, err)
	}
	return filepath.Join(r.Dir, strings.TrimSpace(string(up))), nil
}

// Resolve returns the full id of the commit that a name stands for.
func (r Repository) Resolve(ctx context.Context, name string) (string, error) {
	out, err := r.run(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil {
		if _, outside := r.run(ctx, nil, "rev-parse", "--git-dir"); outside != nil {
			return "", fmt.Errorf("opening the repository in %q: %w", r.Dir, outside)
		}
		return "", fmt.Errorf("resolving %q: no such commit or branch here: fetch it, or check the name", name)
	}
	return strings.TrimSpace(string(out)), nil
}

// reason is the first line of git's error, and the command that it suggests on a line of
// its own, for example if a repository belongs to another user.
func reason(stderr string) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	if line == "" {
		return ""
	}
	for advice := range strings.Lines(rest) {
		if command, found := strings.CutPrefix(advice, "\tgit "); found {
			return ": " + line + " (git's advice: git " + strings.TrimSpace(command) + ")"
		}
	}
	return ": " + line
}
