package backport

import (
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// forgotten is the age at which a label on a merged pull request stops requesting
// anything, unless the bot has started on it: when a bot comes to an old repository, it
// must not act on labels left over for years.
const forgotten = 30 * 24 * time.Hour

// old reports whether merge and label are forgotten.
func (o *original) old(version string) bool {
	if _, taken := o.before.Rows[version]; taken || o.r.Merge == nil {
		return false
	}
	since := o.r.Merge.At
	if e, found := o.lastAsked(o.r.Events, version); found && e.At.After(since) {
		since = e.At
	}
	return o.r.Now.Sub(since) > forgotten
}

// took reports whether the bot was the last to remove the label.
func (o *original) took(label string) bool {
	for _, e := range slices.Backward(o.r.Events) {
		if (e.Kind == pull.Labeled || e.Kind == pull.Unlabeled) && strings.EqualFold(e.Subject, label) {
			return e.Kind == pull.Unlabeled && e.Own
		}
	}
	return false
}
