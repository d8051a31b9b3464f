package queue

import (
	"context"
	"strings"
	"time"
)

// shares is how many more of a party's keys this process may run. Parties nest: an
// account has repositories, and a repository has authors of pull requests. Each level
// gets half of the one above: an account half of the workers, a repository a quarter, an
// author an eighth. So whatever hangs or takes long, others find a free worker.
type shares struct {
	workers int
	bounded bool           // false: keys belong to no one
	all     int            // runs in progress
	busy    map[string]int // the same for each party on each level
}

// shares counts the runs in progress.
func (q *Queue) shares() *shares {
	s := &shares{workers: q.cfg.Workers, bounded: q.cfg.Party != nil, busy: map[string]int{}}
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range q.running {
		s.add(r.party, 1)
	}
	return s
}

// party is who a hint's key belongs to.
func (c Config) party(h Hint) string {
	if c.Party == nil {
		return ""
	}
	party := c.Party(h.Key)
	if h.Owner != "" && party != "" {
		party += "/" + strings.ToLower(h.Owner)
	}
	return text(party)
}

// levels returns the parties that contain a party, the largest first, and itself.
func levels(party string) (all []string) {
	for i, c := range party {
		if c == '/' {
			all = append(all, party[:i])
		}
	}
	return append(all, party)
}

// add counts n more of a party's runs.
func (s *shares) add(party string, n int) {
	s.all += n
	for _, p := range levels(party) {
		s.busy[p] += n
	}
}

// free is how many workers are idle.
func (s *shares) free() int { return max(s.workers-s.all, 0) }

// room is how many more runs of a party may begin.
func (s *shares) room(party string) int {
	room := s.free()
	if !s.bounded {
		return room
	}
	for level, p := range levels(party) {
		room = min(room, max(s.workers>>(level+1), 1)-s.busy[p])
	}
	return max(room, 0)
}

// waiting returns the parties with keys to run, the longest waiting first, and the
// earliest time after now at which a key is due.
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
