// Package queue keeps deliveries and works keys: a durable, coalescing queue on
// SQLite (one process, one file) or PostgreSQL (several replicas at once).
//
// A key is an opaque string with hints: something about it may have changed. Ten
// hints make one run; a key is run by one worker at a time, across replicas; a
// hint that comes during a run makes one more run. The table "keys" says what must
// run and when: a replica with a free worker claims the keys that are due, each with
// a new run number, and only the holder of the current number may end a run. What a
// dead replica was running, the others take back.
//
// The package must not know GitHub, nor what a key means.
package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Config of a Queue. Database and Work are required; every other zero value
// stands for its default.
type Config struct {
	// Database is the path of a SQLite file, or a postgres:// URL.
	Database string
	// Work does what a key needs. It must return soon after its context ends.
	// nil is done; *Later, *GiveUp and any other error are explained there.
	Work func(context.Context, Job) error
	// Settle is how long a key waits after its first hint, so that hints that
	// come together make one run. 0 is not at all.
	Settle time.Duration
	// Workers is how many keys are worked at once by this process (16).
	Workers int
	// Party names whose a key is, as ACCOUNT/REPOSITORY. Keys of an account take at
	// most half of the workers at once, those of a repository half of that, and those
	// of a Hint.Owner in it again half. nil: keys
	// are nobody's and take what is free.
	Party func(key string) string
	// JobTimeout is the longest run of Work (5 minutes).
	JobTimeout time.Duration
	// MaxAttempts is how often Work is tried for a hint before it is given up (25).
	MaxAttempts int
	// RetryMin and RetryMax bound the wait after an error, which doubles with
	// each attempt (2 seconds to 10 minutes).
	RetryMin, RetryMax time.Duration
	// KeepDeliveries is how long deliveries and idle keys are kept (7 days), the
	// newest 200,000 of each.
	KeepDeliveries time.Duration
	// Log gets one line for each retry and each key given up.
	Log zerolog.Logger
	// Now is the clock (time.Now).
	Now func() time.Time

	// lease is how long a replica on PostgreSQL may be silent before others
	// take over what it was running (20 seconds).
	lease time.Duration
	// maxRows is how many rows of deliveries, of idle keys, of the trail and of
	// versions are kept, the newest of each (200,000: some 50 MB for each table).
	// Events of strangers make all of them.
	maxRows int
}

func (c Config) withDefaults() (Config, error) {
	if c.Database == "" {
		return c, errors.New("opening the queue: Database is empty (give the path of a file or a postgres:// URL)")
	}
	if c.Work == nil {
		return c, errors.New("opening the queue: Work is missing")
	}
	if c.Settle < 0 || c.Workers < 0 || c.JobTimeout < 0 || c.MaxAttempts < 0 || c.RetryMin < 0 || c.RetryMax < 0 || c.KeepDeliveries < 0 {
		return c, errors.New("opening the queue: a negative number in its configuration")
	}
	setDefault(&c.Workers, 16)
	setDefault(&c.JobTimeout, 5*time.Minute)
	setDefault(&c.MaxAttempts, 25)
	setDefault(&c.RetryMin, 2*time.Second)
	setDefault(&c.RetryMax, 10*time.Minute)
	setDefault(&c.KeepDeliveries, 7*24*time.Hour)
	setDefault(&c.lease, 20*time.Second)
	setDefault(&c.maxRows, 200_000)
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

func setDefault[T int | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

// Queue is open from Open to Stop. Its methods may be called at the same time.
type Queue struct {
	cfg    Config
	db     database
	id     string // of this replica: it owns its runs
	writes chan *write
	alarm  alarm

	closing    chan struct{} // closed by Stop: no more writes
	working    context.Context
	cancelWork context.CancelFunc // ends working: runs should return
	finishing  context.Context
	giveUp     context.CancelFunc // ends finishing: runs whose end can't be stored are left to others
	stopClaims context.CancelFunc
	stopLoops  context.CancelFunc
	writer     sync.WaitGroup
	claims     sync.WaitGroup
	runs       sync.WaitGroup
	loops      sync.WaitGroup
	stop       sync.Once
	stopped    error

	claiming sync.Mutex // held from a claim until its runs are noted
	mu       sync.Mutex
	running  map[run]held
}

// Open connects to the database and brings its tables up to date. Deliveries and
// hints are taken from then on; work begins with Start. A SQLite file is locked
// against other processes until Stop.
func Open(ctx context.Context, cfg Config) (*Queue, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	q := &Queue{
		cfg:     cfg,
		writes:  make(chan *write),
		alarm:   alarm{ring: make(chan struct{}, 1)},
		closing: make(chan struct{}),
		id:      rand.Text(),
		running: map[run]held{},
	}
	q.working, q.cancelWork = context.WithCancel(context.Background())
	q.finishing, q.giveUp = context.WithCancel(context.Background())
	if isPostgres(cfg.Database) {
		err = q.openPostgres(ctx)
	} else {
		err = q.openSQLite(ctx)
	}
	if err != nil {
		q.giveUp()
		return nil, err
	}
	q.writer.Go(q.writeLoop)
	return q, nil
}

func isPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// Start begins to work keys. It returns at once; the work goes on until Stop,
// even when ctx ends.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.tend(ctx); err != nil {
		return fmt.Errorf("starting the queue: %w", q.explain(err))
	}
	claims, stopClaims := context.WithCancel(context.Background())
	loops, stopLoops := context.WithCancel(context.Background())
	q.stopClaims, q.stopLoops = stopClaims, stopLoops
	q.claims.Go(func() { q.claimLoop(claims) })
	q.loops.Go(func() { q.listenLoop(loops) })
	q.loops.Go(func() { q.tendLoop(loops) })
	q.loops.Go(func() { q.cleanLoop(loops) })
	return nil
}

// stopGrace is how long runs may take to return after their context ended.
const stopGrace = 5 * time.Second

// Stop takes no more work, waits for running work until ctx ends, then cancels
// that work and waits a few seconds more, and closes the database. What was
// cancelled runs again after the next start. A second call does nothing.
func (q *Queue) Stop(ctx context.Context) error {
	q.stop.Do(func() { q.stopped = q.shutdown(ctx) })
	return q.stopped
}

func (q *Queue) shutdown(ctx context.Context) error {
	var err error
	if q.stopClaims != nil {
		q.stopClaims()
		q.claims.Wait()
		err = q.finishRuns(ctx)
		q.stopLoops()
		q.loops.Wait()
	}
	q.cancelWork()
	q.giveUp()
	close(q.closing)
	q.writer.Wait()
	return errors.Join(err, q.db.close())
}

// finishRuns waits for the runs until ctx ends, then cancels them. A run that heeds
// its context is stored as one to begin again; if even that can't be stored, the next
// start or another replica finds it unfinished.
func (q *Queue) finishRuns(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		q.runs.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	q.cancelWork()
	timer := time.AfterFunc(stopGrace/2, q.giveUp)
	defer timer.Stop()
	select {
	case <-done:
		return nil
	case <-time.After(stopGrace):
		return errors.New("stopping the queue: some work did not return after its context ended")
	}
}
