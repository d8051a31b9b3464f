// Package queue stores deliveries and runs keys: a durable, coalescing queue on SQLite
// (one process, one file) or PostgreSQL (several replicas). A key is an opaque string
// with hints: something about it may have changed. Ten hints make one run; one worker at
// a time runs a key, across replicas; a hint during a run makes one more run. The table
// "keys" says what must run and when: a replica with a free worker claims due keys, each
// with a new run number, and only the holder of the current number can end a run. When a
// replica dies, the others take back its runs. The package must not know GitHub, nor
// what a key means.
package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// Config of a Queue. Database and Work are required; all other zero values mean the
// default.
type Config struct {
	// Database is the path of a SQLite file, or a postgres:// URL.
	Database string
	// Work does what a key needs. It must return soon after its context ends. See *Later
	// and *GiveUp for its errors; any other error is retried.
	Work func(context.Context, Job) error
	// Settle is how long a key waits after its first hint, so that several hints make one
	// run. 0 means not at all.
	Settle time.Duration
	// Workers is how many keys this process runs at once (16).
	Workers int
	// Party returns who a key belongs to, as ACCOUNT/REPOSITORY. An account's keys take at
	// most half of the workers at once, a repository's half of that, and those of a
	// Hint.Owner half of that again. nil: keys belong to no one and take any free worker.
	Party func(key string) string
	// Version is the program's, for people.
	Version string
	// Replicas is called with the number of replicas that work, this one included: before
	// the first run, and when it changes. nil: no one needs it.
	Replicas func(n int)
	// JobTimeout is the longest run of Work (5 minutes).
	JobTimeout time.Duration
	// MaxAttempts is how often Work tries a hint before giving up (25).
	MaxAttempts int
	// RetryMin and RetryMax limit the pause after an error, which doubles with each
	// attempt (2 seconds to 10 minutes).
	RetryMin, RetryMax time.Duration
	// KeepDeliveries is how long deliveries and idle keys are kept (7 days), at most the
	// newest 200,000 of each.
	KeepDeliveries time.Duration
	// KeepLog is how long the audit log and predictions are kept (400 days: people ask why
	// months later), the newest 200,000 of each.
	KeepLog time.Duration
	// Log gets one line for each retry and each key that was given up.
	Log zerolog.Logger
	// Now is the clock (time.Now).
	Now func() time.Time

	// lease is how long a replica on PostgreSQL may be silent before others take over its
	// runs (20 seconds).
	lease time.Duration
	// maxRows is how many deliveries, idle keys, audit log entries, versions and predictions
	// are kept, the newest of each (200,000: about 50 MB per table), since strangers' events
	// create them.
	maxRows int
	// maxNotes limits the notes of all accounts together, in bytes.
	maxNotes int
}

// lease is the default of Config.lease.
const lease = 20 * time.Second

func (c Config) withDefaults() (Config, error) {
	if c.Database == "" {
		return c, errors.New("opening the queue: Database is empty (give the path of a file or a postgres:// URL)")
	}
	if c.Work == nil {
		return c, errors.New("opening the queue: Work is missing")
	}
	if min(c.Workers, c.MaxAttempts) < 0 || min(c.Settle, c.JobTimeout, c.RetryMin, c.RetryMax, c.KeepDeliveries, c.KeepLog) < 0 {
		return c, errors.New("opening the queue: a negative number in its configuration")
	}
	setDefault(&c.Workers, 16)
	setDefault(&c.JobTimeout, 5*time.Minute)
	setDefault(&c.MaxAttempts, 25)
	setDefault(&c.RetryMin, 2*time.Second)
	setDefault(&c.RetryMax, 10*time.Minute)
	setDefault(&c.KeepDeliveries, 7*24*time.Hour)
	setDefault(&c.KeepLog, 400*24*time.Hour)
	setDefault(&c.lease, lease)
	setDefault(&c.maxRows, 200_000)
	setDefault(&c.maxNotes, 64<<20)
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

// Queue is open from Open to Stop. Its methods may be called concurrently.
type Queue struct {
	cfg    Config
	db     database
	id     string // this replica's, as the owner of runs
	self   Replica
	writes chan *write
	alarm  alarm

	closing    chan struct{} // closed by Stop: no more writes
	working    context.Context
	cancelWork context.CancelFunc // ends working: runs should return
	finishing  context.Context
	giveUp     context.CancelFunc // ends finishing: others take over runs whose end can't be stored
	stopClaims context.CancelFunc
	stopLoops  context.CancelFunc
	writer     sync.WaitGroup
	claims     sync.WaitGroup
	runs       sync.WaitGroup
	loops      sync.WaitGroup
	stop       sync.Once
	stopped    error

	refused  refusing
	alive    atomic.Int64 // replicas
	claiming sync.Mutex   // held from a claim until its runs are recorded
	mu       sync.Mutex
	running  map[run]held
}

// Open connects to the database and updates its tables. From then on, it accepts
// deliveries and hints; work begins with Start. An SQLite file is locked against other
// processes until Stop.
func Open(ctx context.Context, cfg Config) (*Queue, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	q := &Queue{
		cfg:     cfg,
		writes:  make(chan *write),
		alarm:   alarm{now: cfg.Now, ring: make(chan struct{}, 1)},
		closing: make(chan struct{}),
		id:      rand.Text(),
		running: map[run]held{},
	}
	q.self = Replica{ID: q.id, Version: cfg.Version, Began: cfg.Now()}
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

// Start begins to run keys. It returns once other replicas know of this one; the work continues
// until Stop, even if ctx ends.
func (q *Queue) Start(ctx context.Context) error {
	first, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for slow := true; slow; { // a report counts from when it began
		begun := time.Now()
		if err := q.tend(first); err != nil {
			return fmt.Errorf("starting the queue: %w", q.explain(err))
		}
		slow = time.Since(begun) > q.cfg.lease/4
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

// startWithin limits the first report to other replicas. It may take longer than later ones:
// no run can be lost yet.
const startWithin = time.Minute

// stopGrace is how long runs may take to return after their context ended.
const stopGrace = 5 * time.Second

// Stop accepts no more work, waits for runs until ctx ends, then cancels them, waits a
// few more seconds, and closes the database. Canceled runs start again after the next
// start. A second call does nothing.
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

// finishRuns waits for the runs until ctx ends, then cancels them. A canceled run is
// stored to begin again. If that doesn't work, the next start or another replica takes it
// back.
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
		return errors.New("stopping the queue: some work didn't return after its context ended")
	}
}
