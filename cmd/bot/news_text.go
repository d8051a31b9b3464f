package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/concorde-bot/concorde/internal/changelog"
)

// newsReport is the command's JSON. Keys are only ever added.
type newsReport struct {
	Release  string            `json:"release"`
	Date     string            `json:"date"` // YYYY-MM-DD
	From     string            `json:"from"` // the branch or commit
	Entries  int               `json:"entries"`
	Sections []sectionCount    `json:"sections"`
	Faults   []changelog.Fault `json:"faults"`
	Released bool              `json:"released"`   // the release's file exists, so blurb stops
	Writes   bool              `json:"writes"`     // blurb would write the release's file
	Empty    bool              `json:"no_changes"` // blurb finds no entry
	Preview  string            `json:"preview,omitempty"`
}

type sectionCount struct {
	Section string `json:"section"`
	Entries int    `json:"entries"`
}

func newNewsReport(c *newsCmd, tree newsTree, day time.Time) newsReport {
	draft := changelog.Judge(tree.settings, tree.files)
	r := newsReport{
		Release: c.Release, Date: day.Format(time.DateOnly), From: tree.from, Entries: len(draft.Entries), Sections: []sectionCount{},
		Faults: append([]changelog.Fault{}, draft.Faults...), Released: tree.released, Writes: !draft.Unwritten && !tree.released,
		Empty: draft.Found == 0,
	}
	for _, e := range draft.Entries {
		if last := len(r.Sections) - 1; last >= 0 && r.Sections[last].Section == e.Section {
			r.Sections[last].Entries++
		} else {
			r.Sections = append(r.Sections, sectionCount{e.Section, 1})
		}
	}
	if c.Preview && r.Writes {
		r.Preview = draft.Release(c.Release, day)
	}
	return r
}

// harms are what a fault does, in words.
var harms = map[changelog.Harm]string{
	changelog.Breaks: "breaks the release", changelog.Lost: "would be lost", changelog.Unread: "can't be checked",
}

func (c *newsCmd) print(s streams, r newsReport) error {
	for _, f := range r.Faults {
		fmt.Fprintf(s.stderr, "%s:%d: %s: %s\n", plainLine(f.Path), f.Line, harms[f.Harm], plainLine(f.Message))
	}
	if r.Released {
		fmt.Fprintf(s.stderr, "bot: %s is released already: blurb can't add entries to it\n", r.Release)
	}
	switch {
	case c.JSON:
		if err := printJSON(s, r); err != nil {
			return err
		}
	case c.Preview:
		if !r.Writes {
			fmt.Fprintln(s.stderr, "bot: blurb would stop before it writes anything, so there's no preview")
		}
		fmt.Fprint(s.stdout, r.Preview)
	default:
		if err := r.text(s); err != nil {
			return err
		}
	}
	if r.Empty && r.Writes {
		fmt.Fprintln(s.stderr, "bot: there are no entries: blurb writes the file and then stops, since it doesn't accept its own issue number "+
			"0; the file is right")
	}
	if len(r.Faults) > 0 || r.Released {
		return failure{code: exitFailed}
	}
	return nil
}

// text is the summary for people.
func (r newsReport) text(s streams) error {
	fmt.Fprintf(s.stdout, "%s on %s would have %s, from %s.\n", r.Release, r.Date, counted(r.Entries, "NEWS entry", "NEWS entries"),
		plainLine(r.From))
	table := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	for i, section := range r.Sections {
		if i == 0 {
			fmt.Fprintln(table)
		}
		fmt.Fprintf(table, "%s\t%d\n", section.Section, section.Entries)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if len(r.Faults) > 0 {
		fmt.Fprintf(s.stdout, "\n%s to fix before the release; standard error has each.\n", counted(len(r.Faults), "fault", "faults"))
	}
	return nil
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
