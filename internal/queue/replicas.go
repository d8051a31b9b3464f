package queue

import (
	"context"
	"fmt"
	"time"
)

// Replica is a process that works on a database on PostgreSQL, or did within a day.
type Replica struct {
	ID      string
	Version string    // of the program; "": older than this was stored
	Began   time.Time // zero likewise
	Seen    time.Time // when it last showed that it's alive
}

// Alive reports whether it's taken for alive.
func (r Replica) Alive(now time.Time) bool { return now.Sub(r.Seen) < lease }

// Replicas returns the replicas, those that began first at first. On SQLite there are none:
// the one process has the file. It needs tables of the newest version.
func (r *Reader) Replicas(ctx context.Context) (all []Replica, err error) {
	if !isPostgres(r.q.cfg.Database) {
		return nil, nil
	}
	now := r.q.cfg.Now()
	read := func(row row) error {
		var one Replica
		var began, ago int64
		err := row.Scan(&one.ID, &one.Version, &began, &ago)
		one.Began, one.Seen = fromMicros(began), now.Add(-time.Duration(max(0, ago))*time.Second)
		all = append(all, one)
		return err
	}
	if err := r.q.db.query(ctx, read, listReplicas); err != nil {
		return nil, fmt.Errorf("listing replicas: %w", r.q.explain(err))
	}
	return all, nil
}
