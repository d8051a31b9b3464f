package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Local is a person's own repository, to pick in. Its configuration is in force, as for
// any git command. The index and the files of a work tree are only touched where the
// name says so, and no hook runs except those of a push.
type Local struct {
	Repository // Dir is absolute
	// Common is what all work trees of the repository share: its .git directory, or the
	// bare repository. It's absolute.
	Common string
	// Top is the work tree that contains Dir, absolute; "" outside of any. Outer is the
	// same, or that of the repository of which this one is a submodule.
	Top, Outer string
	// Shallow reports that history is cut off.
	Shallow bool

	log       io.Writer // gets git's output while it fetches and pushes
	home      string    // the directory for that
	env       []string  // the person's, without a repository
	filters   []string  // settings that turn git-lfs off, if it's missing
	work      *work     // with GIT_DIR
	committer string
}

// OpenLocal opens the repository that contains a directory. Output of git and its hooks,
// while they fetch and push, goes to log. It needs git 2.38 or later.
func OpenLocal(ctx context.Context, dir string, log io.Writer) (*Local, error) {
	program, err := findGit()
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	l := &Local{Repository: Repository{dir}, log: log, env: withoutRepository(os.Environ())}
	if err := l.locate(ctx); err != nil {
		return nil, fmt.Errorf("opening the repository in %s: %w", dir, err)
	}
	l.filters = l.withoutLFS(ctx)
	s := &space{git: program, shared: true, env: append(slices.Clone(l.env), "LC_ALL=C", "GIT_DIR="+l.Common)}
	if s.dir, err = os.MkdirTemp("", "concorde-backport-"); err != nil {
		return nil, err
	}
	l.work = &work{space: s}
	if err = os.Mkdir(s.path("git"), 0o700); err == nil {
		l.work.objects, err = s.open(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	return l, nil
}

// Close undoes OpenLocal.
func (l *Local) Close() error {
	l.work.objects.close()
	return os.RemoveAll(l.work.dir)
}

// withoutRepository removes variables that say where a repository is: hooks set them,
// for one work tree.
func withoutRepository(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE",
			"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_LITERAL_PATHSPECS", "LC_ALL":
			return true
		}
		return false
	})
}

func (l *Local) locate(ctx context.Context) error {
	out, err := l.Repository.run(ctx, nil, "rev-parse", "--path-format=absolute", "--show-object-format", "--is-shallow-repository",
		"--is-inside-work-tree", "--git-common-dir")
	if err != nil {
		return err
	}
	facts := strings.SplitN(string(out), "\n", 4)
	if len(facts) != 4 {
		return fmt.Errorf("reading the output of git rev-parse: unexpected %.80q", out)
	}
	if facts[0] != "sha1" {
		return fmt.Errorf("it uses %s for object names, but backports only support SHA-1", facts[0])
	}
	l.Shallow, l.Common = facts[1] == "true", strings.TrimSuffix(facts[3], "\n")
	l.home = l.Common
	if facts[2] != "true" {
		return nil
	}
	top, err := l.Repository.run(ctx, nil, "rev-parse", "--path-format=absolute", "--show-toplevel")
	if err != nil {
		return err
	}
	outer, err := l.Repository.run(ctx, nil, "rev-parse", "--path-format=absolute", "--show-superproject-working-tree")
	if err != nil {
		return err
	}
	l.Top = strings.TrimSuffix(string(top), "\n")
	l.Outer = cmp.Or(strings.TrimSuffix(string(outer), "\n"), l.Top)
	l.home = l.Top
	return nil
}

// Lock keeps out other processes that call it, until unlock is called or this process
// ends. It's false if another process has it. A file system without locks keeps no one
// out.
func (l *Local) Lock() (unlock func(), alone bool) {
	dir, err := os.Open(l.Common)
	if err != nil {
		return func() {}, true
	}
	alone, err = lock(dir, false)
	return func() { _ = dir.Close() }, alone || err != nil
}

// do runs git on the repository, in one of its work trees or, with "", in none.
func (l *Local) do(ctx context.Context, tree string, args ...string) (printed, error) {
	s := *l.work.space
	if tree != "" {
		s.env = append(slices.Clone(l.env), "LC_ALL=C")
	}
	p, err := s.run(ctx, command{args: slices.Concat([]string{"-c", "core.hooksPath=" + os.DevNull}, l.filters, args), tree: tree})
	if err != nil && p.code > 0 {
		err = told(args[0], p)
	}
	return p, err
}

// told is an error in git's own words.
func told(name string, p printed) error {
	return fmt.Errorf("git %s (exit status %d)%s", name, p.code, tidy(p.errors))
}

// sieve passes on its input, except lines for programs.
type sieve struct{ to io.Writer }

// forPrograms matches git's message about a branch that a remote doesn't have, and the
// output of "git push --porcelain" and "git ls-remote". The rest is for people, such as
// the output of hooks.
var forPrograms = regexp.MustCompile(`^(.*couldn't find remote ref.*|To .*|[ +*=!-]\t[^\t]*\t.*|Done|[0-9a-f]{40}\t.*)\n$`)

func (s sieve) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		if forPrograms.Match(line) {
			continue
		}
		if _, err := s.to.Write(line); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// talk runs git as the person would, so that it can ask for passwords and run hooks,
// whose output they see. Each of env is added.
func (l *Local) talk(ctx context.Context, env []string, args ...string) (printed, error) {
	cmd := exec.CommandContext(ctx, l.work.git, args...)
	cmd.Dir, cmd.Env = l.home, append(slices.Clone(l.env), env...)
	if l.home == l.Common {
		cmd.Env = append(cmd.Env, "GIT_DIR="+l.Common)
	}
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, 5*time.Second
	stdout, stderr, people := capped{max: maxOutput}, capped{max: maxErrors, cut: true}, sieve{&single{to: l.log}}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &bytes.Reader{}, io.MultiWriter(&stdout, people), io.MultiWriter(&stderr, people)
	err := cmd.Run()
	p := printed{stdout.Bytes(), stderr.String(), -1}
	if cmd.ProcessState != nil {
		p.code = cmd.ProcessState.ExitCode()
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return p, err
}

// single lets two streams write to one writer.
type single struct {
	mu sync.Mutex
	to io.Writer
}

func (s *single) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.to.Write(p)
}
