package missed

import (
	"context"
	"errors"

	"github.com/concorde-bot/concorde/internal/gh"
)

// request asks GitHub to send missing deliveries again. Those that GitHub no longer has,
// or that failed too often, are hopeless; if there are too many, all are.
func (f *Finder) request(ctx context.Context, r *round) error {
	crowd := len(r.missing) > maxRequests
	var faults []error
	for _, d := range r.missing {
		switch t := r.tries[d.GUID]; {
		case t.Count > maxTries || t.Of == d.ID && r.now.Sub(t.At) < patience:
			continue
		case t.Count == maxTries || crowd:
			r.leave(d)
			continue
		}
		if err := f.Pace.Wait(ctx); err != nil {
			return err
		}
		err := f.GitHub.Redeliver(ctx, d.ID)
		var (
			gone     *gh.Gone
			rejected *gh.Rejected
			limited  *gh.Limited
		)
		switch {
		case err == nil:
			r.tries[d.GUID] = try{r.tries[d.GUID].Count + 1, d.ID, r.now}
			r.total.Redelivered++
			f.recovered.WithLabelValues(byRedelivery).Inc()
			f.Log.Info().Str("delivery", d.GUID).Str("event", d.Event).Time("at", d.At).Msg("requested a missed delivery again")
		case errors.As(err, &gone) || errors.As(err, &rejected):
			r.leave(d)
		case errors.As(err, &limited) || ctx.Err() != nil || len(faults) == maxFaults:
			return errors.Join(append(faults, err)...)
		default:
			faults = append(faults, err)
		}
	}
	return errors.Join(faults...)
}

// leave leaves an event to a sweep.
func (r *round) leave(d gh.HookDelivery) {
	r.hopeless++
	r.tries[d.GUID] = try{Count: maxTries + 1}
}
