package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

const (
	plannedYears     = 5
	mostPlannedYears = 50
)

// plan prints a scheme's plan.
func (c *lifecycleCmd) plan(s streams, now time.Time) error {
	scheme, err := c.scheme()
	if err != nil {
		return misuse(err)
	}
	from, years := c.From, c.Years
	if from == 0 {
		from = now.Year()
	}
	if years == 0 {
		years = plannedYears
	}
	if years < 1 || years > mostPlannedYears {
		return misuse(fmt.Errorf("reading --years: expected 1 to %d", mostPlannedYears))
	}
	plan := scheme.Schedule(from, years)
	if len(plan) == 0 {
		return misuse(fmt.Errorf("reading --from: %s has no release from %d to %d: its first one is in %d; choose other years", scheme.Name,
			from, from+years-1, scheme.Year))
	}
	if err := knownBreaks(plan, scheme.Breaks); err != nil {
		return misuse(err)
	}
	switch {
	case c.JSON:
		return printJSON(s, planOf(scheme, plan))
	case c.SVG:
		slices.Reverse(plan)
		return printChart(s, lifecycle.Chart{Title: fmt.Sprintf("Python releases by PEP %d", scheme.PEP), Schedules: plan, At: now})
	}
	return printPlan(s, scheme, plan)
}

func (c *lifecycleCmd) scheme() (lifecycle.Scheme, error) {
	if c.ReleaseCycle != "" || c.Releases != "" {
		return lifecycle.Scheme{}, errors.New("reading the flags: a plan doesn't use release data: remove --release-cycle and --releases, or " +
			"--scheme")
	}
	scheme, err := schemeNamed(c.Scheme)
	if err != nil {
		return scheme, err
	}
	scheme.Breaks = c.ABIBreaks
	return scheme, nil
}

// knownBreaks finds breaks that aren't releases: they'd have no effect.
func knownBreaks(plan []lifecycle.Schedule, breaks []string) error {
	for _, name := range breaks {
		version, number, _ := strings.Cut(name, "a")
		planned := func(r lifecycle.Release) bool { return r.Version == version && r.Stage == "alpha "+number }
		if !slices.ContainsFunc(plan, func(s lifecycle.Schedule) bool { return slices.ContainsFunc(s.Releases, planned) }) {
			return fmt.Errorf("reading --abi-breaks: %q isn't a planned alpha: expected one such as 3.9.0a5, from the planned years", name)
		}
	}
	return nil
}

func printPlan(s streams, scheme lifecycle.Scheme, plan []lifecycle.Schedule) error {
	table := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	for i, v := range plan {
		if i > 0 {
			fmt.Fprintln(table)
		}
		fmt.Fprintf(table, "%s by PEP %d%s\n", v.Version, v.PEP, alias(scheme, v.Version))
		fmt.Fprintf(table, "%s\tdevelopment starts\n", v.Start.Format(time.DateOnly))
		for _, r := range v.Releases {
			note := ""
			switch r.Date {
			case v.FeatureFreeze:
				note = " (feature freeze)"
			case v.FirstRelease:
				note = " (final)"
			}
			fmt.Fprintf(table, "%s\t%s%s\n", r.Date.Format(time.DateOnly), r, note)
		}
		fmt.Fprintf(table, "%s\tend of bug fixes\n", v.EndOfBugfix.Format(time.DateOnly))
		fmt.Fprintf(table, "%s\tend of life\n", dayOrMonth(v.EndOfLife, v.EndOfLifeByMonth))
	}
	return table.Flush()
}

// alias is the sequential name of a version named by its year.
func alias(scheme lifecycle.Scheme, version string) string {
	if name, err := sequential(scheme, version); err == nil && name != version {
		return fmt.Sprintf(" (%s in sequence)", name)
	}
	return ""
}

func sequential(scheme lifecycle.Scheme, version string) (string, error) {
	if scheme.Numbering == lifecycle.ByYear {
		return lifecycle.SequentialVersion(version)
	}
	return version, nil
}

// The JSON of a plan. Keys are only ever added.
type (
	planJSON struct {
		Scheme   string        `json:"scheme"`
		PEP      int           `json:"pep"`
		Versions []versionJSON `json:"versions"`
	}
	versionJSON struct {
		Version       string        `json:"version"`
		Sequential    string        `json:"sequential_version"` // the same, but for calendar numbers
		Start         string        `json:"start_of_development"`
		FeatureFreeze string        `json:"feature_freeze"`
		ABIFreeze     string        `json:"abi_freeze"`
		FirstRelease  string        `json:"first_release"`
		EndOfBugfix   string        `json:"end_of_bugfix"`
		EndOfLife     string        `json:"end_of_life"`
		Releases      []releaseJSON `json:"releases"`
	}
)

func planOf(scheme lifecycle.Scheme, plan []lifecycle.Schedule) planJSON {
	all := planJSON{Scheme: scheme.Name, PEP: scheme.PEP}
	for _, v := range plan {
		name, _ := sequential(scheme, v.Version) // a planned version has one
		entry := versionJSON{
			Version: v.Version, Sequential: name,
			Start: v.Start.Format(time.DateOnly), FeatureFreeze: v.FeatureFreeze.Format(time.DateOnly), ABIFreeze: v.ABIFreeze.Format(time.DateOnly),
			FirstRelease: v.FirstRelease.Format(time.DateOnly), EndOfBugfix: v.EndOfBugfix.Format(time.DateOnly),
			EndOfLife: dayOrMonth(v.EndOfLife, v.EndOfLifeByMonth),
		}
		for _, r := range v.Releases {
			entry.Releases = append(entry.Releases, toJSON(r))
		}
		all.Versions = append(all.Versions, entry)
	}
	return all
}
