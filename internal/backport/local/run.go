package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/concorde-bot/concorde/internal/git"
)

var errInterrupted = errors.New("interrupted: run bot backport --continue to go on, or --abort to stop")

// run goes through the branches that wait. A conflict ends it; so does whoever
// interrupts it, and the state stays for the next time.
func (f *Flow) run(ctx context.Context, s *state) (Report, error) {
	for i := range s.Rows {
		r := &s.Rows[i]
		if r.State != Waiting {
			continue
		}
		err := f.pick(ctx, s, i)
		if err == nil && s.Current == nil {
			err = f.publish(ctx, s, r)
		}
		if ctx.Err() != nil {
			return report(s, true), errInterrupted
		}
		if err != nil {
			r.State, r.Error = Failed, cause(err).Error()
		}
		if err := f.save(s); err != nil {
			return report(s, true), err
		}
		f.tell(*r)
		if s.Current != nil {
			return report(s, true), nil
		}
	}
	return report(s, false), f.forget()
}

func (f *Flow) forget() error {
	if err := os.Remove(f.path()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing the state: %w", err)
	}
	return nil
}

// pick picks onto one branch: then the local branch is there, or the change was
// there before, or a conflict is to be resolved.
func (f *Flow) pick(ctx context.Context, s *state, i int) (err error) {
	r := &s.Rows[i]
	if r.Onto, err = f.tip(ctx, s.Remote, r.Branch); err != nil {
		return err
	}
	before, err := f.repo.Ref(ctx, "refs/heads/"+r.Head)
	if err != nil {
		return err
	}
	pick, err := f.pickOnto(ctx, s, r, r.Onto)
	if err != nil {
		return err
	}
	picked, err := f.repo.Pick(ctx, pick)
	if err != nil {
		return fmt.Errorf("picking: %w", err)
	}
	if picked.Outcome == git.Present {
		r.State = Present
		return nil
	}
	if keep, err := f.keep(ctx, s, attempt{r, before, picked}); keep || err != nil {
		r.Commit = before
		return err
	}
	if before != "" {
		if err := f.notCheckedOut(ctx, r.Head); err != nil {
			return err
		}
	}
	if picked.Outcome == git.Conflicted {
		return f.begin(ctx, s, i, before, picked.Conflicts)
	}
	if r.Commit, err = f.repo.Sign(ctx, picked.Commit); err != nil {
		return err
	}
	return f.repo.MoveBranch(ctx, r.Head, r.Commit, before)
}

// tip is the commit that a remote's branch is at, as of the last fetch.
func (f *Flow) tip(ctx context.Context, remote, branch string) (string, error) {
	if f.missing[branch] {
		return "", fmt.Errorf("%s has no branch %s: is the name right?", remote, branch)
	}
	tip, err := f.repo.Ref(ctx, git.TrackingRef(remote, branch))
	if err == nil && tip == "" {
		err = fmt.Errorf("the branch %s of %s isn't here: try again without --no-fetch", branch, remote)
	}
	return tip, err
}

func (f *Flow) notCheckedOut(ctx context.Context, branch string) error {
	dir, err := f.repo.CheckedOut(ctx, branch)
	if err == nil && dir != "" {
		err = fmt.Errorf("the branch %s is checked out in %s: switch to another one there", branch, dir)
	}
	return err
}

// attempt is a pick, and what its branch held before.
type attempt struct {
	row    *Row
	before string
	picked git.Picked
}

// keep reports whether a branch that is there is the backport already: just what
// would be made now, or what a person made of it. It is an error where it holds
// anything else.
func (f *Flow) keep(ctx context.Context, s *state, a attempt) (bool, error) {
	if a.before == "" || s.Force {
		return false, nil
	}
	was, err := f.repo.Commit(ctx, a.before)
	if err != nil {
		return false, err
	}
	if !s.pickedIn(was) {
		return false, fmt.Errorf("the branch already exists with other work (its last commit is %.10s): rename it, or overwrite it with --force",
			a.before)
	}
	if a.picked.Outcome != git.Clean || len(was.Parents) != 1 {
		return true, nil
	}
	pick, err := f.pickOnto(ctx, s, a.row, was.Parents[0])
	if err != nil {
		return false, err
	}
	again, err := f.repo.Pick(ctx, pick)
	if err != nil || again.Outcome != git.Clean {
		return true, nil // the parent may not be here
	}
	made, err := f.repo.Commit(ctx, again.Commit)
	if err != nil {
		return false, err
	}
	if made.Tree != was.Tree { // a person changed it
		return true, nil
	}
	return was.Parents[0] == a.picked.Tip && made.Message == was.Message && made.Author == was.Author, nil
}

// pickedIn reports whether a commit says that it is this pick.
func (s *state) pickedIn(c git.LocalCommit) bool {
	return strings.Contains(c.Message, "(cherry picked from commit "+s.Commit+")")
}

// publish pushes the local branch if that is asked for, and says what the pull
// request is to be.
func (f *Flow) publish(ctx context.Context, s *state, r *Row) error {
	if r.Commit == "" {
		return nil
	}
	original, err := f.original(ctx, s)
	if err != nil {
		return err
	}
	r.Title, r.Body = s.pullRequest(original, r)
	if !s.Push {
		r.State = Made
		return nil
	}
	if err := f.push(ctx, s, r); err != nil {
		return fmt.Errorf("created %s, but couldn't push it: %w", r.Head, cause(err))
	}
	r.State = Pushed
	base, fork, err := f.places(ctx, s)
	if base.owner != "" && fork.owner != "" {
		r.URL = compare(base, fork, *r)
	}
	return err
}

// places are the repositories that pull requests go to and come from, as far as
// they are at GitHub.
func (f *Flow) places(ctx context.Context, s *state) (into, from place, err error) {
	if f.into.host != "" {
		return f.into, f.from, nil
	}
	addresses, err := f.repo.Addresses(ctx, s.Remote, false)
	if err != nil {
		return
	}
	into = github(addresses)
	if addresses, err = f.repo.Addresses(ctx, s.PushTo, true); err != nil {
		return
	}
	from = github(addresses)
	if s.Settings.Team != "" && s.Settings.Repo != "" {
		into = place{from.host, s.Settings.Team, s.Settings.Repo}
	}
	f.into, f.from = into, from
	return
}

// push pushes the local branch over nothing, or over what is known to be an
// earlier state of it.
func (f *Flow) push(ctx context.Context, s *state, r *Row) error {
	expect, err := f.repo.Ref(ctx, git.TrackingRef(s.PushTo, r.Head))
	if err == nil && s.Force {
		expect, err = f.repo.RemoteBranch(ctx, s.PushTo, r.Head)
	} else if err == nil && expect != "" && expect != r.Commit {
		err = f.mayPushOver(ctx, s, r, expect)
	}
	if err != nil {
		return err
	}
	err = f.repo.Push(ctx, git.LocalPush{Remote: s.PushTo, Branch: r.Head, Commit: r.Commit, Expect: expect})
	if t, ok := errors.AsType[*git.Failure](err); ok && t.Kind == git.BranchMoved {
		return fmt.Errorf("%s already has the branch, at a commit that isn't here: run git fetch %s and look at it, or overwrite it with "+
			"--force", s.PushTo, s.PushTo)
	}
	return err
}

func (f *Flow) mayPushOver(ctx context.Context, s *state, r *Row, expect string) error {
	if within, err := f.repo.IsAncestor(ctx, expect, r.Commit); within || err != nil {
		return err
	}
	was, err := f.repo.Commit(ctx, expect)
	if err == nil && !s.pickedIn(was) {
		err = fmt.Errorf("%s already has the branch with other work (its last commit is %.10s): to overwrite it, use --force", s.PushTo, expect)
	}
	return err
}
