package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/concorde-bot/concorde/internal/abi"
)

// abiReport is the command's JSON. Keys are only ever added. Days are YYYY-MM-DD.
type abiReport struct {
	Version    string        `json:"version"`
	Scheme     string        `json:"scheme"`
	From       string        `json:"from"`            // the branch or commit
	Since      string        `json:"since,omitempty"` // missing before the first release
	Next       *nextRelease  `json:"next"`            // null at the calendar's end
	Compatible bool          `json:"compatible"`      // no break is known since then
	Frozen     bool          `json:"frozen"`          // the ABI may no longer change
	Breaks     []abi.Break   `json:"breaks"`
	Stable     stableChanges `json:"stable_abi"`
	Requires   string        `json:"python_requires,omitempty"`
	Text       string        `json:"announcement"`
}

type nextRelease struct {
	Name  string `json:"name"`
	Date  string `json:"date"`
	After string `json:"after,omitempty"` // the one that follows, as long as nothing breaks
}

type stableChanges struct {
	abi.Stable
	Pulls []int `json:"pulls"`
}

func newABIReport(at tree, source abi.Source, f abiFacts) (abiReport, error) {
	scheme := source.Scheme
	schedule, known := source.Calendar(at.version, f.released, at.day)
	if !known {
		return abiReport{}, fmt.Errorf("naming the next release of %s: the release data doesn't have this version", at.version)
	}
	a := abi.Announcement{Scheme: scheme, Last: f.last, Breaks: f.ledger.Breaks, Stable: f.stable}
	a.Coming = abi.Coming(scheme, schedule, f.last, len(f.ledger.Breaks) > 0)
	r := abiReport{
		Version: at.version, Scheme: scheme.Name, From: at.from, Compatible: len(f.ledger.Breaks) == 0, Frozen: a.Frozen(),
		Breaks: append([]abi.Break{}, f.ledger.Breaks...), Requires: a.Requires(), Text: a.String(),
		Stable: stableChanges{abi.Stable{Added: append([]string{}, f.stable.Added...), Removed: append([]string{}, f.stable.Removed...)},
			append([]int{}, f.ledger.StableBy...)},
	}
	if f.last != nil {
		r.Since = f.last.String()
	}
	if len(a.Coming) > 0 {
		r.Next = &nextRelease{Name: a.Coming[0].String(), Date: a.Coming[0].Date.Format(time.DateOnly)}
	}
	if len(a.Coming) > 1 {
		r.Next.After = a.Coming[1].String()
	}
	return r, nil
}

// print prints the report for people.
func (r abiReport) print(s streams) error {
	switch {
	case r.Next == nil:
		fmt.Fprintf(s.stdout, "The release data has no further release of %s.\n", r.Version)
	default:
		fmt.Fprintf(s.stdout, "The next release of %s is %s, expected on %s.\n", r.Version, r.Next.Name, r.Next.Date)
	}
	switch {
	case r.Since == "":
		fmt.Fprintf(s.stdout, "%s has no release yet, so there's nothing that it could be incompatible with.\n", r.Version)
	case r.Compatible:
		fmt.Fprintf(s.stdout, "No change since %s is known to break the full ABI.\n", r.Since)
	default:
		fmt.Fprintf(s.stdout, "%s the full ABI since %s:\n\n", counted(len(r.Breaks), "change has broken", "changes have broken"), r.Since)
	}
	table := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	for _, b := range r.Breaks {
		name := fmt.Sprintf("#%d", b.PR)
		if b.PR == 0 {
			name = fmt.Sprintf("%.10s", b.Commit)
		}
		var by []string
		for _, e := range b.By {
			by = append(by, string(e))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", name, strings.Join(by, ", "), plainLine(strings.Join(b.Text, " ")))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if r.Frozen && !r.Compatible {
		fmt.Fprint(s.stdout, "\nThe ABI is frozen, so each of these needs the release manager's word.\n")
	}
	r.stable(s)
	if r.Text != "" {
		fmt.Fprintf(s.stdout, "\nFor the announcement:\n\n%s", plain(r.Text))
	}
	return nil
}

func (r abiReport) stable(s streams) {
	for _, part := range []struct {
		head  string
		names []string
	}{{"Added to the stable ABI", r.Stable.Added}, {"Removed from the stable ABI, which must stay", r.Stable.Removed}} {
		if len(part.names) > 0 {
			fmt.Fprintf(s.stdout, "\n%s: %s.\n", part.head, strings.Join(part.names, ", "))
		}
	}
}
