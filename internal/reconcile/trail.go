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

	"github.com/concorde-bot/concorde/internal/pull"
)

// trailLength is how many of the last deeds at a key rules may see.
const trailLength = 200

// logged writes down what became of some actions of a plan: in the log, in the
// metrics, and, of those that were done, in the trail that answers "why?". Nothing
// is decided by the trail, but that a snapshot is too old which lacks a comment of
// a moment ago.
func (r *Reconciler) logged(ctx context.Context, plan pull.Plan, batch []pull.Action, outcomes []error) error {
	log := zerolog.Ctx(ctx)
	var entries [][]byte
	for i, action := range batch {
		if outcomes[i] != nil {
			r.actions.WithLabelValues(action.Kind(), "error").Inc()
			continue
		}
		deed := pull.Deed{At: r.Now().UTC(), Rule: plan.Because[action.String()], Action: action.String(), Why: why(action)}
		line := log.Info().Str("rule", deed.Rule).Stringer("action", action)
		if deed.Why != "" {
			line = line.Str("why", deed.Why)
		}
		line.Msg("applied")
		r.actions.WithLabelValues(action.Kind(), "done").Inc()
		entry, err := json.Marshal(deed)
		if err != nil {
			return fmt.Errorf("writing down what was done to %s: %w", plan.Key, err)
		}
		entries = append(entries, entry)
	}
	return r.Store.Log(ctx, plan.Key.String(), entries...)
}

func why(action pull.Action) string {
	switch a := action.(type) {
	case pull.AddLabel:
		return a.Why
	case pull.RemoveLabel:
		return a.Why
	}
	return ""
}

// readTrail gives what was done to a key, oldest first. A Reconciler that only
// plans may have no store, and an entry of an older program may not be read: the
// trail is for people.
func (r *Reconciler) readTrail(ctx context.Context, key pull.Key) ([]pull.Deed, error) {
	if r.Store == nil {
		return nil, nil
	}
	entries, err := r.Store.Trail(ctx, key.String(), trailLength)
	if err != nil {
		return nil, err
	}
	var deeds []pull.Deed
	for _, entry := range entries {
		var deed pull.Deed
		if err := json.Unmarshal(entry, &deed); err == nil {
			deeds = append(deeds, deed)
		}
	}
	return deeds, nil
}

// announcing is the action of an entry that is written before a comment is posted.
// Should the process die then, or GitHub's answer be lost, the next run knows that
// the comment may be there, though a lagging copy doesn't show it.
const announcing = "about to post comment "

// doubt is for how long such a comment is waited for.
const doubt = 5 * time.Second

func (r *Reconciler) announce(ctx context.Context, key pull.Key, batch []pull.Action) error {
	var entries [][]byte
	for _, action := range batch {
		if a, is := action.(pull.AddNote); is {
			entry, err := json.Marshal(pull.Deed{At: r.Now().UTC(), Action: announcing + a.Key})
			if err != nil {
				return fmt.Errorf("announcing a comment on %s: %w", key, err)
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
func done(trail []pull.Deed) []pull.Deed {
	return slices.DeleteFunc(slices.Clone(trail), func(d pull.Deed) bool { return strings.HasPrefix(d.Action, announcing) })
}

// pointing is the action of a deed that says which pull request pointed here.
const pointing = "pointed here by #"

// point writes down, in the trail of one pull request, that another pointed to it,
// unless that stands there: it may point there for as long as it lives. More of them
// may point there at once: each has an entry of its own.
func (r *Reconciler) point(ctx context.Context, from, to pull.Key) error {
	trail, err := r.readTrail(ctx, to)
	if err != nil || slices.Contains(pointers(trail), from.Number) {
		return err
	}
	entry, err := json.Marshal(pull.Deed{At: r.Now().UTC(), Action: fmt.Sprint(pointing, from.Number)})
	if err != nil {
		return fmt.Errorf("writing down what pointed to %s: %w", to, err)
	}
	return r.Store.Log(ctx, to.String(), entry)
}

// pointers are the pull requests that pointed to one, as its trail remembers.
func pointers(trail []pull.Deed) []int {
	var all []int
	for _, deed := range slices.Backward(trail) {
		text, is := strings.CutPrefix(deed.Action, pointing)
		number, err := strconv.Atoi(text)
		if is && err == nil && !slices.Contains(all, number) && len(all) < pull.MaxPointers {
			all = append(all, number)
		}
	}
	slices.Reverse(all)
	return all
}

// listed are the issues that list a pull request because of this App, as its trail
// remembers: where nothing names the issue any more, nothing else tells.
func listed(trail []pull.Deed) []int {
	var all []int
	for _, deed := range trail {
		if number, on := pull.ListedIn(deed.Action); number > 0 {
			all = slices.DeleteFunc(all, func(n int) bool { return n == number })
			if on {
				all = append(all, number)
			}
		}
	}
	return all[max(0, len(all)-pull.MaxListed):]
}

// hidden notes which comments of the bot are among those that GitHub leaves out:
// posting one again at each look would be worse than to leave it as it is.
func hidden(request *pull.Request, trail []pull.Deed) {
	if !request.NotesHidden || request.Facts&pull.Notes == 0 {
		return
	}
	for _, deed := range trail {
		key, is := strings.CutPrefix(deed.Action, pull.AddNote{}.Kind()+" ")
		if _, there := request.Notes[key]; is && !there {
			request.Notes[key] = pull.PostedNote{Hidden: true}
		}
	}
}

// lacking is when the bot posted, or may have posted, the newest comment that the
// snapshot is without, zero where it has all of the last moments: posting one again
// would be worse than to wait.
func (r *Reconciler) lacking(request *pull.Request, trail []pull.Deed) (posted time.Time) {
	if request.Facts&pull.Notes == 0 || request.NotesDeleted > 0 {
		return posted
	}
	for _, deed := range trail {
		key, is := strings.CutPrefix(deed.Action, pull.AddNote{}.Kind()+" ")
		within := lag
		if !is {
			key, is = strings.CutPrefix(deed.Action, announcing)
			within = doubt
		}
		if _, there := request.Notes[key]; is && !there && r.Now().Sub(deed.At).Abs() < within {
			posted = deed.At
		}
	}
	return posted
}
