package release

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// maxRows limits each table.
const maxRows = 30

// Table is a part of what people read, as text.
type Table struct {
	Title   string     `json:"title"`
	Columns []string   `json:"columns,omitempty"`
	Rows    [][]string `json:"rows,omitempty"` // the first cell is "#123", or a path
	// Note says what an empty table means, or what's not in the others.
	Note string `json:"note,omitempty"`
}

// Tables are all that there is to look at, what matters most first.
func (r Readiness) Tables() []Table {
	if r.Branch == "" {
		return nil
	}
	blocker := func(b Blocker) []string {
		versions := strings.Join(b.Versions, ", ")
		if versions == "" {
			versions = "any"
		}
		return []string{number(b.Number), b.Opened, versions, b.Title}
	}
	blocking := []string{"", "opened", "versions", "title"}
	return append([]Table{
		table("Release blockers", "No release blocker is open.", blocking, r.Blockers, blocker),
		table("Deferred blockers", "No deferred blocker is open.", blocking, r.Deferred, blocker),
		table("Missing and open backports", r.noGaps(), []string{"", "kind", "merged", "backport", "why", "title"}, r.Backports, gapRow),
		table("Waiting for the release manager", "Nothing else waits for the release manager.", []string{"", "since", "why", "title"}, r.others(),
			func(w Waiting) []string { return []string{number(w.Number), w.Since, w.Why, w.Title} }),
		checked("ABI breaks since the last release", noBreaks, []string{"", "shown by", "what"}, r.Breaks,
			func(b Break) []string { return []string{b.reference(), b.evidence(), b.Text} }),
		checked("Faulty NEWS entries", noFaults, []string{"entry", "fault"}, r.Faults,
			func(f Fault) []string { return []string{oneLine(f.Path), oneLine(f.Why)} }),
		{Title: "Checks", Note: r.checksText()},
	}, r.nightTable()...)
}

// someEntry stands for a change that nobody knows.
const someEntry = "a NEWS entry"

// reference names its pull request, or else the commit.
func (b Break) reference() string {
	switch {
	case b.PR != 0:
		return number(b.PR)
	case b.Commit == "":
		return someEntry
	}
	return fmt.Sprintf("%.10s", b.Commit)
}

func (b Break) evidence() string {
	var by []string
	for _, e := range b.By {
		by = append(by, string(e))
	}
	return strings.Join(by, ", ")
}

// others are what waits for the release manager, without the blockers, which have a table
// of their own.
func (r Readiness) others() []Waiting {
	return slices.DeleteFunc(slices.Clone(r.Waiting), func(w Waiting) bool {
		return slices.ContainsFunc(r.Blockers, func(b Blocker) bool { return b.Number == w.Number })
	})
}

func gapRow(b Backport) []string {
	open := "missing"
	if b.Backport != 0 {
		open = "open: " + number(b.Backport)
	}
	why := b.Why
	if b.Refused != "" {
		why += fmt.Sprintf(refusedBy, b.Refused)
	}
	return []string{number(b.Number), b.Kind, b.Merged, open, why, b.Title}
}

func table[T any](title, none string, columns []string, all []T, row func(T) []string) Table {
	if len(all) == 0 {
		return Table{Title: title, Note: none}
	}
	t := Table{Title: fmt.Sprintf("%s: %d", title, len(all)), Columns: columns}
	for _, one := range all[:min(len(all), maxRows)] {
		t.Rows = append(t.Rows, row(one))
	}
	if more := len(all) - maxRows; more > 0 {
		t.Note = fmt.Sprintf("%d more aren't shown here.", more)
	}
	return t
}

// checked is the table of a check that may not have run.
func checked[T any](title, none string, columns []string, all *[]T, row func(T) []string) Table {
	if all == nil {
		return Table{Title: title, Note: title + ": not checked."}
	}
	return table(title, none, columns, *all, row)
}

// noGaps says what no gaps mean.
func (r Readiness) noGaps() string {
	if r.Phase == "feature" {
		return fmt.Sprintf("%s is developed on %s, so it needs no backports.", r.Version, r.Branch)
	}
	return fmt.Sprintf("No backport is missing, as far as labels show (`bot backport-gaps %s` looks further back).", r.Version)
}

// checksText says what others reported on the branch.
func (r Readiness) checksText() string {
	c := r.Checks
	switch {
	case c.Finished == nil:
		return fmt.Sprintf("No checks have ended on the last commits of %s.", r.Branch)
	case c.RedSince != nil && c.LastGreen != nil:
		return fmt.Sprintf("The checks of %s are red since %s; they were green on %s.", r.Branch, c.RedSince, c.LastGreen)
	case c.RedSince != nil:
		return fmt.Sprintf("The checks of %s are red since %s, or longer.", r.Branch, c.RedSince)
	}
	return fmt.Sprintf("The checks of %s are green on %s.", r.Branch, c.Finished)
}

func number(n int) string { return fmt.Sprintf("#%d", n) }

// Write prints it for people: the verdict first, then why, then the tables.
func (r Readiness) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintln(&b, r.Headline())
	for _, why := range r.Reasons {
		fmt.Fprintln(&b, "  - "+why)
	}
	for _, what := range r.Unknown {
		fmt.Fprintln(&b, "  ? "+what)
	}
	for _, what := range r.Notes {
		fmt.Fprintln(&b, "  * "+what)
	}
	fmt.Fprintf(&b, "\n%s\n", strings.Join(sentences(r.due(exactly), r.people(), r.life()), "\n"))
	for _, t := range r.Tables() {
		if err := t.write(&b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t Table) write(b *strings.Builder) error {
	fmt.Fprintln(b)
	if len(t.Rows) > 0 {
		fmt.Fprintln(b, t.Title)
		lines := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(lines, "  "+strings.ToUpper(strings.Join(t.Columns, "\t")))
		for _, row := range t.Rows {
			fmt.Fprintln(lines, "  "+strings.Join(row, "\t"))
		}
		if err := lines.Flush(); err != nil {
			return err
		}
	}
	if t.Note != "" {
		fmt.Fprintln(b, t.Note)
	}
	return nil
}

// sentences are those that aren't empty.
func sentences(all ...string) (some []string) {
	for _, s := range all {
		if s != "" {
			some = append(some, s)
		}
	}
	return some
}
