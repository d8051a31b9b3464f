package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/shadow"
)

// compare settles and makes the predictions of rules in shadow, by a run's evaluation. It
// makes no requests. It returns when the key should run again, by its plan or because a
// window ends; zero for never.
func (r *Reconciler) compare(ctx context.Context, s evaluation) (again time.Time, err error) {
	if s.plan.ShadowFault != nil { // then there's nothing to compare
		return s.plan.Again, nil
	}
	key := s.request.Key.String()
	stored, err := r.Store.Predictions(ctx, key)
	if err != nil {
		return again, err
	}
	var known []shadow.Record
	for _, p := range stored {
		record, err := shadow.Read(p.Thing, p.At, p.Value)
		if err != nil { // a newer program's: without it, only a comparison is lost
			zerolog.Ctx(ctx).Warn().Str("thing", p.Thing).Err(err).Msg("ignoring a prediction")
			continue
		}
		known = append(known, record)
	}
	changes := shadow.Compare(known, shadow.Look{
		Request: s.request, Rules: s.rules, Predictions: s.plan.Predictions,
		Window: time.Duration(s.settings.Shadow.Window) * time.Minute, Now: r.Now(),
	})
	var rows []queue.Prediction
	for _, record := range changes.Drop {
		rows = append(rows, queue.Prediction{Key: key, Thing: record.Thing, At: record.At})
	}
	for _, record := range changes.Keep {
		value, err := record.Stored()
		if err != nil {
			return again, fmt.Errorf("storing a prediction for %s: %w", key, err)
		}
		rows = append(rows, queue.Prediction{Key: key, Thing: record.Thing, At: record.At, Value: value})
	}
	if err := r.Store.Predict(ctx, rows...); err != nil {
		return again, err
	}
	for _, record := range changes.Keep {
		r.settled(ctx, record)
	}
	return pull.Sooner(s.plan.Again, changes.Again), nil
}

// settled logs and counts a prediction with an outcome.
func (r *Reconciler) settled(ctx context.Context, record shadow.Record) {
	switch record.Outcome {
	case shadow.Open, shadow.Earlier:
		return
	case shadow.Same:
	default:
		zerolog.Ctx(ctx).Info().Str("rule", record.Rule).Str("thing", record.Thing).Str("want", record.Want).Str("found", record.Found).
			Str("outcome", string(record.Outcome)).Msg("another bot differs")
	}
	r.predictions.WithLabelValues(record.Rule, string(record.Outcome)).Inc()
}
