package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// chartedYears is how long the chart shows branches after their end of life.
const chartedYears = 5

type lifecycleCmd struct {
	At            string `placeholder:"YYYY-MM-DD" help:"The day to show (default: today)."`
	JSON          bool   `name:"json" help:"Print JSON instead of a table."`
	SVG           bool   `name:"svg" help:"Print a chart instead of a table."`
	calendarFlags `embed:""`
	Scheme        string   `placeholder:"NAME" help:"Show a plan by pep602 (in force), pep605 or pep2026 (both rejected) instead."`
	From          int      `placeholder:"YEAR" help:"The first year of releases to plan (default: the day's)."`
	Years         int      `placeholder:"N" help:"How many years to plan, up to 50 (default: 5)."`
	ABIBreaks     []string `name:"abi-breaks" placeholder:"RELEASE" help:"ABI-breaking releases, such as 3.9.0a5: PEP 605 calls them alphas."`
}

// calendarFlags say where release data is.
type calendarFlags struct {
	ReleaseCycle string `placeholder:"FILE" help:"A copy of https://peps.python.org/api/release-cycle.json (default: built-in copies)."`
	Releases     string `placeholder:"FILE" help:"A copy of https://peps.python.org/api/python-releases.json, which has more details."`
}

func (c *lifecycleCmd) Run(s streams) error {
	now := time.Now().UTC()
	if c.At != "" {
		var err error
		if now, err = time.Parse(time.DateOnly, c.At); err != nil {
			return misuse(fmt.Errorf("reading --at: %q isn't a date: expected YYYY-MM-DD, such as 2026-10-01", c.At))
		}
	}
	if c.JSON && c.SVG {
		return misuse(errors.New("reading the flags: --json and --svg can't be used together: choose one"))
	}
	if c.Scheme != "" {
		return c.plan(s, now)
	}
	if c.From != 0 || c.Years != 0 || len(c.ABIBreaks) > 0 {
		return misuse(errors.New("reading the flags: --from, --years and --abi-breaks need a plan: choose one with --scheme, such as pep602"))
	}
	calendar, err := c.calendar()
	if err != nil {
		return misuse(err)
	}
	switch {
	case c.JSON:
		return printJSON(s, branchesJSON(calendar, now))
	case c.SVG:
		shown := slices.DeleteFunc(calendar.Schedules(), func(s lifecycle.Schedule) bool {
			return s.EndOfLife.Before(now.AddDate(-chartedYears, 0, 0))
		})
		return printChart(s, lifecycle.Chart{Title: "Python release cycle, " + now.Format(time.DateOnly), Schedules: shown, At: now})
	}
	return printBranches(s, calendar, now)
}

// calendar reads the given files, or else the built-in copies.
func (c calendarFlags) calendar() (*lifecycle.Calendar, error) {
	if c.ReleaseCycle == "" && c.Releases == "" {
		return lifecycle.Builtin(), nil
	}
	var files [2][]byte
	for i, path := range []string{c.ReleaseCycle, c.Releases} {
		if path == "" {
			continue
		}
		var err error
		if files[i], err = os.ReadFile(path); err != nil {
			return nil, fmt.Errorf("reading the release data: %w", err)
		}
	}
	return lifecycle.Parse(files[0], files[1])
}

// printBranches prints a table for people.
func printBranches(s streams, calendar *lifecycle.Calendar, now time.Time) error {
	fmt.Fprintf(s.stdout, "Branches on %s", now.Format(time.DateOnly))
	if newest, found := calendar.Newest(); found {
		fmt.Fprintf(s.stdout, ", from data up to %s of %s; later dates are as expected then", newest, newest.Date.Format(time.DateOnly))
	}
	fmt.Fprint(s.stdout, ".\n\n")
	table := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "VERSION\tBRANCH\tPHASE\tNEXT RELEASE\t\tFIRST RELEASE\tEND OF LIFE\tRELEASE MANAGER")
	var ended []string
	for _, b := range calendar.At(now) {
		if b.Phase == lifecycle.EndOfLife {
			ended = append(ended, fmt.Sprintf("%s (%s)", b.Version, endOfLife(b)))
			continue
		}
		next, date := "none planned", ""
		if b.Next != nil {
			next, date = b.Next.String(), b.Next.Date.Format(time.DateOnly)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", b.Version, b.Name, b.Phase, next, date,
			b.FirstRelease.Format(time.DateOnly), endOfLife(b), plain(strings.Join(b.Managers, ", ")))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(ended) > 0 {
		fmt.Fprintf(s.stdout, "\nAt the end of life: %s\n", strings.Join(ended, ", "))
	}
	return nil
}

// endOfLife is a day or a month, as far as it's known.
func endOfLife(b lifecycle.Branch) string {
	return dayOrMonth(b.EndOfLife, b.EndOfLifeByMonth)
}

func dayOrMonth(end time.Time, byMonth bool) string {
	if byMonth {
		return end.AddDate(0, -1, 0).Format("2006-01")
	}
	return end.Format(time.DateOnly)
}

func printJSON(s streams, value any) error {
	encoder := json.NewEncoder(s.stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

func printChart(s streams, chart lifecycle.Chart) error {
	_, err := s.stdout.Write(chart.SVG())
	return err
}

// The command's JSON. Keys are only ever added. Days are YYYY-MM-DD; an end of life of
// which only the month is known is YYYY-MM.
type (
	calendarJSON struct {
		At        string       `json:"at"`
		DataUntil string       `json:"data_until,omitempty"` // the last release that had happened
		Branches  []branchJSON `json:"branches"`
	}
	branchJSON struct {
		Version         string       `json:"version"`
		Branch          string       `json:"branch"` // "" at the end of life
		Phase           string       `json:"phase"`
		ABIFrozen       bool         `json:"abi_frozen"`
		PEP             int          `json:"pep"`
		ReleaseManagers []string     `json:"release_managers"`
		FirstRelease    string       `json:"first_release"`
		EndOfBugfix     string       `json:"end_of_bugfix"`
		EndOfLife       string       `json:"end_of_life"`
		NextRelease     *releaseJSON `json:"next_release"`
		NextPhase       string       `json:"next_phase_change,omitempty"`
	}
	releaseJSON struct {
		Name     string `json:"name"`
		Version  string `json:"version"`
		Stage    string `json:"stage"`
		Date     string `json:"date"`
		Expected bool   `json:"expected"`
	}
)

func branchesJSON(calendar *lifecycle.Calendar, now time.Time) calendarJSON {
	all := calendarJSON{At: now.Format(time.DateOnly), Branches: []branchJSON{}}
	if newest, found := calendar.Newest(); found {
		all.DataUntil = newest.Date.Format(time.DateOnly)
	}
	for _, b := range calendar.At(now) {
		entry := branchJSON{
			Version: b.Version, Branch: b.Name, Phase: string(b.Phase), ABIFrozen: b.ABIFrozen(), PEP: b.PEP,
			ReleaseManagers: append([]string{}, b.Managers...),
			FirstRelease:    b.FirstRelease.Format(time.DateOnly), EndOfBugfix: b.EndOfBugfix.Format(time.DateOnly), EndOfLife: endOfLife(b),
		}
		if b.Next != nil {
			next := toJSON(*b.Next)
			entry.NextRelease = &next
		}
		if change, found := calendar.NextChange(b.Version, now); found {
			entry.NextPhase = change.Format(time.DateOnly)
		}
		all.Branches = append(all.Branches, entry)
	}
	return all
}

func toJSON(r lifecycle.Release) releaseJSON {
	return releaseJSON{r.String(), r.Version, r.Stage, r.Date.Format(time.DateOnly), r.Expected}
}
