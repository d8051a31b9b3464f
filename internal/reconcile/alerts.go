package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

// alerts are problems that someone must fix and that no pull request can show:
// unreadable core teams (all repositories of an organization have one), sweeps that
// stopped, and rules that panic.
type alerts struct {
	mu     sync.Mutex
	all    map[string]string   // teams, by the owner's name in lower case
	sweeps map[pull.Key]string // by repository
	panics map[pull.Key]string // by pull request or issue
}

// rest records how many pull requests a repository's last sweep left to the next.
func (t *alerts) rest(key pull.Key, left, limit int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if left == 0 {
		delete(t.sweeps, key)
		return
	}
	if t.sweeps == nil {
		t.sweeps = map[pull.Key]string{}
	}
	t.sweeps[key] = fmt.Sprintf("the sweep of %s stopped at sweep.max-writes (%d); the next one continues with the remaining %d pull "+
		"requests and issues. Check a few with bot plan, and raise the limit if the plans are right", key, limit, left)
}

// ran records the end of a run. A panic is logged, and stays an alert until the key's
// rules run without one.
func (t *alerts) ran(ctx context.Context, key pull.Key, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var panicked *pull.Panic
	switch {
	case errors.As(err, &panicked):
		if t.panics == nil {
			t.panics = map[pull.Key]string{}
		}
		t.panics[key] = err.Error() + ": nothing is written there until its next event. Report this bug, with the stack in the log"
		zerolog.Ctx(ctx).Error().Err(err).Stringer("on", key).Bytes("stack",
			panicked.Stack).Msg("a rule panicked: nothing is written there until the next event")
	case err == nil:
		delete(t.panics, key)
	}
}

// shownPanics limits how many panics have alerts of their own.
const shownPanics = 10

// note records what one run found, and logs it if it's new.
func (t *alerts) note(ctx context.Context, r *pull.Request, e effective) {
	if pull.Needs(e.rules)&pull.Team == 0 {
		return
	}
	owner := strings.ToLower(r.Key.Owner)
	t.mu.Lock()
	before := t.all[owner]
	if t.all == nil {
		t.all = map[string]string{}
	}
	if r.CoreFault == "" {
		delete(t.all, owner)
	} else {
		t.all[owner] = r.CoreFault
	}
	t.mu.Unlock()
	switch log := zerolog.Ctx(ctx); {
	case r.CoreFault == before:
	case r.CoreFault != "":
		log.Error().Str("owner", r.Key.Owner).Str("why", r.CoreFault).Msg("cannot read the core team: leaving stage labels alone")
	default:
		log.Info().Str("owner", r.Key.Owner).Msg("the core team can be read again")
	}
}

// keep forgets the problems of accounts where the App is no longer installed.
func (t *alerts) keep(active func(owner string) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	gone := func(key pull.Key, _ string) bool { return !active(key.Owner) }
	maps.DeleteFunc(t.all, func(owner, _ string) bool { return !active(owner) })
	maps.DeleteFunc(t.sweeps, gone)
	maps.DeleteFunc(t.panics, gone)
}

// Alerts are what someone must fix for all rules to work: one for each organization,
// each repository whose sweep stopped, and the first few panics.
func (r *Reconciler) Alerts() (all []Alert) {
	t := &r.alerts
	t.mu.Lock()
	defer t.mu.Unlock()
	add := func(kind Kind, texts []string) {
		for _, text := range texts {
			all = append(all, Alert{kind, text})
		}
	}
	add(KindTeam, slices.Sorted(maps.Values(t.all)))
	add(KindSweep, slices.Sorted(maps.Values(t.sweeps)))
	panics := slices.Sorted(maps.Values(t.panics))
	if more := len(panics) - shownPanics; more > 0 {
		panics = append(panics[:shownPanics], fmt.Sprintf("rules panic on %d more pull requests and issues", more))
	}
	add(KindPanic, panics)
	return all
}
