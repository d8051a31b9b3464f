package reconcile

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

const (
	// sweepShare is how much of an hour's requests and points must be left for a sweep to
	// continue.
	sweepShare = 0.4
	// againCause is the cause of a run that a rule scheduled.
	againCause = "again"

	// freeCost is what a key may cost at once, in the units of gh.Bill; hourlyCost is how
	// much of that is forgotten in an hour, and longestRest the longest time that a key
	// waits.
	freeCost    = 300
	hourlyCost  = 600
	longestRest = 15 * time.Minute

	rememberedKeys = 10_000
)

// scarce returns until when a sweep waits, or nil if it needn't.
func (r *Reconciler) scarce(key pull.Key, installation int64) *queue.Later {
	share, full := r.GitHub.Left(key, installation)
	if share >= sweepShare {
		return nil
	}
	return &queue.Later{Until: full, Why: fmt.Sprintf("the sweep waits: GitHub has %.0f %% of this hour left", 100*share), Rests: true}
}

// unawaited reports the causes of runs that no person waits for.
func unawaited(cause string) bool {
	return cause == sweepCause || cause == againCause || cause == mergeableNote || strings.HasPrefix(cause, mergeableNote+" ")
}

// paced runs a pull request or issue when its turn comes, so that neither an expensive one
// nor background work delays the others.
func (r *Reconciler) paced(ctx context.Context, key pull.Key, job queue.Job) error {
	now := r.Now()
	if until := r.spending.rest(key, now); until.After(now) {
		return &queue.Later{Until: until, Why: "it was expensive lately: others come first", Rests: true}
	}
	if later := r.turn(key); later != nil {
		return later
	}
	if unawaited(job.Cause) {
		if until := r.backlog.turn(key, now); until.After(now) {
			return &queue.Later{Until: until, Why: "no person waits for it: such runs take turns", Rests: true}
		}
		if err := r.GitHub.Room(ctx, job.Installation, key); err != nil {
			return err
		}
		ctx = gh.Background(ctx)
	}
	err := r.run(ctx, key, job)
	r.alerts.ran(ctx, key, err)
	return err
}

// spending is what keys have cost lately: each run raises a key's level, and it falls by
// hourlyCost an hour. A key above freeCost waits.
type spending struct {
	mu   sync.Mutex
	keys *simplelru.LRU[pull.Key, spent]
}

type spent struct {
	level float64
	at    time.Time
}

func newSpending() *spending {
	keys, _ := simplelru.NewLRU[pull.Key, spent](rememberedKeys, nil) // errs only on a size below 1
	return &spending{keys: keys}
}

func (s *spending) level(key pull.Key, now time.Time) float64 {
	known, _ := s.keys.Get(key)
	return max(0, known.level-hourlyCost*now.Sub(known.at).Hours())
}

func (s *spending) add(key pull.Key, cost int, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const most = freeCost + hourlyCost*float64(longestRest)/float64(time.Hour)
	s.keys.Add(key, spent{min(s.level(key, now)+float64(cost), most), now})
}

// rest returns until when a key waits.
func (s *spending) rest(key pull.Key, now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	over := s.level(key, now) - freeCost
	if over <= 0 {
		return now
	}
	return now.Add(time.Duration(math.Ceil(over/hourlyCost*time.Hour.Seconds())) * time.Second)
}

// backlog gives each background run its own turn, so that a thousand at once leave
// workers, requests and writes to people's events.
type backlog struct {
	limiter *rate.Limiter
	mu      sync.Mutex
	turns   *simplelru.LRU[pull.Key, time.Time]
}

func newBacklog(perMinute int) *backlog {
	turns, _ := simplelru.NewLRU[pull.Key, time.Time](rememberedKeys, nil) // errs only on a size below 1
	return &backlog{limiter: rate.NewLimiter(rate.Limit(float64(perMinute)/60), sweepBatch), turns: turns}
}

// turn returns when a key may run. A key that comes too early keeps its turn.
func (b *backlog) turn(key pull.Key, now time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	at, told := b.turns.Get(key)
	if !told {
		at = now.Add(b.limiter.ReserveN(now, 1).DelayFrom(now))
	}
	if at.After(now) {
		b.turns.Add(key, at)
	} else {
		b.turns.Remove(key)
	}
	return at
}
