package reconcile

import (
	"context"
	"slices"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxWaiting limits what's remembered about a repository; the oldest is forgotten first.
// It's merged too, only later, when the rule checks again.
const maxWaiting = 100

// awaited is a pull request that will be merged once its head's statuses are green.
type awaited struct {
	SHA    string
	Number int
}

// Waiting returns the pull requests that wait for a commit's statuses. Other Apps' statuses
// don't name a pull request, and a busy repository gets thousands: they cost no request
// if nothing waits for them.
func (r *Reconciler) Waiting(ctx context.Context, repository pull.Key, sha string) ([]pull.Key, error) {
	all, err := recall[[]awaited](ctx, r, waitingNote, repository)
	if err != nil {
		return nil, err
	}
	var keys []pull.Key
	for _, a := range all {
		if key := repository; a.SHA == sha {
			key.Number = a.Number
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// wait remembers whether the pull request waits.
func (r *Reconciler) wait(ctx context.Context, request *pull.Request, plan pull.Plan) error {
	if !plan.Waits && !request.Own { // the bot merges only its own
		return nil
	}
	r.waiting.Lock()
	defer r.waiting.Unlock()
	all, err := recall[[]awaited](ctx, r, waitingNote, request.Key.Repository())
	if err != nil {
		return err
	}
	this := awaited{request.Head, request.Key.Number}
	next := slices.DeleteFunc(slices.Clone(all), func(a awaited) bool { return a.Number == this.Number && (a != this || !plan.Waits) })
	if plan.Waits && !slices.Contains(next, this) {
		next = append(next, this)
	}
	next = next[max(len(next)-maxWaiting, 0):]
	if slices.Equal(all, next) {
		return nil
	}
	return r.keep(ctx, waitingNote, request.Key.Repository(), next)
}
