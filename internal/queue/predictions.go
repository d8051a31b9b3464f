package queue

import (
	"context"
	"fmt"
	"time"
)

// Prediction is what was predicted about one of a key's things, and how it turned out.
type Prediction struct {
	Key   string
	Thing string    // "" is possible
	At    time.Time // whole microseconds
	Value []byte    // nil, to store: forget it
}

// predictionsOfKey is how many of a key's newest predictions are read.
const predictionsOfKey = 500

// Predictions returns a key's newest predictions, newest first.
func (q *Queue) Predictions(ctx context.Context, key string) ([]Prediction, error) {
	var all []Prediction
	err := q.db.query(ctx, predictionTo(func(p Prediction) error {
		all = append(all, p)
		return nil
	}), newestPredictions, key, int64(predictionsOfKey))
	if err != nil {
		return nil, fmt.Errorf("reading the predictions for %s: %w", key, q.explain(err))
	}
	return all, nil
}

// Predict stores predictions, all or none. One replaces another with the same key, thing
// and time.
func (q *Queue) Predict(ctx context.Context, all ...Prediction) error {
	var kept, forgotten [][]any
	for _, p := range all {
		if err := checkName("key", p.Key); err != nil {
			return fmt.Errorf("storing a prediction: %w", err)
		}
		if p.Value == nil {
			forgotten = append(forgotten, []any{p.Key, text(p.Thing), micros(p.At)})
		} else {
			kept = append(kept, []any{p.Key, text(p.Thing), micros(p.At), p.Value})
		}
	}
	if len(all) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	err := q.db.write(ctx, func(t tx) error {
		_, err := t.each(ctx, putPrediction, kept)
		if err == nil {
			_, err = t.each(ctx, dropPrediction, forgotten)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("storing predictions for %s: %w", all[0].Key, q.explain(err))
	}
	return nil
}

// Predictions calls f with each prediction since a time, oldest first. f's error ends it.
// It needs tables of the newest version.
func (r *Reader) Predictions(ctx context.Context, since time.Time, f func(Prediction) error) error {
	var stop error
	read := predictionTo(func(p Prediction) error {
		stop = f(p)
		return stop
	})
	if err := r.q.db.query(ctx, read, predictionsSince, micros(since)); err != nil && stop == nil {
		return fmt.Errorf("reading the predictions: %w", r.q.explain(err))
	}
	return stop
}

func predictionTo(f func(Prediction) error) func(row) error {
	return func(r row) error {
		var p Prediction
		var at int64
		if err := r.Scan(&p.Key, &p.Thing, &at, &p.Value); err != nil {
			return err
		}
		p.At = fromMicros(at)
		return f(p)
	}
}
