package queue

import (
	"context"
	"strings"
	"time"
)

// shares tells how many more keys of each party this process may run. Parties nest: an
// account has repositories. An account gets half of the workers, a repository half of
// its account's share. So whatever hangs, others find a free worker.
type shares struct {
	workers int
	bounded bool           // false: keys are nobody's
	all     int            // runs under way
	busy    map[string]int // of them, those of each account and of each repository
}

// shares counts the runs under way.
func (q *Queue) shares() *shares {
	s := &shares{workers: q.cfg.Workers, bounded: q.cfg.Party != nil, busy: map[string]int{}}
	q.mu.Lock()
	defer q.mu.Unlock()
	for r := range q.running {
		s.add(q.cfg.party(r.key), 1)
	}
	return s
}

func (c Config) party(key string) string {
	if c.Party == nil {
		return ""
	}
	return text(c.Party(key))
}

// add counts n more runs of a party.
func (s *shares) add(party string, n int) {
	s.all += n
	account, _, nested := strings.Cut(party, "/")
	s.busy[account] += n
	if nested {
		s.busy[party] += n
	}
}

// free is how many workers nobody has.
func (s *shares) free() int { return max(s.workers-s.all, 0) }

// room is how many more runs of a party may begin.
func (s *shares) room(party string) int {
	room := s.free()
	if !s.bounded {
		return room
	}
	account, _, nested := strings.Cut(party, "/")
	room = min(room, max(s.workers/2, 1)-s.busy[account])
	if nested {
		room = min(room, max(s.workers/4, 1)-s.busy[party])
	}
	return max(room, 0)
}

// waiting gives the parties that have keys to run, that with the oldest one first, and
// the earliest time after now at which a key falls due.
func (q *Queue) waiting(ctx context.Context, statement string, now time.Time) (parties []string, next time.Time, err error) {
	err = q.db.query(ctx, func(r row) error {
		var party string
		var first, later int64
		err := r.Scan(&party, &first, &later)
		if first > 0 {
			parties = append(parties, party)
		}
		if at := fromMicros(later); later > 0 && (next.IsZero() || at.Before(next)) {
			next = at
		}
		return err
	}, statement, micros(now))
	return parties, next, err
}
