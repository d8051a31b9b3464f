package queue

import (
	"context"
	"fmt"
	"time"
)

// keepLog is how long it is remembered what was done to a key: people ask why
// months later.
const keepLog = 400 * 24 * time.Hour

// AuditLog gives what was logged of a key, oldest first: the newest entries, at most
// so many.
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

// Log adds entries to the trail of a key. They are on disk when it returns nil.
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
