package git

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Ref returns the full id of a ref's commit, or "" if it doesn't exist.
func (l *Local) Ref(ctx context.Context, name string) (string, error) {
	c, err := l.work.objects.commit(ctx, name)
	return c.id, err
}

// IsAncestor reports whether one commit is an ancestor of another.
func (l *Local) IsAncestor(ctx context.Context, id, of string) (bool, error) {
	p, err := l.do(ctx, "", "merge-base", "--is-ancestor", id, of)
	if p.code == 1 {
		return false, nil
	}
	return err == nil, err
}

// MoveBranch moves a branch to a commit, if it's where it's expected. An empty id means
// no branch.
func (l *Local) MoveBranch(ctx context.Context, branch, to, from string) error {
	args := []string{"update-ref", "-m", "bot backport", "refs/heads/" + branch, to, cmpZero(from)}
	if to == "" {
		args = []string{"update-ref", "-m", "bot backport", "-d", "refs/heads/" + branch, from}
	}
	_, err := l.do(ctx, "", args...)
	return err
}

func cmpZero(id string) string {
	if id == "" {
		return strings.Repeat("0", 40)
	}
	return id
}

// Remotes returns the names of the repository's remotes.
func (l *Local) Remotes(ctx context.Context) ([]string, error) {
	p, err := l.do(ctx, "", "remote")
	return strings.Fields(string(p.out)), err
}

// Addresses of a remote, to fetch from or push to: as git uses it, and as it's
// configured.
func (l *Local) Addresses(ctx context.Context, remote string, push bool) ([]string, error) {
	args := []string{"remote", "get-url"}
	keys := []string{"remote." + remote + ".url"}
	if push {
		args = append(args, "--push")
		keys = []string{"remote." + remote + ".pushurl", keys[0]}
	}
	p, err := l.do(ctx, "", append(args, "--", remote)...)
	if err != nil {
		return nil, err
	}
	found := []string{strings.TrimSuffix(string(p.out), "\n")}
	for _, key := range keys {
		if p, err := l.do(ctx, "", "config", "--get", key); err == nil {
			found = append(found, strings.TrimSuffix(string(p.out), "\n"))
		}
	}
	return found, nil
}

// TrackingRef is the local name of a remote's branch.
func TrackingRef(remote, branch string) string { return "refs/remotes/" + remote + "/" + branch }

// Fetch fetches branches of a remote into their TrackingRef. A missing branch is a
// *Failure of kind BranchMissing.
func (l *Local) Fetch(ctx context.Context, remote string, branches ...string) error {
	var known, unknown []string
	for _, b := range branches {
		spec := "+refs/heads/" + b + ":" + TrackingRef(remote, b)
		id, err := l.Ref(ctx, TrackingRef(remote, b))
		if err != nil {
			return err
		}
		if id == "" && l.Shallow { // or all of its history would come
			unknown = append(unknown, spec)
		} else {
			known = append(known, spec)
		}
	}
	if len(unknown) > 0 {
		if err := l.fetch(ctx, append([]string{"--depth=1", "--", remote}, unknown...)...); err != nil {
			return err
		}
	}
	if len(known) > 0 {
		return l.fetch(ctx, append([]string{"--", remote}, known...)...)
	}
	return nil
}

// FetchCommit fetches a commit and its parent, with no more history than necessary.
func (l *Local) FetchCommit(ctx context.Context, remote, id string) error {
	if l.Shallow {
		return l.fetch(ctx, "--depth=2", "--", remote, id)
	}
	return l.fetch(ctx, "--", remote, id)
}

func (l *Local) fetch(ctx context.Context, args ...string) error {
	args = append([]string{"fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"}, args...)
	p, err := l.talk(ctx, []string{"LC_ALL=C"}, args...)
	if err == nil || p.code <= 0 {
		return err
	}
	return &Failure{Kind: classify("fetch", err, p.errors).Kind, Err: told("fetch", p)}
}

// LocalPush is what Push pushes.
type LocalPush struct {
	Remote, Branch string
	Commit         string // full id
	Expect         string // full id of the commit that the branch should be at, "" for none
}

// Push pushes one branch as git push does, with hooks and passwords. If the server
// rejects it, the error is a *Failure; BranchMoved means that the branch isn't where it
// was expected.
func (l *Local) Push(ctx context.Context, p LocalPush) error {
	ref := "refs/heads/" + p.Branch
	out, err := l.talk(ctx, nil, "push", "--porcelain", "--force-with-lease="+ref+":"+p.Expect, "--", p.Remote, p.Commit+":"+ref)
	report, found := parsePush(string(out.out))[ref]
	switch {
	case err == nil:
		return nil
	case found && !report.ok:
		t := refused(report.text, out.errors)
		return &Failure{t.Kind, t.Temporary, fmt.Errorf("git push: %s", strings.TrimSpace(report.text))}
	case out.code <= 0:
		return err
	}
	return fmt.Errorf("git push (exit status %d)%s", out.code, tidy(lastLine(out.errors)))
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// RemoteBranch asks a remote for a branch's commit; "" if there's no such branch.
func (l *Local) RemoteBranch(ctx context.Context, remote, branch string) (string, error) {
	p, err := l.talk(ctx, nil, "ls-remote", "--quiet", "--", remote, "refs/heads/"+branch)
	if err != nil && p.code > 0 {
		err = told("ls-remote", p)
	}
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(p.out)) {
		if id, name, _ := strings.Cut(strings.TrimSpace(line), "\t"); name == "refs/heads/"+branch && fullID.MatchString(id) {
			return id, nil
		}
	}
	return "", nil
}

// CheckedOut returns the work tree that has a branch checked out, or "".
func (l *Local) CheckedOut(ctx context.Context, branch string) (string, error) {
	trees, err := l.trees(ctx)
	for dir, has := range trees {
		if slices.Contains(has, "branch refs/heads/"+branch) {
			return dir, err
		}
	}
	return "", err
}

// trees returns the work trees, and what git says about each.
func (l *Local) trees(ctx context.Context) (map[string][]string, error) {
	p, err := l.do(ctx, "", "worktree", "list", "--porcelain", "-z")
	found := map[string][]string{}
	for record := range strings.SplitSeq(string(p.out), "\x00\x00") {
		fields := strings.Split(strings.Trim(record, "\x00"), "\x00")
		if dir, ok := strings.CutPrefix(fields[0], "worktree "); ok {
			found[dir] = fields[1:]
		}
	}
	return found, err
}
