package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/git"
)

// plan checks what is asked for, and looks up the rest.
func (f *Flow) plan(ctx context.Context, r Request) (*state, error) {
	s := &state{Format: stateFormat, Version: stateVersion, Push: r.Push, Force: r.Force, Title: strings.TrimSpace(r.Title), Body: r.Body}
	if strings.ContainsAny(s.Title, "\r\n\x00") {
		return nil, misuse("reading the title: it has more than one line")
	}
	if err := f.remotes(ctx, s, r); err != nil {
		return nil, err
	}
	settings, err := f.settings(ctx)
	if err != nil {
		return nil, err
	}
	s.Settings = settings
	branches, err := order(r.Branches, settings.NeedVersion)
	if err != nil {
		return nil, err
	}
	if err := f.resolve(ctx, s, r); err != nil {
		return nil, err
	}
	paths, err := f.paths(ctx)
	if err != nil {
		return nil, err
	}
	changed, err := f.repo.Changed(ctx, s.Commit)
	if err != nil {
		return nil, err
	}
	for _, b := range branches {
		s.Rows = append(s.Rows, Row{Branch: b, State: Waiting, Head: fmt.Sprintf("backport-%.7s-%s", s.Commit, b), Draft: settings.Draft,
			LeftOut: paths.Newer(b, changed)})
		if head := s.Rows[len(s.Rows)-1].Head; !git.ValidBranch(head) {
			return nil, misuse("%q isn't a valid branch name: %q is too long", head, b)
		}
	}
	if r.Worktree != "" {
		if s.Worktree, err = filepath.Abs(r.Worktree); err != nil {
			return nil, err
		}
	}
	if _, err = f.repo.Committer(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// remotes finds the remotes to fetch from and to push to.
func (f *Flow) remotes(ctx context.Context, s *state, r Request) error {
	all, err := f.repo.Remotes(ctx)
	if err != nil {
		return err
	}
	s.Remote = cmp.Or(r.Remote, "upstream")
	if r.Remote == "" && !slices.Contains(all, "upstream") {
		s.Remote = "origin"
	}
	s.PushTo = cmp.Or(r.PushTo, "origin")
	if !slices.Contains(all, s.Remote) {
		return misuse("no remote named %q: choose one that git remote lists with --remote, or add it with git remote add", s.Remote)
	}
	if s.Push && !slices.Contains(all, s.PushTo) {
		return misuse("no remote named %q to push to: name your fork's remote with --push-remote", s.PushTo)
	}
	return nil
}

// settings are those of the commit that is checked out, as for cherry_picker.
func (f *Flow) settings(ctx context.Context) (Settings, error) {
	head, err := f.repo.Resolve(ctx, "HEAD")
	if err != nil {
		return Settings{}, nil // no commit yet
	}
	const most = 64 << 10
	text, found, err := f.repo.Contents(ctx, head, SettingsFile, most)
	if err != nil || !found {
		return Settings{}, err
	}
	s, err := parseSettings(string(text))
	if err == nil && len(text) == most {
		err = fmt.Errorf("%s has more than %d bytes", SettingsFile, most)
	}
	if err != nil {
		return s, &Misuse{err}
	}
	if s.CheckSHA == "" {
		return s, nil
	}
	if _, err := f.repo.Resolve(ctx, s.CheckSHA); err != nil {
		return s, misuse("%s is for another repository: its check_sha %q isn't in this one", SettingsFile, s.CheckSHA)
	}
	return s, nil
}

// paths are the files that backports treat differently, by the bot's settings in the commit
// that is checked out. A file with faults, or for a newer bot, doesn't keep anyone from
// backporting: the preset holds then.
func (f *Flow) paths(ctx context.Context) (*backport.Paths, error) {
	preset := config.Preset()
	head, err := f.repo.Resolve(ctx, "HEAD")
	if err != nil {
		return backport.NewPaths(preset.Picks), nil // no commit yet
	}
	const most = 1 << 20
	text, found, err := f.repo.Contents(ctx, head, config.RepositoryFile, most)
	if err != nil {
		return nil, err
	}
	if own, fault := preset.Override(config.RepositoryFile, text); found && fault == nil {
		return backport.NewPaths(own.Picks), nil
	}
	return backport.NewPaths(preset.Picks), nil
}

var versionIn = regexp.MustCompile(`\d+(?:\.\d+)+`)

// order puts branches with versions in their names first, the newest before the
// others, and leaves the rest as they were given.
func order(branches []string, needVersion bool) ([]string, error) {
	if len(branches) == 0 {
		return nil, misuse("expected one or more branches, such as 3.14")
	}
	for i, b := range branches {
		if !git.ValidBranch(b) {
			return nil, misuse("%q isn't a valid branch name", b)
		}
		if slices.Contains(branches[:i], b) {
			return nil, misuse("the branch %s is named twice", b)
		}
		if needVersion && !versionIn.MatchString(b) {
			return nil, misuse("the branch name %s has no version, which %s requires (require_version_in_branch_name)", b, SettingsFile)
		}
	}
	sorted := slices.Clone(branches)
	slices.SortStableFunc(sorted, func(a, b string) int { return compareVersions(versionIn.FindString(b), versionIn.FindString(a)) })
	return sorted, nil
}

// compareVersions compares numbers of any length; "" is older than all.
func compareVersions(a, b string) int {
	if a == "" || b == "" {
		return cmp.Compare(len(a), len(b))
	}
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(a, b string) int {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
}

// resolve finds the commit, in the remote if it is not here yet.
func (f *Flow) resolve(ctx context.Context, s *state, r Request) error {
	id, err := f.repo.Resolve(ctx, r.Commit)
	if err != nil && !r.NoFetch {
		if fetched := f.repo.Fetch(ctx, s.Remote, cmp.Or(s.Settings.DefaultBranch, "main")); fetched == nil || !fullID.MatchString(r.Commit) {
			id, err = f.repo.Resolve(ctx, r.Commit)
		}
		if err != nil && fullID.MatchString(r.Commit) && f.repo.FetchCommit(ctx, s.Remote, r.Commit) == nil {
			id, err = f.repo.Resolve(ctx, r.Commit)
		}
	}
	if err != nil {
		return &Misuse{err}
	}
	whole, err := f.repo.Whole(ctx, id)
	if err == nil && !whole && !r.NoFetch {
		if err = f.repo.FetchCommit(ctx, s.Remote, id); err == nil {
			whole, err = f.repo.Whole(ctx, id)
		}
	}
	if err != nil {
		return fmt.Errorf("reading the commit %.10s: %w", id, err)
	}
	if !whole {
		return fmt.Errorf("the parent of %.10s isn't here, since the clone is shallow: fetch it with git fetch --deepen=1 %s", id, s.Remote)
	}
	s.Commit = id
	c, err := f.original(ctx, s)
	s.Subject, _, _ = strings.Cut(strings.TrimLeft(c.Message, "\n"), "\n")
	return err
}

// fetch brings all branches at once, or says of each that is not there.
func (f *Flow) fetch(ctx context.Context, s *state, no bool) error {
	if no {
		return nil
	}
	var all []string
	for _, r := range s.Rows {
		all = append(all, r.Branch)
	}
	err := f.repo.Fetch(ctx, s.Remote, all...)
	if !branchMissing(err) {
		if err != nil {
			err = fmt.Errorf("fetching from %s: %w", s.Remote, cause(err))
		}
		return err
	}
	for _, branch := range all {
		if err := f.repo.Fetch(ctx, s.Remote, branch); branchMissing(err) {
			f.missing[branch] = true
		} else if err != nil {
			return fmt.Errorf("fetching from %s: %w", s.Remote, cause(err))
		}
	}
	return nil
}

func branchMissing(err error) bool {
	t, ok := errors.AsType[*git.Failure](err)
	return ok && t.Kind == git.BranchMissing
}

// cause is an error without the kind that programs tell it by.
func cause(err error) error {
	if t, ok := errors.AsType[*git.Failure](err); ok {
		return t.Err
	}
	return err
}

// treeFor is the directory in which a conflict is to be resolved: beside the
// work tree, where editors and shells find it.
func (f *Flow) treeFor(s *state, r Row) (string, error) {
	dir := s.Worktree
	if dir == "" {
		if f.repo.Outer == "" {
			return "", errors.New("the repository is bare: choose a directory for resolving the conflict with --worktree DIR")
		}
		dir = f.repo.Outer + "-" + strings.ReplaceAll(r.Head, "/", "-")
	}
	parent, err := filepath.EvalSymlinks(filepath.Dir(dir)) // as git will name it
	if err != nil {
		return "", fmt.Errorf("making a work tree: %w", err)
	}
	dir = filepath.Join(parent, filepath.Base(dir))
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) == 0 || errors.Is(err, os.ErrNotExist) {
		return dir, nil
	}
	return "", fmt.Errorf("making a work tree: %s already exists: move it, or choose another directory with --worktree DIR",
		strconv.Quote(dir))
}
