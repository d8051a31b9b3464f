// Package queue keeps deliveries and works keys: a durable, coalescing queue on
// SQLite (one process, one file) or PostgreSQL (several replicas at once).
//
// A key is an opaque string with hints: something about it may have changed. Ten
// hints make one run; a key is run by one worker at a time, across replicas; a
// hint that comes during a run makes one more run. The table "keys" is the truth
// of what is to be done and when. A dispatcher moves keys that are due, each with
// a new run number, into River, which carries them to a free worker of some
// replica. Only the holder of the current run number may begin or end a run, so
// whatever happens to River's rows, a key is neither lost nor run twice at once.
//
// The package must not know GitHub, nor what a key means.
package queue

import (
	"context"
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
	river  runner
	writes chan *write
	alarm  alarm

	closing   chan struct{} // closed by Stop: no more writes
	finishing context.Context
	giveUp    context.CancelFunc // ends finishing: runs whose end cannot be stored are left to the next start
	stopLoops context.CancelFunc
	writer    sync.WaitGroup
	loops     sync.WaitGroup
	stop      sync.Once
	stopped   error

	mu      sync.Mutex
	running map[int64]context.CancelCauseFunc // by River's job id
}

// runner is River's client.
type runner interface {
	Start(context.Context) error
	Stop(context.Context) error
	StopAndCancel(context.Context) error
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
		running: map[int64]context.CancelCauseFunc{},
	}
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
	if err := q.db.tend(ctx, nil); err != nil {
		return fmt.Errorf("starting the queue: %w", q.explain(err))
	}
	if err := q.river.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("starting the queue: %w", q.explain(err))
	}
	loops, stop := context.WithCancel(context.Background())
	q.stopLoops = stop
	q.loops.Go(func() { q.dispatchLoop(loops) })
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
	if q.stopLoops != nil {
		q.stopLoops()
		err = q.stopRiver(ctx)
		q.loops.Wait()
	}
	q.giveUp()
	close(q.closing)
	q.writer.Wait()
	return errors.Join(err, q.db.close())
}

func (q *Queue) stopRiver(ctx context.Context) error {
	if q.river.Stop(ctx) == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	// Work that heeds its context is stored as "again"; if even that cannot be
	// stored, the next start finds the run unfinished.
	timer := time.AfterFunc(stopGrace/2, q.giveUp)
	defer timer.Stop()
	if err := q.river.StopAndCancel(hard); err != nil {
		return fmt.Errorf("stopping the queue: waiting for work that does not heed its context: %w", err)
	}
	return nil
}

// enter notes a running job, leave forgets it.
func (q *Queue) enter(id int64, cancel context.CancelCauseFunc) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running[id] = cancel
}

func (q *Queue) leave(id int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.running, id)
}
