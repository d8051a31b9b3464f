package queue

import (
	"context"
	"fmt"
	"time"
)

// AuditLog returns a key's newest entries in the audit log, at most so many, oldest
// first.
func (q *Queue) AuditLog(ctx context.Context, key string, most int) ([][]byte, error) {
	var entries [][]byte
	read := func(r row) error {
		var entry []byte
		err := r.Scan(&entry)
		entries = append([][]byte{entry}, entries...)
		return err
	}
	if err := q.db.query(ctx, read, getLog, key, int64(most)); err != nil {
		return nil, fmt.Errorf("reading what was done to %s: %w", key, q.explain(err))
	}
	return entries, nil
}

// Log adds entries to a key's audit log. They are on disk when it returns nil.
func (q *Queue) Log(ctx context.Context, key string, entries ...[]byte) error {
	if err := checkName("key", key); err != nil {
		return fmt.Errorf("logging what was done: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	now := micros(q.cfg.Now())
	var rows [][]any
	for _, entry := range entries {
		rows = append(rows, []any{key, now, entry})
	}
	err := q.db.write(ctx, func(t tx) error {
		_, err := t.each(ctx, addLog, rows)
		return err
	})
	if err != nil {
		return fmt.Errorf("logging what was done to %s: %w", key, q.explain(err))
	}
	return nil
}

// Entry is one entry of the audit log.
type Entry struct {
	Key   string
	At    time.Time
	Value []byte
}

// Log calls f with each entry of a key's audit log since a time, oldest first; key ""
// stands for all keys. f's error ends it. It needs tables of the newest version.
func (r *Reader) Log(ctx context.Context, key string, since time.Time, f func(Entry) error) error {
	var stop error
	read := func(row row) error {
		var e Entry
		var at int64
		if err := row.Scan(&e.Key, &at, &e.Value); err != nil {
			return err
		}
		e.At = fromMicros(at)
		stop = f(e)
		return stop
	}
	query, args := logOfKey, []any{micros(since), key}
	if key == "" {
		query, args = logOfAll, args[:1]
	}
	if err := r.q.db.query(ctx, read, query, args...); err != nil && stop == nil {
		return fmt.Errorf("reading the audit log: %w", r.q.explain(err))
	}
	return stop
}
