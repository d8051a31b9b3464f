package queue

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Batch is work with certain causes on keys that differ only in a number at their end.
type Batch struct {
	Prefix string    // of the keys
	Since  time.Time // when the oldest hint came that no run has served
	Left   int       // keys with such hints
	Done   int       // keys whose last run had such a cause and has ended since then
}

// maxBatches limits an answer of NotesOfPending.
const maxBatches = 100

// Batches returns what any replica still has to do for these causes, the largest batch
// first, at most a hundred. All of it comes from the table: it's right after a restart,
// and each replica gives the same answer.
func (q *Queue) Batches(ctx context.Context, causes ...string) ([]Batch, error) {
	args, places := []any{micros(q.cfg.Now())}, make([]string, len(causes))
	for i, cause := range causes {
		args, places[i] = append(args, cause), fmt.Sprint("$", i+2)
	}
	var all []Batch
	read := func(r row) error {
		var b Batch
		var since int64
		err := r.Scan(&b.Prefix, &b.Left, &since, &b.Done)
		b.Since = fromMicros(since)
		all = append(all, b)
		return err
	}
	query := strings.ReplaceAll(countBatches, "CAUSES", "("+strings.Join(places, ", ")+")")
	if err := q.db.query(ctx, read, query, args...); err != nil {
		return nil, fmt.Errorf("counting keys by cause: %w", q.explain(err))
	}
	return all, nil
}

// NotesOfPending returns the notes named prefix and a key, by key, of those keys that
// wait or run, at most a hundred.
func (q *Queue) NotesOfPending(ctx context.Context, prefix string) (map[string][]byte, error) {
	notes := map[string][]byte{}
	read := func(r row) error {
		var key string
		var value []byte
		err := r.Scan(&key, &value)
		notes[key] = value
		return err
	}
	if err := q.db.query(ctx, read, notesOfPending, prefix, int64(maxBatches)); err != nil {
		return nil, fmt.Errorf("reading the notes %q of keys: %w", prefix, q.explain(err))
	}
	return notes, nil
}

// Batches are those of Queue.Batches.
func (r *Reader) Batches(ctx context.Context, causes ...string) ([]Batch, error) {
	return r.q.Batches(ctx, causes...)
}

// NotesOfPending is that of Queue.NotesOfPending.
func (r *Reader) NotesOfPending(ctx context.Context, prefix string) (map[string][]byte, error) {
	return r.q.NotesOfPending(ctx, prefix)
}

const (
	// countBatches: CAUSES stands for the list of causes, $1 is now.
	countBatches = `WITH pending AS (
SELECT rtrim(key, '0123456789') AS prefix, CASE WHEN run_wanted > 0 THEN run_wanted WHEN wanted > 0 THEN wanted ELSE again_at END AS since
FROM keys WHERE (state = 1 OR due > 0) AND cause IN CAUSES
	OR state = 0 AND due = 0 AND again_at > 0 AND again_at <= $1 AND again_cause IN CAUSES),
batch AS (SELECT prefix, count(*) AS waiting, min(since) AS since FROM pending GROUP BY prefix ORDER BY count(*) DESC, prefix LIMIT 100),
done AS (SELECT rtrim(key, '0123456789') AS prefix, done_at FROM keys
WHERE state = 0 AND due = 0 AND NOT (again_at > 0 AND again_at <= $1) AND cause IN CAUSES AND done_at >= (SELECT min(since) FROM batch))
SELECT batch.prefix, batch.waiting, batch.since, count(done.done_at) FROM batch
LEFT JOIN done ON done.prefix = batch.prefix AND done.done_at >= batch.since
GROUP BY batch.prefix, batch.waiting, batch.since ORDER BY batch.waiting DESC, batch.prefix`

	notesOfPending = `SELECT key, value FROM keys JOIN notes ON name = CAST($1 AS TEXT) || key
WHERE state = 1 OR due > 0 ORDER BY key LIMIT $2`
)
