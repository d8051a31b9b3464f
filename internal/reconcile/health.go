package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// Kind of an alert, by which alerts are counted.
type Kind string

// The kinds of alerts that a Reconciler raises.
const (
	KindGitHub       Kind = "github"       // it doesn't answer, or only with errors
	KindLimit        Kind = "limit"        // it takes no requests for a time
	KindApp          Kind = "app"          // it doesn't accept the App's number or key
	KindPermission   Kind = "permission"   // the App lacks one
	KindInstallation Kind = "installation" // the App is suspended or removed
	KindTeam         Kind = "team"         // the core team can't be read
	KindSweep        Kind = "sweep"        // it stopped at its write limit
	KindPanic        Kind = "panic"        // a rule panicked
	KindSlow         Kind = "slow"         // runs don't end, although GitHub answers
)

// Kinds are all of them.
var Kinds = []Kind{KindGitHub, KindLimit, KindApp, KindPermission, KindInstallation, KindTeam, KindSweep, KindPanic, KindSlow}

// Alert is a problem that someone should know about or fix, in words.
type Alert struct {
	Kind Kind
	Text string
}

func (t Alert) String() string { return t.Text }

// Health is what keeps the bot from working, and what's merely worth knowing.
type Health struct {
	Alerts []Alert
	Notes  []string
}

func (h *Health) add(kind Kind, format string, args ...any) {
	h.Alerts = append(h.Alerts, Alert{kind, fmt.Sprintf(format, args...)})
}

// Health judges the work on each account by all replicas. An account with unserved hints
// on which nothing was done for longer than within is an alert; a single pull request
// that takes long, while others are done, is only a note.
func (r *Reconciler) Health(ctx context.Context, unserved []queue.Unserved, within time.Duration) Health {
	late := map[string]queue.Unserved{}
	for _, u := range unserved {
		key, err := pull.ParseKey(u.Key)
		if owner := strings.ToLower(key.Owner); err == nil && u.Age > within && late[owner].Age < u.Age {
			late[owner] = u
		}
	}
	r.hear(ctx, slices.Sorted(maps.Keys(late)))
	a, now := r.accounts, r.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.missing(r.Settings.Accounts)
	if len(a.ignored) > 0 {
		h.Notes = append(h.Notes, fmt.Sprintf("the bot ignores %s, where the App is also installed, because of "+
			"\"accounts\" in the settings", list(slices.Collect(maps.Values(a.ignored)))))
	}
	if u := a.unlisted; u.why != nil && now.Sub(u.since) > within {
		h.Alerts = append(h.Alerts, explain("the repositories could not be listed for "+span(now.Sub(u.since)), u.why))
	}
	for _, owner := range a.work.Keys() { // they failed until they were given up
		p, _ := a.work.Peek(owner)
		if _, found := late[owner]; !found && p.lasts(now, within) {
			late[owner] = queue.Unserved{Age: now.Sub(p.since)}
		}
	}
	for _, owner := range slices.Sorted(maps.Keys(late)) {
		h.judge(owner, r.standing(owner, within), late[owner])
	}
	h.Alerts = append(h.Alerts, r.Alerts()...)
	return h
}

// standing is how the work on an account goes.
type standing struct {
	progress
	absent bool // nothing can be done there, and that's either known or doesn't matter
	goesOn bool // work was done lately
}

func (r *Reconciler) standing(owner string, within time.Duration) standing {
	a := r.accounts
	p, _ := a.work.Peek(owner)
	i, found := a.find(owner)
	return standing{
		progress: p,
		absent:   !r.Settings.Serves(owner) || lost(p.why) || a.listed && (!found || i.Suspended),
		goesOn:   !p.worked.IsZero() && r.Now().Sub(p.worked) <= within,
	}
}

func (h *Health) judge(owner string, s standing, late queue.Unserved) {
	switch {
	case s.absent:
	case !s.goesOn:
		h.Alerts = append(h.Alerts, explain(fmt.Sprintf("nothing was done on %s for %s", owner, span(late.Age)), s.why))
	case late.Key != "":
		h.Notes = append(h.Notes, fmt.Sprintf("%s has waited for %s while others on %s were served: the log says why", late.Key, span(late.Age),
			owner))
	}
}

// explain says why nothing could be done, and how to fix it.
func explain(what string, why error) Alert {
	var (
		limited      *gh.Limited
		unauthorized *gh.Unauthorized
		denied       *gh.Denied
		temporary    *gh.Temporary
	)
	alert := func(kind Kind, format string, args ...any) Alert {
		return Alert{kind, what + ": " + fmt.Sprintf(format, args...)}
	}
	switch {
	case errors.As(why, &limited):
		return alert(KindLimit, "GitHub accepts no requests until %s UTC (%s). The bot continues by itself then. If this happens often, lower "+
			"--writes-per-minute or sweep.pull-requests-per-minute", limited.Until.UTC().Format("15:04"), limited.Message)
	case errors.As(why, &unauthorized):
		return alert(KindApp, "GitHub doesn't accept the App (%s). Check GITHUB_APP_ID, its private key, and this machine's clock",
			unauthorized.Answer)
	case errors.As(why, &denied):
		return alert(KindPermission, "%v", denied)
	case errors.As(why, &temporary) && temporary.StatusCode >= 500:
		return alert(KindGitHub, "GitHub answers with errors (%s). See its status page; the bot continues by itself", temporary)
	case errors.As(why, &temporary):
		return alert(KindGitHub, "GitHub doesn't answer as it should (%s). Check this machine's network and GitHub's status page; the bot "+
			"continues by itself", temporary)
	case errors.Is(why, context.DeadlineExceeded):
		return alert(KindGitHub, "GitHub answers too slowly for a run to end in time. See its status page; the bot continues by itself")
	}
	return alert(KindSlow, "no run has ended since then. See the log for what they're doing")
}

// span formats a duration for people.
func span(d time.Duration) string {
	if d < time.Minute {
		return d.Round(time.Second).String()
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}
