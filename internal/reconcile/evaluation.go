package reconcile

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/regression"
)

// early returns how long to wait before reading at all. What an earlier process saw isn't
// known any more, so nothing would show that the answers are older.
func (r *Reconciler) early(job queue.Job) time.Duration {
	waited := r.Now().Sub(job.Wanted)
	if !job.Wanted.Before(r.started) || waited.Abs() > pull.ReadLag {
		return 0
	}
	return pull.ReadLag - waited
}

// stale returns how long to wait before reading again, if the snapshot is older than the
// event, shows this or another pull request in an older state than an earlier one did, or
// lacks a comment that the bot has just posted. The pauses double; half a minute after
// that was seen, the snapshot is used as it is, since the clocks may differ.
func (r *Reconciler) stale(s evaluation, job queue.Job) time.Duration {
	now, since := r.Now(), later(s.request.Behind, r.lacking(s.request, s.entries))
	if s.request.UpdatedAt.Before(job.UpdatedAt) {
		since = later(since, job.Wanted)
		// Wanted is when the first hint came. The key may have waited for minutes since then.
		if job.UpdatedAt.Sub(now) <= gh.Lag { // otherwise the clocks differ
			since = later(since, job.UpdatedAt)
		}
	}
	waited := now.Sub(since)
	if since.IsZero() || waited.Abs() > gh.Lag {
		return 0
	}
	return max(time.Second, waited)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Plan loads a pull request and returns what should be done to it. It changes nothing.
// Installation 0 is looked up.
func (r *Reconciler) Plan(ctx context.Context, key pull.Key, installation int64) (pull.Plan, *pull.Request, error) {
	s, err := r.evaluate(ctx, key, installation)
	return s.plan, s.request, err
}

// Replay loads a pull request and returns what pages show of it, with what the bot would do
// now. It changes nothing on GitHub.
func (r *Reconciler) Replay(ctx context.Context, key pull.Key) (pull.View, error) {
	s, err := r.evaluate(ctx, key, 0)
	if err != nil {
		return pull.View{}, err
	}
	return pull.NewView(s.request, s.rules, s.plan), nil
}

// evaluation is a pull request or issue, with the plan for it.
type evaluation struct {
	request  *pull.Request
	settings config.Rules
	rules    []pull.Rule
	plan     pull.Plan
	entries  []pull.LogEntry
}

func (r *Reconciler) evaluate(ctx context.Context, key pull.Key, installation int64) (s evaluation, err error) {
	defer func() { // a rule that panics stops the work on this pull request only
		if v := recover(); v != nil {
			s, err = evaluation{}, fmt.Errorf("deciding %s: %w", key, &pull.Panic{Value: v, Stack: debug.Stack()})
		}
	}()
	known := r.settings.known(key)
	if s.entries, err = r.readLog(ctx, key); err != nil {
		return evaluation{}, err
	}
	q := snapshot.Query{Key: key, Installation: installation, Pointers: pointers(s.entries), Listed: listed(s.entries)}
	if s.request, err = r.load(ctx, q, known); err != nil {
		return evaluation{}, err
	}
	inForce, err := r.settings.update(ctx, key, files{s.request.Settings, s.request.LabelRules})
	if err != nil {
		return evaluation{}, err
	}
	// Rules under other settings may need other facts. Another run may have put them in force
	// since this one began.
	if !inForce.files.same(known.files) {
		if s.request, err = r.load(ctx, q, inForce); err != nil {
			return evaluation{}, err
		}
	}
	s.rules, s.settings = inForce.rules, inForce.settings
	hidden(s.request, s.entries)
	if err := r.remember(ctx, s.request); err != nil {
		return evaluation{}, err
	}
	if pull.Needs(s.rules)&pull.AuditLog != 0 {
		s.request.AuditLog = done(s.entries)
	}
	r.alerts.note(ctx, s.request, inForce)
	if s.plan, err = pull.Decide(s.request, s.rules); err != nil {
		return evaluation{}, err
	}
	return s, nil
}

// load loads the facts that the rules in force need.
func (r *Reconciler) load(ctx context.Context, q snapshot.Query, e effective) (*pull.Request, error) {
	q.Needs, q.Memo = pull.Needs(e.rules), &pull.Memo{}
	q.Reads = func(r *pull.Request, path string) bool { return pull.Reads(e.rules, r, path) }
	q.Looks = func(r *pull.Request) pull.Looks { return pull.Look(e.rules, r) }
	q.SettingsPath, q.LabelRulesPath, q.Team = config.RepositoryFile, labeler.Path, e.settings.Roles.CoreTeam
	q.Source = regression.Source(e.settings, r.Now())
	request, err := r.Loads.Load(ctx, q)
	if err == nil && request.Public && r.Pages != "" {
		request.Page = strings.TrimRight(r.Pages, "/") + q.Key.PagePath()
	}
	return request, err
}
