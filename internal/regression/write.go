package regression

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
)

// Why nobody is told.
const (
	silentOff       = "The rule on regressions isn't on, so nobody is told."
	silentFlaky     = "It has failed and passed on the same commit, so it's flaky, and nobody is told."
	silentUnknown   = "No run on the commits before is known to have passed, so nobody is told."
	silentPushed    = "What came in between was pushed without a pull request, so nobody is told."
	silentUndecided = "Whether it failed earlier, too, isn't known yet, so nobody is told for now."
	silentMany      = "More than %d pull requests may be the cause, so none is told."
)

const textUnread = "Some reports on %s aren't read, so more pull requests may be the cause."

const textNoChecks = "None of the checks that the settings name has run here."

// Headline is the branch's state in a sentence.
func (r Report) Headline() string {
	count := map[CheckState]int{}
	for _, c := range r.Checks {
		count[c.State]++
	}
	var flaky string
	if n := count[CheckFlaky]; n > 0 {
		flaky = " " + english.Plural(n, "check is flaky.", "checks are flaky.")
	}
	switch failing := count[CheckFailing]; {
	case len(r.Commits) == 0:
		return r.Branch + " doesn't exist."
	case len(r.Checks) == 0:
		return r.Branch + ": no checks have run."
	case failing > 0:
		return r.Branch + ": " + english.Plural(failing, "check fails.", "checks fail.") + flaky
	case count[CheckPassing] == 0 && flaky == "":
		return r.Branch + ": no check has ended yet."
	}
	return r.Branch + ": no check fails." + flaky
}

// Write prints it for people.
func (r Report) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintln(&b, r.Headline())
	if len(r.Checks) == 0 && len(r.Commits) > 0 {
		fmt.Fprintln(&b, "  "+textNoChecks)
	}
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "\n%s: %s\n", c.Name, c.State)
		for _, round := range c.Rounds {
			round.write(&b)
		}
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "\n%d more checks aren't shown.\n", r.More)
	}
	if r.Unread > 0 {
		fmt.Fprintf(&b, "\n"+textUnread+"\n", english.Plural(r.Unread, "commit", ""))
	}
	if n := r.Nightly; n != nil && len(r.Commits) > 0 {
		fmt.Fprintf(&b, "\n%s\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (g Regression) write(b *strings.Builder) {
	at := g.Since.Format("2006-01-02 15:04")
	if g.Fixed != nil {
		fmt.Fprintf(b, "  failed on %s at %s, passed again on %s\n", g.Bad, at, *g.Fixed)
	} else {
		fmt.Fprintf(b, "  fails since %s, at %s\n", g.Bad, at)
	}
	if g.Good != nil {
		fmt.Fprintf(b, "    last passed on %s\n", *g.Good)
	}
	if len(g.Pulls) > 0 {
		cause := "may be the cause"
		if g.Fixed != nil {
			cause = "may have been the cause"
		}
		fmt.Fprintf(b, "    %s: %s\n", cause, list(g.Pulls))
	}
	if g.URL != "" {
		fmt.Fprintf(b, "    %s\n", g.URL)
	}
	if g.Silence != "" {
		fmt.Fprintf(b, "    %s\n", g.Silence)
	}
	for _, revert := range g.Reverts {
		fmt.Fprintf(b, "    #%d would revert #%d\n", revert.Number, revert.Of)
	}
	if g.Offered && len(g.Reverts) == 0 {
		fmt.Fprintln(b, "    their comments offer a revert")
	}
}

// String names a commit, with the pull request that brought it.
func (c Commit) String() string {
	if c.Pull != 0 {
		return fmt.Sprintf("%s (#%d)", short(c.SHA), c.Pull)
	}
	return short(c.SHA)
}

// String says how the night went.
func (n *NightlyOutcome) String() string {
	of := "The nightly build " + n.Workflow
	day := n.At.UTC().Format(time.DateOnly)
	switch n.State {
	case NightPassed:
		return fmt.Sprintf("%s passed on %s (%s).", of, short(n.SHA), day)
	case NightRunning:
		return fmt.Sprintf("%s is running on %s.", of, short(n.SHA))
	case NightFailed:
		text := fmt.Sprintf("%s failed on %s (%s)", of, short(n.SHA), day)
		if n.LastGood != "" {
			return text + "; it last passed on " + short(n.LastGood) + "."
		}
		return text + "."
	}
	return of + " hasn't run on these commits."
}
