package backport

import (
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// may reports whether someone has a say on backports.
func (c *Config) may(r *pull.Request, login string) bool {
	return c.May != nil && login != "" && c.May(r, login)
}

// mergedAs reports whether someone with write access merged this as the backport of an
// original: by the commit, since the author can still change the title later.
func (c *backportPR) mergedAs(number int) bool {
	if c.r.Merge == nil {
		return false
	}
	subject, _, _ := strings.Cut(c.r.Merge.Message, "\n")
	branch, last := originalOf(subject)
	if last == c.r.Key.Number { // GitHub adds it
		branch, last = originalOf(numberAtEnd.ReplaceAllString(subject, ""))
	}
	return branch == c.r.Base && last == number
}

// announcing is how long after the last event a backport by hand tells its original
// about itself, since GitHub shows nothing there.
const announcing = 48 * time.Hour

// enqueue enqueues the original if its status comment shows another state, or if its
// label still requests this backport. A backport by hand that counts points to the
// original until the status comment shows some backport to this branch.
func (c *backportPR) enqueue() {
	if c.original.Number == 0 {
		return
	}
	shown, known := recall(c.original.Notes[statusKey].Data).Rows[c.r.Base]
	label := c.original.HasLabel(c.label(c.r.Base)) && c.r.State != pull.Closed
	newer := known && shown.PR < c.r.Key.Number
	stale := known && shown.PR == c.r.Key.Number && shown.State != c.state()
	since := c.r.UpdatedAt
	if c.r.State != pull.Open {
		since = c.r.ClosedAt
	}
	quiet := c.r.Now.Sub(since)
	unknown := c.counts && !known && quiet < announcing
	original := []pull.Key{{Owner: c.r.Key.Owner, Repo: c.r.Key.Repo, Number: c.original.Number}}
	switch {
	case unknown, c.counts && (label || newer):
		c.wants.Points = original
	case label, newer, stale:
		c.wants.Enqueue = original
	}
	if unknown { // should that get lost
		c.wants.Again = c.r.Now.Add(min(max(quiet/2, time.Minute), 6*time.Hour))
	}
}
