package queue

import (
	"sync"
	"time"
)

// refusing is since when no event could be stored, and when that failed last.
type refusing struct {
	mu          sync.Mutex
	since, last time.Time
}

// note notes how storing ended.
func (r *refusing) note(err error, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.since, r.last = time.Time{}, time.Time{}
	case r.since.IsZero():
		r.since, r.last = now, now
	default:
		r.last = now
	}
}

// Refusing returns for how long no event could be stored, if that's longer than
// within and the last failure isn't older than that; otherwise 0. The database may answer
// all the same: the disk may be full.
func (q *Queue) Refusing(within time.Duration) time.Duration {
	q.refused.mu.Lock()
	defer q.refused.mu.Unlock()
	now := q.cfg.Now()
	if q.refused.since.IsZero() || now.Sub(q.refused.since) <= within || now.Sub(q.refused.last) > within {
		return 0
	}
	return now.Sub(q.refused.since)
}
