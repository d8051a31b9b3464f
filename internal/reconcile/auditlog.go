package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// logLength is how many of a key's last entries rules can see.
const logLength = 200

// basis is what a run's actions are based on.
type basis struct {
	plan    pull.Plan
	request *pull.Request // nil: unknown
	cause   string        // of the run
}

// logged records the outcomes of a plan's actions in the log and in the metrics, and those
// that were done in the audit log, which explains them to people. The bot itself only
// uses the audit log to see that a snapshot is too old: it lacks a comment just posted.
func (r *Reconciler) logged(ctx context.Context, b basis, batch []pull.Action, outcomes []error) error {
	log := zerolog.Ctx(ctx)
	var entries [][]byte
	for i, action := range batch {
		if outcomes[i] != nil {
			r.actions.WithLabelValues(action.Kind(), "error").Inc()
			continue
		}
		name := action.String()
		entry := pull.LogEntry{At: r.Now().UTC(), Rule: b.plan.Because[name], Action: name, Why: pull.Why(action), Cause: b.cause}
		if b.request != nil {
			entry.Before, entry.After = b.request.Change(action)
		}
		line := log.Info().Str("rule", entry.Rule).Stringer("action", action)
		if entry.Why != "" {
			line = line.Str("why", entry.Why)
		}
		line.Msg("applied")
		r.actions.WithLabelValues(action.Kind(), "done").Inc()
		data, err := json.Marshal(entry)
		if err != nil {
			return fmt.Errorf("logging what was done to %s: %w", b.plan.Key, err)
		}
		entries = append(entries, data)
	}
	return r.Store.Log(ctx, b.plan.Key.String(), entries...)
}

// readLog returns a key's audit log, oldest first. A Reconciler that only plans may
// have no store, and entries of an older version may be unreadable: the audit log is for
// people.
func (r *Reconciler) readLog(ctx context.Context, key pull.Key) ([]pull.LogEntry, error) {
	if r.Store == nil {
		return nil, nil
	}
	stored, err := r.Store.AuditLog(ctx, key.String(), logLength)
	if err != nil {
		return nil, err
	}
	var entries []pull.LogEntry
	for _, data := range stored {
		var entry pull.LogEntry
		if err := json.Unmarshal(data, &entry); err == nil {
			entries = append(entries, entry)
		}
	}
	return entries, nil
}

// announcing is the action of an entry that is written before a comment is posted. If
// the process dies or GitHub's answer is lost, the next run knows that the comment may
// exist, even if a lagging replica doesn't show it.
const announcing = "about to post comment "

// doubt is how long the bot waits for such a comment.
const doubt = 5 * time.Second

func (r *Reconciler) announce(ctx context.Context, key pull.Key, batch []pull.Action) error {
	var entries [][]byte
	for _, action := range batch {
		if a, is := action.(pull.AddNote); is {
			entry, err := json.Marshal(pull.LogEntry{At: r.Now().UTC(), Action: announcing + a.Key})
			if err != nil {
				return fmt.Errorf("logging a comment on %s before posting it: %w", key, err)
			}
			entries = append(entries, entry)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return r.Store.Log(ctx, key.String(), entries...)
}

// done leaves out what was only announced.
func done(entries []pull.LogEntry) []pull.LogEntry {
	return slices.DeleteFunc(slices.Clone(entries), func(d pull.LogEntry) bool { return strings.HasPrefix(d.Action, announcing) })
}

// pointing is the action of an entry that says which pull request pointed here.
const pointing = "pointed here by #"

// point records in one pull request's audit log that another one points to it, unless
// that's recorded already. Several may do so at once: each has its own entry.
func (r *Reconciler) point(ctx context.Context, from, to pull.Key) error {
	entries, err := r.readLog(ctx, to)
	if err != nil || slices.Contains(pointers(entries), from.Number) {
		return err
	}
	entry, err := json.Marshal(pull.LogEntry{At: r.Now().UTC(), Action: fmt.Sprint(pointing, from.Number)})
	if err != nil {
		return fmt.Errorf("logging what pointed to %s: %w", to, err)
	}
	return r.Store.Log(ctx, to.String(), entry)
}

// pointers returns the pull requests that pointed to one, from its audit log.
func pointers(entries []pull.LogEntry) []int {
	var all []int
	for _, entry := range slices.Backward(entries) {
		text, is := strings.CutPrefix(entry.Action, pointing)
		number, err := strconv.Atoi(text)
		if is && err == nil && !slices.Contains(all, number) && len(all) < pull.MaxPointers {
			all = append(all, number)
		}
	}
	slices.Reverse(all)
	return all
}

// listed returns the issues in which this App listed a pull request, from its audit log:
// once the pull request no longer names the issue, that's the only trace.
func listed(entries []pull.LogEntry) []int {
	var all []int
	for _, entry := range entries {
		if number, on := pull.ListedIn(entry.Action); number > 0 {
			all = slices.DeleteFunc(all, func(n int) bool { return n == number })
			if on {
				all = append(all, number)
			}
		}
	}
	return all[max(0, len(all)-pull.MaxListed):]
}

// hidden marks comments of the bot that GitHub leaves out of its answers: posting them
// again in each run would be worse than doing nothing.
func hidden(request *pull.Request, entries []pull.LogEntry) {
	if !request.NotesHidden || request.Facts&pull.Notes == 0 {
		return
	}
	for _, entry := range entries {
		key, is := strings.CutPrefix(entry.Action, pull.AddNote{}.Kind()+" ")
		if _, there := request.Notes[key]; is && !there {
			request.Notes[key] = pull.PostedNote{Hidden: true}
		}
	}
}

// lacking returns when the bot posted, or may have posted, the newest comment that the
// snapshot lacks, or zero if it has all recent ones. Posting one again would be worse
// than waiting.
func (r *Reconciler) lacking(request *pull.Request, entries []pull.LogEntry) (posted time.Time) {
	if request.Facts&pull.Notes == 0 || request.NotesDeleted > 0 {
		return posted
	}
	for _, entry := range entries {
		key, is := strings.CutPrefix(entry.Action, pull.AddNote{}.Kind()+" ")
		within := gh.Lag
		if !is {
			key, is = strings.CutPrefix(entry.Action, announcing)
			within = doubt
		}
		if _, there := request.Notes[key]; is && !there && r.Now().Sub(entry.At).Abs() < within {
			posted = entry.At
		}
	}
	return posted
}
