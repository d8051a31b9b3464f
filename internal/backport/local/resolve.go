package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/git"
)

// tree is the work tree of a row.
func (s *state) tree(i int) git.Tree {
	r := s.Rows[i]
	return git.Tree{Dir: r.Worktree, Branch: r.Head, Commit: s.Commit, Onto: r.Onto}
}

// begin leaves a conflict in a work tree of its own. The state knows of it
// before it is there.
func (f *Flow) begin(ctx context.Context, s *state, i int, before string, conflicts []git.Conflict) (err error) {
	r := &s.Rows[i]
	if r.Worktree, err = f.treeFor(s, *r); err != nil {
		return fmt.Errorf("it has conflicts in %s; %w", names(conflicts), err)
	}
	paths, err := f.paths(ctx)
	if err != nil {
		return err
	}
	for _, c := range conflicts {
		r.Conflicts = append(r.Conflicts, Conflict{strings.ToValidUTF8(c.Path, "\uFFFD"), c.Kind, paths.Command(c.Path)})
	}
	original, err := f.original(ctx, s)
	if err != nil {
		return err
	}
	tree := s.tree(i)
	if tree.Commit, err = f.repo.Without(ctx, s.Commit, r.LeftOut); err != nil {
		return err
	}
	r.State, s.Current = Conflicted, &current{Row: i, Before: before}
	if err = f.save(s); err == nil {
		err = f.repo.Begin(ctx, tree, s.message(original.Source))
	}
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return errors.Join(err, f.drop(ctx, s))
	}
	s.Current.Ready = true
	return nil
}

func names(conflicts []git.Conflict) string {
	var all []string
	for _, c := range conflicts {
		all = append(all, c.Path)
	}
	return list(all)
}

// list names some of many.
func list(all []string) string {
	const most = 10
	if len(all) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
	}
	return strings.Join(all, ", ")
}

// drop removes the work tree, and puts the branch back where it was.
func (f *Flow) drop(ctx context.Context, s *state) error {
	r := &s.Rows[s.Current.Row]
	if err := f.repo.End(ctx, r.Worktree); err != nil {
		return err
	}
	now, err := f.repo.Ref(ctx, "refs/heads/"+r.Head)
	if err == nil && now != s.Current.Before {
		err = f.repo.MoveBranch(ctx, r.Head, s.Current.Before, now)
	}
	if err != nil {
		return err
	}
	r.Worktree, r.Commit, r.Conflicts, s.Current = "", "", nil, nil
	return nil
}

var errFinished = errors.New("no backport in progress")

// Continue takes over what the person resolved, and goes on with the other
// branches. With force it takes files with conflict markers, too.
func (f *Flow) Continue(ctx context.Context, force bool) (Report, error) {
	return f.alone(func(s *state) (Report, error) {
		if s == nil {
			return report(s, false), errFinished
		}
		if s.Current != nil {
			r := &s.Rows[s.Current.Row]
			if err := f.settle(ctx, s, force); err != nil {
				return report(s, true), err
			}
			if err := f.save(s); err != nil {
				return report(s, true), err
			}
			if r.State != Waiting {
				f.tell(*r)
			}
		}
		return f.run(ctx, s)
	})
}

// settle ends the conflict: the branch gets the result, and the work tree goes.
func (f *Flow) settle(ctx context.Context, s *state, force bool) error {
	c := s.Current
	r := &s.Rows[c.Row]
	if !c.Ready { // it was cut short: it is picked again
		err := f.drop(ctx, s)
		if err == nil {
			r.State = Waiting
		}
		return err
	}
	if c.Result == "" {
		result, err := f.take(ctx, s, force)
		if err != nil {
			return fmt.Errorf("continuing in %s: %w", r.Worktree, err)
		}
		c.Result, r.Commit = result, result
		if err := f.save(s); err != nil {
			return err
		}
	}
	if err := f.repo.End(ctx, r.Worktree); err != nil {
		return err
	}
	err := f.publish(ctx, s, r)
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		r.State, r.Error = Failed, err.Error()
	}
	r.Worktree, r.Conflicts, s.Current = "", nil, nil
	return nil
}

// take makes the commit of what is added in the work tree, unless the person
// committed it.
func (f *Flow) take(ctx context.Context, s *state, force bool) (string, error) {
	t := s.tree(s.Current.Row)
	now, err := f.repo.State(ctx, t)
	if err != nil {
		return "", err
	}
	switch {
	case now.Gone:
		return "", errors.New("the work tree is gone: use --skip to leave this branch out, or --abort to stop")
	case now.Branch != t.Branch:
		return "", fmt.Errorf("the work tree is on another branch: run git switch %s there", t.Branch)
	case len(now.Unmerged) > 0:
		return "", fmt.Errorf("these files have unresolved conflicts: %s: edit them there, then git add them", list(now.Unmerged))
	case len(now.Marked) > 0 && !force:
		return "", fmt.Errorf("these files still have conflict markers: %s: edit them there, then git add them (or use --force if the markers "+
			"are intended)", list(now.Marked))
	case len(now.Loose) > 0:
		return "", fmt.Errorf("these changes aren't staged: %s: git add them there, or remove them", list(now.Loose))
	case !now.Staged && now.Head == t.Onto:
		return "", errors.New("nothing is left of the change: git add what belongs to it, or use --skip to leave this branch out")
	case !now.Staged:
		return now.Head, nil
	}
	tree, err := f.repo.WriteTree(ctx, t)
	if err != nil {
		return "", err
	}
	pick, err := f.pickOnto(ctx, s, &s.Rows[s.Current.Row], now.Head)
	if err != nil {
		return "", err
	}
	id, err := f.repo.CommitTree(ctx, tree, pick)
	if err == nil {
		id, err = f.repo.Sign(ctx, id)
	}
	if err != nil {
		return "", err
	}
	return id, f.repo.MoveBranch(ctx, t.Branch, id, now.Head)
}

// Skip takes the branch with the conflict back, and goes on with the others.
func (f *Flow) Skip(ctx context.Context) (Report, error) {
	return f.alone(func(s *state) (Report, error) {
		switch {
		case s == nil:
			return report(s, false), errFinished
		case s.Current == nil:
			return report(s, true), errors.New("no branch has a conflict: use --continue instead")
		}
		r := &s.Rows[s.Current.Row]
		if err := f.drop(ctx, s); err != nil {
			return report(s, true), err
		}
		r.State = Skipped
		if err := f.save(s); err != nil {
			return report(s, true), err
		}
		f.tell(*r)
		return f.run(ctx, s)
	})
}

// Abort takes the branch with the conflict back, and forgets those that wait.
// Branches that are made stay.
func (f *Flow) Abort(ctx context.Context) (Report, error) {
	return f.alone(func(s *state) (Report, error) {
		if s == nil {
			return report(s, false), errFinished
		}
		if s.Current != nil {
			i := s.Current.Row
			if err := f.drop(ctx, s); err != nil {
				return report(s, true), err
			}
			s.Rows[i].State = Skipped
		}
		return report(s, false), f.forget()
	})
}

// Status tells how things stand. What is still unresolved in the work tree is
// among the conflicts of its row.
func (f *Flow) Status(ctx context.Context) (Report, error) {
	s, err := f.load()
	if err != nil || s == nil {
		return report(s, false), err
	}
	if c := s.Current; c != nil && c.Ready && c.Result == "" {
		now, err := f.repo.State(ctx, s.tree(c.Row))
		if err != nil {
			return report(s, true), err
		}
		r := &s.Rows[c.Row]
		if now.Gone {
			r.Error = "the work tree is gone: use --skip to leave this branch out, or --abort to stop"
		}
		still := append(now.Unmerged, now.Marked...)
		var left []Conflict
		for _, k := range r.Conflicts {
			if i := slices.Index(still, k.Path); i >= 0 {
				left = append(left, k)
				still[i] = ""
			}
		}
		for _, path := range still {
			if path != "" {
				left = append(left, Conflict{Path: path, Kind: "content"})
			}
		}
		r.Conflicts = left
	}
	return report(s, true), nil
}
