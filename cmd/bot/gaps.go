package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maxGapPages limits each list of pull requests, in pages of a hundred. In five years, a
// branch gets about 7,000 pull requests.
const maxGapPages = 100

type backportGapsCmd struct {
	Version     string `arg:"" name:"x.y" help:"The maintenance branch, such as 3.14."`
	Since       string `placeholder:"YYYY-MM-DD" help:"Only changes merged since that day (default: the branch's beta 1)."`
	hostedFlags `embed:""`
}

func (backportGapsCmd) Help() string {
	return `Lists changes on the default branch that aren't on the maintenance branch, but have its backport
label or the type of a fix that it accepts now: security fixes first, then crashes, then bugs, each
in the order they were merged. Backports are found by their titles: "[X.Y] … (GH-N)".

It costs a request for each hundred pull requests with one of the labels, and for each hundred
into the branch; some 50 for a branch of two years. Each list ends after 10,000 pull requests.

` + githubEnvironment
}

func (c *backportGapsCmd) Run(s streams) error {
	err := parseVersion(c.Version)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	var since time.Time
	if c.Since != "" {
		if since, err = time.Parse(time.DateOnly, c.Since); err != nil || since.After(now) {
			return misuse(fmt.Errorf("reading --since: %q isn't a date in the past: expected YYYY-MM-DD, such as 2026-10-01", c.Since))
		}
	}
	on, err := c.open(s)
	if err != nil {
		return err
	}
	report, err := c.find(s.ctx, gapsIn{on, since, now})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s, report)
	}
	return report.print(s)
}

type gapsIn struct {
	remote
	since time.Time // zero: since the branch was cut
	now   time.Time
}

// find asks GitHub. Errors that are the caller's fault say so.
func (c *backportGapsCmd) find(ctx context.Context, in gapsIn) (gapsReport, error) {
	rules := backport.Config{Settings: in.rules.Backport, ABI: in.rules.ABI, Calendar: builtin()}
	search, err := rules.Search(c.Version, in.now)
	if err != nil {
		return gapsReport{}, misuse(fmt.Errorf("looking for gaps on %s: %w", c.Version, err))
	}
	if !in.since.IsZero() {
		search.Since = in.since
	}
	switch {
	case !slices.Contains(in.outline.Branches, c.Version):
		return gapsReport{}, fmt.Errorf("looking for gaps on %s: %s doesn't have this branch", c.Version, in.key)
	case search.Since.IsZero():
		return gapsReport{}, misuse(fmt.Errorf("looking for gaps on %s: the release data doesn't say when the branch was cut: set a day with "+
			"--since", c.Version))
	}
	merged, into, complete, err := in.pulls(ctx, search, in.outline.DefaultBranch)
	if err != nil {
		return gapsReport{}, err
	}
	report := gapsReport{Version: c.Version, Phase: search.Phase, Repository: in.key.String(), Since: search.Since.Format(time.DateOnly),
		Complete: complete, Gaps: []gapJSON{}}
	for _, g := range rules.Gaps(search, merged, into) {
		report.Gaps = append(report.Gaps, gapJSON{g.Number, g.Title, g.Kind, g.Merged.Format(time.DateOnly), g.Labelled, g.Reason(), g.Backport})
	}
	return report, nil
}

// settingsOf are those in force in a repository.
func settingsOf(s streams, central *config.Config, outline pull.Repository) config.Rules {
	if outline.Settings == nil {
		return central.Rules
	}
	own, fault := central.Override(config.RepositoryFile, outline.Settings)
	if fault == nil {
		return own
	}
	fmt.Fprintf(s.stderr, "bot: the settings of %s have faults, so the bot's own apply (try: bot check-config %s)\n", outline.Key,
		config.RepositoryFile)
	return central.Rules
}

// parseRepository reads --repository.
func parseRepository(name string) (pull.Key, error) {
	key, err := pull.ParseKey(name)
	switch {
	case err != nil:
		return key, misuse(fmt.Errorf("reading --repository: %w", err))
	case key.Number != 0:
		return key, misuse(fmt.Errorf("reading --repository: %q is a pull request: expected OWNER/REPO", name))
	}
	return key, nil
}

// parseVersion checks a version on the command line.
func parseVersion(version string) error {
	if !lifecycle.ValidVersion(version) {
		return misuse(fmt.Errorf("reading %q: it isn't a version: expected MAJOR.MINOR, such as 3.14", version))
	}
	return nil
}

// notInstalled adds what to check if a repository is gone.
func notInstalled(err error) error {
	var gone *gh.Gone
	if errors.As(err, &gone) {
		return fmt.Errorf("%w: is the name right, and is the App installed there?", err)
	}
	return err
}

// pulls lists what may be missing, and what's on the branch or on its way.
func (in gapsIn) pulls(ctx context.Context, search backport.Search, base string) (merged, into []pull.Summary, complete bool, err error) {
	if len(search.Labels) == 0 {
		return nil, nil, true, nil
	}
	merged, complete, err = in.loads.Merged(ctx,
		snapshot.List{Key: in.key, Base: base, Labels: search.Labels, Since: search.Since, Pages: maxGapPages})
	if err != nil || len(merged) == 0 {
		return nil, nil, complete, err
	}
	into, all, err := in.loads.Pulls(ctx, snapshot.List{Key: in.key, Base: search.Version, Since: search.Since, Pages: maxGapPages})
	return merged, into, complete && all, err
}

// gapsReport is the command's JSON. Keys are only ever added. Days are YYYY-MM-DD.
type gapsReport struct {
	Version    string    `json:"version"`
	Phase      string    `json:"phase"`
	Repository string    `json:"repository"`
	Since      string    `json:"since"`
	Complete   bool      `json:"complete"` // false if there were too many pull requests to list
	Gaps       []gapJSON `json:"gaps"`
}

type gapJSON struct {
	Number   int    `json:"number"`
	Title    string `json:"title"`
	Kind     string `json:"kind"` // "security", "crash", "bug", or another kind in the settings
	Merged   string `json:"merged"`
	Labelled bool   `json:"labelled"` // the backport's label is still on
	Why      string `json:"why"`
	Backport int    `json:"backport,omitempty"` // the open one
}

// print prints a table for people.
func (r gapsReport) print(s streams) error {
	if len(r.Gaps) == 0 {
		fmt.Fprintf(s.stdout, "Nothing that was merged into %s since %s is missing on %s (%s).\n", r.Repository, r.Since, r.Version, r.Phase)
	} else {
		fmt.Fprintf(s.stdout, "Merged into %s since %s, and missing on %s (%s):\n\n", r.Repository, r.Since, r.Version, r.Phase)
	}
	table := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	counts := map[string]int{}
	var kinds []string
	for i, g := range r.Gaps {
		if i == 0 {
			fmt.Fprintln(table, "PR\tKIND\tMERGED\tBACKPORT\tWHY\tTITLE")
		}
		if counts[g.Kind]++; counts[g.Kind] == 1 {
			kinds = append(kinds, g.Kind)
		}
		open := "none"
		if g.Backport != 0 {
			open = fmt.Sprintf("#%d open", g.Backport)
		}
		fmt.Fprintf(table, "#%d\t%s\t%s\t%s\t%s\t%s\n", g.Number, g.Kind, g.Merged, open, plainLine(g.Why), plainLine(g.Title))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%s: %d", kind, counts[kind])
	}
	if len(kinds) > 0 {
		fmt.Fprintf(s.stdout, "\n%s\n", strings.Join(kinds, ", "))
	}
	if !r.Complete {
		fmt.Fprintln(s.stdout, "\nThere are too many pull requests to list: narrow it down with --since.")
	}
	return nil
}
