package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Stats is the state of the queue at one moment.
type Stats struct {
	Waiting int // keys that are due and not yet running
	Running int // keys that any replica is running
	Delayed int // keys that wait for a time: settling, retrying or Later
	GivenUp int // keys whose last hint was given up; the log and the column "reason" say why

	// Overdue is how long the oldest due key has been waiting or running, or 0. A key that
	// waits for a time isn't due before.
	Overdue time.Duration

	// Unserved has each installation's oldest hint that no run has served, oldest first, at
	// most 100.
	Unserved []Unserved
}

// Unserved is a hint that no run has served, whether it waits for a worker, a retry or a
// limit. It doesn't count while it rests by choice (Later.Rests).
type Unserved struct {
	Installation int64 // 0: unknown
	Key          string
	Since        time.Time     // when the hint came; later, if it rested or waited for Hint.At
	Age          time.Duration // since then
}

// Oldest is the age of the oldest unserved hint, or 0 if there's none.
func (s Stats) Oldest() time.Duration {
	if len(s.Unserved) == 0 {
		return 0
	}
	return s.Unserved[0].Age
}

// Stats counts keys.
func (q *Queue) Stats(ctx context.Context) (Stats, error) {
	var s Stats
	var oldest int64
	now := q.cfg.Now()
	read := func(r row) error { return r.Scan(&s.Waiting, &s.Running, &s.Delayed, &s.GivenUp, &oldest) }
	if err := q.db.query(ctx, read, countKeys, micros(now)); err != nil {
		return Stats{}, fmt.Errorf("counting keys: %w", q.explain(err))
	}
	if oldest > 0 {
		s.Overdue = now.Sub(fromMicros(oldest))
	}
	hint := func(r row) error {
		var u Unserved
		var since int64
		err := r.Scan(&u.Installation, &u.Key, &since)
		u.Since = fromMicros(since)
		u.Age = now.Sub(u.Since)
		s.Unserved = append(s.Unserved, u)
		return err
	}
	if err := q.db.query(ctx, hint, unservedHints, micros(now)); err != nil {
		return Stats{}, fmt.Errorf("finding unserved hints: %w", q.explain(err))
	}
	return s, nil
}

// receivedAtOnce limits the parameters of one statement.
const receivedAtOnce = 500

// Received returns which deliveries, by ID, are stored.
func (q *Queue) Received(ctx context.Context, ids []string) (map[string]bool, error) {
	stored := map[string]bool{}
	read := func(r row) error {
		var id string
		err := r.Scan(&id)
		stored[id] = true
		return err
	}
	for some := range slices.Chunk(ids, receivedAtOnce) {
		places, args := make([]string, len(some)), make([]any, len(some))
		for i, id := range some {
			places[i], args[i] = fmt.Sprintf("$%d", i+1), id
		}
		query := `SELECT id FROM deliveries WHERE id IN (` + strings.Join(places, ", ") + `)`
		if err := q.db.query(ctx, read, query, args...); err != nil {
			return nil, fmt.Errorf("looking up deliveries: %w", q.explain(err))
		}
	}
	return stored, nil
}

// Get returns a note, or nil if there's none with that name.
func (q *Queue) Get(ctx context.Context, name string) ([]byte, error) {
	var value []byte
	read := func(r row) error {
		err := r.Scan(&value)
		if value == nil { // SQLite's driver reads an empty value as nil
			value = []byte{}
		}
		return err
	}
	if err := q.db.query(ctx, read, getNote, name); err != nil {
		return nil, fmt.Errorf("reading note %q: %w", name, q.explain(err))
	}
	return value, nil
}

// Put stores a note, a small durable value. It's on disk when Put returns nil.
func (q *Queue) Put(ctx context.Context, name string, value []byte) error {
	if err := checkName("note's name", name); err != nil {
		return fmt.Errorf("storing a note: %w", err)
	}
	if value == nil {
		value = []byte{}
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if err := q.change(ctx, putNote, name, value); err != nil {
		return fmt.Errorf("storing note %q: %w", name, q.explain(err))
	}
	return nil
}

// change runs one statement in its own transaction.
func (q *Queue) change(ctx context.Context, query string, args ...any) error {
	return q.db.write(ctx, func(t tx) error {
		_, err := t.each(ctx, query, [][]any{args})
		return err
	})
}

const (
	cleanEvery = 10 * time.Minute
	cleanBatch = 100
)

// cleanLoop removes old and surplus rows, now and every ten minutes.
func (q *Queue) cleanLoop(ctx context.Context) {
	for ok := true; ok; ok = pause(ctx, cleanEvery) {
		if err := q.clean(ctx); err != nil && ctx.Err() == nil {
			q.cfg.Log.Warn().Err(q.explain(err)).Msg("removing old deliveries")
		}
	}
}

// clean removes old deliveries that came before every unserved hint, and idle keys of
// the same age. Of each table, it keeps at most the newest maxRows, or a quarter of that.
func (q *Queue) clean(ctx context.Context) error {
	before := q.cfg.Now().Add(-q.cfg.KeepDeliveries)
	var oldest int64
	if err := q.db.query(ctx, func(r row) error { return r.Scan(&oldest) }, oldestWanted); err != nil {
		return err
	}
	// A delivery is received a little before its hints are stored.
	if wanted := fromMicros(oldest).Add(-time.Hour); oldest > 0 && wanted.Before(before) {
		before = wanted
	}
	forgotten, idle := q.cfg.Now().Add(-q.cfg.KeepLog), q.cfg.Now().Add(-keepSessions)
	for _, t := range []struct {
		nth, clean string
		before     time.Time
		most       int
	}{
		{nthDelivery, cleanDeliveries, before, q.cfg.maxRows},
		{nthKey, cleanKeys, before, q.cfg.maxRows},
		{nthLog, cleanLog, forgotten, q.cfg.maxRows},
		{nthVersion, cleanVersions, forgotten, q.cfg.maxRows},
		{nthView, cleanViews, forgotten, q.cfg.maxRows / 4}, // they're larger
		{nthPrediction, cleanPredictions, forgotten, q.cfg.maxRows},
		{nthSession, cleanSessions, idle, q.cfg.maxRows / 20},
		{nthUsage, cleanUsage, q.cfg.Now().Add(-KeepUsage), q.cfg.maxRows / 4},
		{nthFeed, cleanFeeds, q.cfg.Now().Add(-KeepFeeds), q.cfg.maxRows / 20},
	} {
		cut := micros(t.before)
		newest := func(r row) error {
			var at int64
			err := r.Scan(&at)
			cut = max(cut, at)
			return err
		}
		if err := q.db.query(ctx, newest, t.nth, int64(t.most-1)); err != nil {
			return err
		}
		if err := q.remove(ctx, t.clean, cut); err != nil {
			return err
		}
	}
	if err := q.cleanNotes(ctx); err != nil {
		return err
	}
	return q.db.shrink(ctx)
}

// remove runs a statement that deletes rows older than cut, a few at a time, so that
// others can write too.
func (q *Queue) remove(ctx context.Context, statement string, cut int64) error {
	for more := true; more; {
		err := q.db.write(ctx, func(t tx) error {
			n, err := t.each(ctx, statement, [][]any{{cut, int64(cleanBatch)}})
			more = err == nil && n[0] == cleanBatch
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
