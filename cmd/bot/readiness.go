package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/regression"
	"github.com/concorde-bot/concorde/internal/release"
)

type readinessCmd struct {
	Version       string `arg:"" name:"x.y" help:"The version, such as 3.15."`
	hostedFlags   `embed:""`
	calendarFlags `embed:""`
}

func (readinessCmd) Help() string {
	return `Prints whether the next release of a version is ready, and if not, why: release blockers, red checks of the
branch, security fixes that the branch lacks, breaks of a frozen ABI, and faulty NEWS entries. Then what else a
release manager looks at: deferred blockers, other backports, and what waits for the release manager. Changes
nothing.

Exit code 0: ready. 1: not ready, or not known.

A blocker has the label release-blocker or deferred-blocker, and counts for the versions of its labels ("3.15"),
its milestone and its base branch; without any, for every version. It costs two requests, one for the comments in
the tracking issue, and one for each hundred pull requests that are open into the branch, touched there since the
last release, or may be missing there.

` + githubEnvironment
}

func (c *readinessCmd) Run(s streams) error {
	if err := parseVersion(c.Version); err != nil {
		return err
	}
	calendar, err := c.calendar()
	if err != nil {
		return misuse(err)
	}
	on, err := c.open(s)
	if err != nil {
		return err
	}
	rules := surroundings{calendar: func() *lifecycle.Calendar { return calendar }}.releases(on.rules)
	now := s.now().UTC()
	tracking, err := on.tracking(s.ctx, c.Version, now)
	if err != nil {
		return err
	}
	look := rules.Look(c.Version, tracking)
	facts, err := on.loads.Release(s.ctx, snapshot.ReleaseQuery{Key: on.key, ReleaseLook: look})
	if err != nil {
		return err
	}
	if on.rules.NightlyBuilds.Of(facts.Branch) != "" {
		source := regression.Source(on.rules, now)
		facts.Checked, err = on.loads.Checked(s.ctx, snapshot.CheckedQuery{Key: on.key, Branch: facts.Branch, Source: source})
		if err != nil {
			return err
		}
	}
	report := readinessReport{Repository: on.key.String(), At: now.Format(time.DateOnly),
		Readiness: rules.Judge(c.Version, facts, tracking)}
	if newest, found := calendar.Newest(); found {
		report.DataUntil = newest.Date.Format(time.DateOnly)
	}
	if err := report.print(s, c.JSON); err != nil || report.Verdict == release.Ready {
		return err
	}
	return failure{exitFailed, nil}
}

// tracking is a version's tracking issue, whose comments may freeze the version. Without one, it
// only has a time and the default branch.
func (r remote) tracking(ctx context.Context, version string, now time.Time) (*pull.Request, error) {
	none := &pull.Request{Now: now, DefaultBranch: r.outline.DefaultBranch}
	issue := r.rules.Release.Issue(version)
	if issue == 0 || !r.rules.FreezesAct() {
		return none, nil
	}
	key := r.key
	key.Number = issue
	of, err := r.loads.Load(ctx, snapshot.Query{Key: key, Needs: pull.Comments | pull.Notes})
	if _, gone := errors.AsType[*gh.Gone](err); gone {
		return none, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the tracking issue of %s: %w", version, err)
	}
	of.Now = now
	return of, nil
}

// readinessReport is the command's JSON. Keys are only ever added.
type readinessReport struct {
	Repository string `json:"repository"`
	At         string `json:"at"`
	DataUntil  string `json:"data_until,omitempty"` // the last release that had happened when the release data was written
	release.Readiness
}

func (r readinessReport) print(s streams, asJSON bool) error {
	if asJSON {
		return printJSON(s, r)
	}
	var text strings.Builder
	if err := r.Write(&text); err != nil {
		return err
	}
	fmt.Fprintf(&text, "\n%s on %s, by release data up to %s.\n", r.Repository, r.At, r.DataUntil)
	_, err := fmt.Fprint(s.stdout, plain(text.String()))
	return err
}
