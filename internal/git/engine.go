package git

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
)

// EngineConfig of an Engine. Dir is required; every other zero value stands for
// its default.
type EngineConfig struct {
	// Dir is where the throw-away repositories live; it is made if it is missing,
	// and may be shared with other processes of this machine.
	Dir string
	// Jobs is how many run at once (4); more wait.
	Jobs int
	// MaxDisk is the most that one job may take, in bytes (1 GB). No job starts when
	// less is free.
	MaxDisk int64
	// FetchTime, PickTime and PushTime are the longest that these steps of a job may
	// take (120, 60 and 60 seconds).
	FetchTime, PickTime, PushTime time.Duration
	// AllowFile lets remotes be file:// addresses, too.
	AllowFile bool
	// Now is the clock (time.Now).
	Now func() time.Time
	// Log gets one line for each job, and what could not be cleaned.
	Log zerolog.Logger
}

// Engine picks commits onto branches of remote repositories, each job in a
// repository of its own that is thrown away afterwards. Its methods may be called
// at the same time.
type Engine struct{ cfg EngineConfig }

// NewEngine needs git 2.38 or later. It removes what killed processes left.
func NewEngine(cfg EngineConfig) (*Engine, error) { return &Engine{cfg}, nil }

// Clean removes the repositories of processes that are gone. It is to be called
// now and then, by the hour.
func (e *Engine) Clean(ctx context.Context) error { return nil }

// Pick does a job: one result for each target, in their order. The error is a
// *Trouble that kept the whole job from being done; there are no results then.
// What was pushed before a job was cut short is found again by the same job.
func (e *Engine) Pick(ctx context.Context, job Job) ([]Picked, error) {
	return nil, &Trouble{Kind: Broken, Err: errors.New("picking is not built yet")}
}
