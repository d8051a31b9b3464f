package snapshot

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// doubtAt is a check on a commit with its newest run: what came before that never changes.
type doubtAt struct {
	repository pull.Key
	pull.CheckDoubt
	newest time.Time
}

// doubt adds the earlier runs of those that decide: in its list of a commit's checks,
// GitHub only has the newest of each name.
func (l *checkedLoad) doubt(ctx context.Context, b *pull.BranchChecks) error {
	if l.Source.Doubts == nil {
		return nil
	}
	for _, d := range l.Source.Doubts(*b) {
		i := slices.IndexFunc(b.Commits, func(c pull.CommitChecks) bool { return c.SHA == d.SHA })
		status, reported := l.statuses[d.Check]
		if i < 0 || !reported { // comments and nightly builds are all there
			continue
		}
		key := doubtAt{l.Key.Repository(), d, newest(b.Commits[i].Runs, d.Check)}
		earlier, known := l.from.doubts.Get(key)
		if !known {
			if _, listed := l.reports[d.SHA]; l.asked >= maxDoubts && !(status && listed) {
				b.Undecided = append(b.Undecided, d.Check)
				continue
			}
			var err error
			if earlier, err = l.earlier(ctx, d, status); err != nil {
				return err
			}
			l.from.doubts.Add(key, earlier)
		}
		b.Commits[i].Runs = append(b.Commits[i].Runs, earlier...)
	}
	return nil
}

// newest is when a check reported last.
func newest(runs []pull.CheckRun, check string) (at time.Time) {
	for _, run := range runs {
		if run.Check == check && run.At.After(at) {
			at = run.At
		}
	}
	return at
}

// earlier lists a check's runs on a commit, with the newest one.
func (l *checkedLoad) earlier(ctx context.Context, d pull.CheckDoubt, status bool) (runs []pull.CheckRun, err error) {
	if status {
		all, err := l.reported(ctx, d.SHA)
		return slices.DeleteFunc(slices.Clone(all), func(r pull.CheckRun) bool { return r.Check != d.Check }), err
	}
	options := github.ListCheckRunsOptions{CheckName: &d.Check, Filter: github.String("all")}
	err = l.pages(func(page github.ListOptions) (*github.Response, error) {
		options.ListOptions = page
		found, response, err := l.REST.Checks.ListCheckRunsForRef(ctx, l.Key.Owner, l.Key.Repo, d.SHA, &options)
		if err != nil {
			return nil, said(err, "listing the check runs of", d.SHA)
		}
		for _, c := range found.CheckRuns {
			took := span{c.GetStartedAt().Time, c.GetCompletedAt().Time}
			if run, ran := checkRun(c.GetName(), c.GetStatus(), c.GetConclusion(), took, c.GetDetailsURL()); ran {
				runs = append(runs, run)
			}
		}
		return response, nil
	})
	return runs, err
}

// reported lists the statuses that count on a commit. GitHub can't list those of one name, so the
// list is read once for all.
func (l *checkedLoad) reported(ctx context.Context, sha string) ([]pull.CheckRun, error) {
	if runs, read := l.reports[sha]; read {
		return runs, nil
	}
	var runs []pull.CheckRun
	err := l.pages(func(page github.ListOptions) (*github.Response, error) {
		found, response, err := l.REST.Repositories.ListStatuses(ctx, l.Key.Owner, l.Key.Repo, sha, &page)
		for _, s := range found {
			outcome, shows := outcomes[s.GetState()]
			if shows && l.Source.Watches(s.GetContext()) {
				runs = append(runs, pull.CheckRun{Check: s.GetContext(), Outcome: outcome, At: s.GetCreatedAt().Time, URL: s.GetTargetURL()})
			}
		}
		return response, said(err, "listing the statuses of", sha)
	})
	if err == nil {
		l.reports[sha] = runs
	}
	return runs, err
}

// pages reads a list to its end, or up to doubtPages.
func (l *checkedLoad) pages(each func(github.ListOptions) (*github.Response, error)) error {
	page := github.ListOptions{PerPage: perPage}
	for range doubtPages {
		l.asked++
		response, err := each(page)
		if err != nil || response.NextPage == 0 {
			return err
		}
		page.Page = response.NextPage
	}
	return nil
}

func said(err error, doing, what string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", doing, what, gh.Settle(err))
}

// nightly adds the runs of the branch's nightly build. A run that passed in a later attempt
// failed before: people run what failed again.
func (l *checkedLoad) nightly(ctx context.Context, b *pull.BranchChecks) error {
	if l.Source.Nightly == nil {
		return nil
	}
	workflow, check := l.Source.Nightly(l.Branch)
	if workflow == "" {
		return nil
	}
	builds, err := l.from.builds(ctx, l.Client, BuildsQuery{l.Key, l.Installation, l.Branch, workflow})
	if err != nil {
		return err
	}
	for _, build := range builds {
		i := slices.IndexFunc(b.Commits, func(c pull.CommitChecks) bool { return c.SHA == build.SHA })
		if i < 0 || !build.Shows {
			continue
		}
		build.Run.Check, build.Run.Nightly = check, true
		b.Commits[i].Runs = append(b.Commits[i].Runs, build.Run)
		if build.Again && build.Run.Outcome == pull.RunGood {
			failed := build.Run
			failed.Outcome = pull.RunBad
			b.Commits[i].Runs = append(b.Commits[i].Runs, failed)
		}
	}
	return nil
}
