package queue

import (
	"context"
	"fmt"
	"time"
)

// Seen returns when a hint first named a version of a key's object; zero if none did, or
// more than Config.KeepLog ago.
func (q *Queue) Seen(ctx context.Context, key, version string) (time.Time, error) {
	var seen int64
	if err := q.db.query(ctx, func(r row) error { return r.Scan(&seen) }, getVersion, key, version); err != nil {
		return time.Time{}, fmt.Errorf("reading when %s came to %s: %w", version, key, q.explain(err))
	}
	return fromMicros(seen), nil
}

// See stores that a key's object had a version at a time. Seen returns the earliest.
func (q *Queue) See(ctx context.Context, key, version string, at time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	hint := []Hint{{Key: key, Version: version, UpdatedAt: at}}
	err := checkHints(hint)
	if err == nil {
		err = q.db.write(ctx, func(t tx) error { return addVersions(ctx, t, hint) })
	}
	if err != nil {
		return fmt.Errorf("noting when %s came to %s: %w", version, key, q.explain(err))
	}
	return nil
}

func addVersions(ctx context.Context, t tx, hints []Hint) error {
	var rows [][]any
	for _, h := range hints {
		if h.Version != "" && !h.UpdatedAt.IsZero() {
			rows = append(rows, []any{h.Key, h.Version, micros(h.UpdatedAt)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := t.each(ctx, addVersion, rows)
	return err
}
