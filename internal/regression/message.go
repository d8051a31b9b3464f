package regression

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

const about = "Tells pull requests merged since a check of their branch last passed that it fails, and when it passes again."

// The comment.
const (
	textFailing = "A check that runs after the merge fails on `%s`, and this pull request may be the cause."
	textOver    = "The checks that failed on `%s` after this pull request was merged need nothing more from you."
	textNext    = "If this change is the cause, a fix or a revert within a day helps everyone who works on the branch. " +
		"If it isn't, you don't need to do anything. I'll update this comment when the check passes again."
	textLong  = "It's failed for more than %d hours."
	textOffer = "If this change is the cause and a fix isn't near, a core developer can comment `@%s revert REASON`: I'll open a pull " +
		"request that reverts it, for people to review and merge. Nothing is reverted by itself."
	textRevert   = "#%d would revert this change."
	textReopen   = "#%d would have reverted this change, but was closed without merging. If it's still needed, reopen it."
	textReverted = "#%d has reverted this change. I'll update this comment when the check passes again."

	rowFailing = "%s %s on %s and passed on %s. %s"
	rowPassing = "%s passes again since %s%s."
	rowCleared = "%s failed, but later runs show that this pull request isn't the cause."
	rowGone    = "%s failed, and I saw no run of it after that, so I can't tell whether it passes now."
	rowDropped = "%s failed on a commit that the branch no longer has, since it was force-pushed."
	rowFlaky   = "%s has failed and passed on the same commit, so it's flaky, and its failures say nothing about this pull request."

	onlyThis = "This is the only pull request in between."
	others   = "In between are this pull request and %s."
)

// next is what can be done about a check that fails.
type next struct {
	hours  int          // that it has failed for, if that's long enough to offer a revert; otherwise 0
	revert pull.Summary // the zero Summary if there's none
	offers bool         // the command works here
}

func (n next) text(r *pull.Request) string {
	if n.revert.State == pull.Merged {
		return fmt.Sprintf(textReverted, n.revert.Number)
	}
	var more []string
	if n.hours > 0 {
		more = append(more, fmt.Sprintf(textLong, n.hours))
	}
	switch {
	case n.revert.State == pull.Open:
		more = append(more, fmt.Sprintf(textRevert, n.revert.Number))
	case n.revert.State == pull.Closed:
		more = append(more, fmt.Sprintf(textReopen, n.revert.Number))
	case n.hours > 0 && n.offers:
		more = append(more, fmt.Sprintf(textOffer, r.Me))
	}
	if len(more) == 0 {
		return textNext
	}
	return textNext + "\n\n" + strings.Join(more, " ")
}

// text is the comment on the rows.
func (m memory) text(r *pull.Request, n next) string {
	start, end := fmt.Sprintf(textOver, r.Base), ""
	var rows []string
	for _, check := range m.checks() {
		row := m.Checks[check]
		if row.State == failing {
			start, end = fmt.Sprintf(textFailing, r.Base), "\n\n"+n.text(r)
		}
		rows = append(rows, "- "+row.text(check, r.Key.Number))
	}
	return start + "\n\n" + strings.Join(rows, "\n") + end
}

func (w row) text(check string, own int) string {
	name := markdown.Code(check)
	switch w.State {
	case passing:
		by := ""
		if w.By > 0 {
			by = fmt.Sprintf(" (#%d)", w.By)
		}
		return fmt.Sprintf(rowPassing, name, short(w.Fixed), by)
	case cleared:
		return fmt.Sprintf(rowCleared, name)
	case dropped:
		return fmt.Sprintf(rowDropped, name)
	case gone:
		return fmt.Sprintf(rowGone, name)
	case flaky:
		return fmt.Sprintf(rowFlaky, name)
	}
	failed := "failed"
	if address, is := link(w.URL); is {
		failed = "[failed](" + address + ")"
	}
	between := onlyThis
	if rest := slices.DeleteFunc(slices.Clone(w.Pulls), func(n int) bool { return n == own }); len(rest) > 0 {
		between = fmt.Sprintf(others, list(rest))
	}
	return fmt.Sprintf(rowFailing, name, failed, short(w.Bad), short(w.Good), between)
}

// maxListed is how many other pull requests a comment names.
const maxListed = 20

// list is "#1, #2 and #3".
func list(numbers []int) string {
	var all []string
	for _, n := range numbers[:min(len(numbers), maxListed)] {
		all = append(all, fmt.Sprintf("#%d", n))
	}
	if more := len(numbers) - maxListed; more > 0 {
		all = append(all, fmt.Sprintf("%d others", more))
	}
	return english.WordSeries(all, "and")
}

func short(sha string) string { return sha[:min(len(sha), 10)] }

// maxURL is the longest address that a comment links to.
const maxURL = 500

// link is the address of a run's details, if it can stand in a comment.
func link(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(address) > maxURL {
		return "", false
	}
	return strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E").Replace(u.String()), true
}
