package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/regression"
)

type regressionsCmd struct {
	Of            string `arg:"" optional:"" name:"version|branch" help:"Such as 3.15 or main (default: each branch that the bot watches)."`
	hostedFlags   `embed:""`
	calendarFlags `embed:""`
}

func (regressionsCmd) Help() string {
	return `Shows which checks that run after the merge fail on a branch: since which commit, where they last passed, which
pull requests may be the cause, and the open reverts of these; then flaky checks, the nightly build, and failures that
are over. It looks at the checks that the settings name (regressions, nightly-builds), on the newest hundred commits.
Changes nothing.

Exit code 0: no check fails, except flaky ones. 1: one fails, or the settings name none.

It costs a request, one for each branch, one more if the settings have a nightly build of the branch, and one if a
check fails. To tell whether that's flaky, it may take up to 20 more, for earlier results.

` + githubEnvironment
}

func (c *regressionsCmd) Run(s streams) error {
	calendar, err := c.calendar()
	if err != nil {
		return misuse(err)
	}
	on, err := c.open(s)
	if err != nil {
		return err
	}
	now := s.now().UTC()
	branches := regression.Branches(on.rules, on.outline.DefaultBranch, on.outline.Branches)
	if c.Of != "" {
		of, named := nextOf{c.Of, now, calendar}, c.Of
		if lifecycle.ValidVersion(c.Of) {
			named = ""
		}
		branch, err := on.branch(of, named)
		if err != nil {
			return misuse(err)
		}
		branches = []string{branch}
	}
	report := regressionsReport{Repository: on.key.String(), At: now, Branches: []regression.Report{}}
	for _, branch := range branches {
		if err := report.add(s.ctx, on, branch); err != nil {
			return err
		}
	}
	if err := report.print(s, c.JSON); err != nil || len(report.Branches) > 0 && !slices.ContainsFunc(report.Branches, regression.Report.Fails) {
		return err
	}
	return failure{exitFailed, nil}
}

// regressionsReport is the command's JSON. Keys are only ever added.
type regressionsReport struct {
	Repository string              `json:"repository"`
	At         time.Time           `json:"at"`
	Branches   []regression.Report `json:"branches"`
}

// add adds a branch, unless the settings name nothing to look at there.
func (r *regressionsReport) add(ctx context.Context, on remote, branch string) error {
	source := regression.Source(on.rules, r.At)
	if !source.On(branch) {
		return nil
	}
	checked, err := on.loads.Checked(ctx, snapshot.CheckedQuery{Key: on.key, Branch: branch, Source: source})
	if err != nil {
		return err
	}
	report := regression.NewReport(on.rules, branch, checked, r.At)
	suspects := report.Suspects(on.rules.Regressions)
	open, err := on.loads.OpenFrom(ctx, snapshot.OpenQuery{Key: on.key, Heads: slices.Sorted(maps.Keys(suspects))})
	report.Add(suspects, open)
	r.Branches = append(r.Branches, report)
	return err
}

func (r regressionsReport) print(s streams, asJSON bool) error {
	if asJSON {
		return printJSON(s, r)
	}
	var text strings.Builder
	for _, branch := range r.Branches {
		if err := branch.Write(&text); err != nil {
			return err
		}
		fmt.Fprintln(&text)
	}
	if len(r.Branches) == 0 {
		fmt.Fprintln(&text, "The settings name no checks that run after the merge here: see regressions and nightly-builds in docs/settings.md.")
	}
	fmt.Fprintf(&text, "%s at %s UTC.\n", r.Repository, r.At.Format("2006-01-02 15:04"))
	_, err := fmt.Fprint(s.stdout, plain(text.String()))
	return err
}
