package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// maxView bounds a view without its report, in bytes. A larger one shows neither wants nor
// plan.
const maxView = 32 << 10

// show stores what pages show of a pull request, as it is after some actions. Nothing
// depends on it, so an error is only logged.
func (r *Reconciler) show(ctx context.Context, s evaluation, done []pull.Action) {
	if r.Store == nil {
		return
	}
	request, plan := s.request, s.plan
	for _, action := range done {
		next, err := request.After(action)
		if err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("updating the pull request's page")
			return
		}
		request = next
	}
	made := map[string]bool{}
	for _, action := range done {
		made[action.String()] = true
	}
	plan.Actions = slices.DeleteFunc(slices.Clone(plan.Actions), func(a pull.Action) bool { return made[a.String()] })
	view := pull.NewView(request, s.rules, plan)
	brief, err := json.Marshal(view.Brief)
	detail, also := json.Marshal(view)
	if len(detail)-len(view.Report) > maxView {
		view.Wants, view.Plan = nil, nil
		detail, also = json.Marshal(view)
	}
	if err = errors.Join(err, also); err == nil {
		err = r.Store.PutView(ctx, queue.View{
			Group: request.Key.Repository().String(), Number: request.Key.Number, Class: class(request), At: request.Now,
			Brief: brief, Detail: detail,
		})
	}
	if err != nil && ctx.Err() == nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("storing the pull request's page")
	}
}

// class selects the views of a list.
func class(r *pull.Request) string {
	if r.Issue {
		return "issue " + string(r.State)
	}
	return string(r.State)
}
