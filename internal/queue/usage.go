package queue

import (
	"context"
	"fmt"
	"time"
)

// Usage is what was used of a limit within an hour, by all processes together.
type Usage struct {
	Name  string    // of the limit
	At    time.Time // start of the hour
	Least int       // the least that was left of Most
	Most  int
	Spent int // requests
}

// KeepUsage is how long it's kept, of at most 50,000 hours and limits.
const KeepUsage = 8 * 24 * time.Hour

// AddUsage adds what was used since the last call to that of the hour.
func (q *Queue) AddUsage(ctx context.Context, all ...Usage) error {
	var rows [][]any
	for _, u := range all {
		if err := checkName("limit's name", u.Name); err != nil {
			return fmt.Errorf("storing what was used: %w", err)
		}
		rows = append(rows, []any{u.Name, micros(u.At.Truncate(time.Hour)), int64(u.Least), int64(u.Most), int64(u.Spent)})
	}
	if len(rows) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	err := q.db.write(ctx, func(t tx) error {
		_, err := t.each(ctx, addUsage, rows)
		return err
	})
	if err != nil {
		return fmt.Errorf("storing what was used: %w", q.explain(err))
	}
	return nil
}

// Usage returns what was used since a time, oldest first. It needs tables of the newest
// version.
func (r *Reader) Usage(ctx context.Context, since time.Time) (all []Usage, err error) {
	read := func(row row) error {
		var u Usage
		var at, least, most, spent int64
		err := row.Scan(&u.Name, &at, &least, &most, &spent)
		u.At, u.Least, u.Most, u.Spent = fromMicros(at), int(least), int(most), int(spent)
		all = append(all, u)
		return err
	}
	if err := r.q.db.query(ctx, read, listUsage, micros(since)); err != nil {
		return nil, fmt.Errorf("reading what was used: %w", r.q.explain(err))
	}
	return all, nil
}
