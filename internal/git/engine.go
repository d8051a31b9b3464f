package git

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

// EngineConfig of an Engine. Each zero value means the default.
type EngineConfig struct {
	// Dir is where the throw-away repositories live. It's made if it's missing, must be
	// private to the user of this process, and may be shared by several processes of
	// theirs. The default has a random name in the temporary directory; Close removes it.
	Dir string
	// Jobs is how many run at once (4), at most half of them in one repository.
	Jobs int
	// MaxDisk is the most that one job may take, in bytes (1 GB). No job starts when
	// less is free.
	MaxDisk int64
	// MaxMemory is the most memory that one git process may use, in bytes (512 MB), on
	// Linux only. MaxCPU is the most processor time that it may use (10 seconds).
	MaxMemory int64
	MaxCPU    time.Duration
	// MaxMerge is the largest file that is merged, in bytes (5 MB), if both sides changed
	// it. The largest of its three versions counts.
	MaxMerge int64
	// FetchTime, PickTime and PushTime limit these steps of a job (120, 60 and 60
	// seconds).
	FetchTime, PickTime, PushTime time.Duration
	// AllowFile also allows file:// addresses as remotes.
	AllowFile bool
	// Now is the clock (time.Now).
	Now func() time.Time
	// Log gets one line for each job, and what couldn't be cleaned up.
	Log zerolog.Logger
}

// Engine picks commits onto branches of remote repositories. Each job has a repository
// of its own, which is thrown away afterwards. Its methods may be called concurrently.
type Engine struct {
	cfg       EngineConfig
	place     *place
	git       string // the program
	protocols string
	turns     turns
}

// NewEngine needs git 2.38 or later. It removes what killed processes left.
func NewEngine(cfg EngineConfig) (*Engine, error) {
	if cfg.Jobs < 0 || cfg.MaxDisk < 0 || cfg.MaxMemory < 0 || cfg.MaxCPU < 0 || cfg.MaxMerge < 0 || cfg.FetchTime < 0 || cfg.PickTime < 0 ||
		cfg.PushTime < 0 {
		return nil, errors.New("opening the pick engine: a negative number in its configuration")
	}
	setDefault(&cfg.Jobs, 4)
	setDefault(&cfg.MaxDisk, 1<<30)
	setDefault(&cfg.MaxMemory, 512<<20)
	setDefault(&cfg.MaxCPU, 10*time.Second)
	setDefault(&cfg.MaxMerge, 5<<20)
	setDefault(&cfg.FetchTime, 120*time.Second)
	setDefault(&cfg.PickTime, 60*time.Second)
	setDefault(&cfg.PushTime, 60*time.Second)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	e := &Engine{cfg: cfg, place: &place{}, protocols: "http:https", turns: turns{most: cfg.Jobs, busy: map[string]int{}}}
	if cfg.AllowFile {
		e.protocols += ":file"
	}
	var err error
	if e.git, err = findGit(); err == nil && cfg.Dir != "" {
		e.place.named, err = filepath.Abs(cfg.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the pick engine: %w", err)
	}
	if err := e.Clean(context.Background()); err != nil {
		return nil, fmt.Errorf("opening the pick engine: %w", err)
	}
	return e, nil
}

// Close removes what the engine left on disk. No job may be running.
func (e *Engine) Close() error {
	if err := e.place.leave(); err != nil {
		return fmt.Errorf("closing the pick engine: %w", err)
	}
	return nil
}

func setDefault[T int | int64 | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

var version = regexp.MustCompile(`^git version (\d+)\.(\d+)`)

// findGit returns the path of a git that has "merge-tree --write-tree".
func findGit() (string, error) {
	path, _, err := findVersion(context.Background())
	return path, err
}

func findVersion(ctx context.Context) (path, found string, err error) {
	path, err = exec.LookPath("git")
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return "", "", errors.New("finding git: it isn't installed, or isn't in PATH")
	}
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Env = []string{"LC_ALL=C"}
	out, err := cmd.Output()
	if err != nil {
		return "", "", fmt.Errorf("getting git's version: %w", err)
	}
	m := version.FindSubmatch(out)
	if m == nil {
		return "", "", fmt.Errorf("getting git's version: unexpected answer %.40q", out)
	}
	major, _ := strconv.Atoi(string(m[1])) // all digits
	minor, _ := strconv.Atoi(string(m[2]))
	found = fmt.Sprintf("%d.%d", major, minor)
	if major < 2 || (major == 2 && minor < 38) {
		return "", "", fmt.Errorf("git is version %s, but picking needs 2.38 or later", found)
	}
	return path, found, nil
}

// Pick does a job and returns one result for each target, in order. If the whole job
// fails, the error is a *Failure, without results. While other jobs have all turns, it's
// pull.ErrBusy right away: a waiting worker is one that others can't use. A job that was
// cut short finds what it pushed when it runs again.
func (e *Engine) Pick(ctx context.Context, job Job) ([]Picked, error) {
	if err := job.check(e.cfg.AllowFile); err != nil {
		return nil, &Failure{Kind: Broken, Err: fmt.Errorf("picking: %w", err)}
	}
	if !e.turns.take(job.Remote) {
		return nil, fmt.Errorf("picking: %w", pull.ErrBusy)
	}
	defer e.turns.end(job.Remote)
	start := e.cfg.Now()
	picked, err := e.pick(ctx, job)
	line := e.cfg.Log.Info()
	if err != nil {
		line = e.cfg.Log.Warn().AnErr("cause", err)
	}
	line.Str("commit", job.Commit).Int("targets", len(job.Targets)).Dur("took", e.cfg.Now().Sub(start)).Msg("picked")
	if err != nil {
		return nil, err
	}
	return picked, nil
}

// pick does a job in a space of its own.
func (e *Engine) pick(ctx context.Context, job Job) (picked []Picked, err error) {
	s, err := e.space()
	if err != nil {
		t := asFailure(err)
		return nil, &Failure{t.Kind, true, t.Err} // it's about this machine, not about the change
	}
	ctx, end := context.WithCancelCause(ctx)
	defer func() {
		end(nil)
		if err := s.remove(); err != nil {
			e.cfg.Log.Error().AnErr("cause", err).Msg("removing the directory of a job")
		}
	}()
	go s.watch(ctx, e.cfg.MaxDisk, end)
	w := &work{space: s, job: job, maxMerge: e.cfg.MaxMerge}
	if err := w.prepare(ctx, e.cfg.FetchTime); err != nil {
		t := asFailure(err)
		return nil, &Failure{t.Kind, t.Temporary, fmt.Errorf("fetching: %w", t.Err)}
	}
	defer w.objects.close()
	do := w.pick
	if job.Trial != "" {
		do = w.trial
	}
	within(ctx, e.cfg.PickTime, do)
	within(ctx, e.cfg.PushTime, w.push)
	if ctx.Err() != nil {
		return nil, asFailure(context.Cause(ctx))
	}
	return w.picked, nil
}

// space makes a job's directory if there's room for it.
func (e *Engine) space() (*space, error) {
	dir, err := e.place.ready()
	if err != nil {
		return nil, err
	}
	room, err := free(dir)
	if err == nil && room < e.cfg.MaxDisk {
		err = &Failure{Kind: DiskFull, Err: fmt.Errorf("%d bytes of the disk are free, one job may need %d", room, e.cfg.MaxDisk)}
	}
	if err != nil {
		return nil, err
	}
	s, err := e.newSpace(dir)
	if err != nil {
		return nil, fmt.Errorf("making the directory of a job: %w", err)
	}
	return s, nil
}

// within limits the time of a step.
func within(ctx context.Context, most time.Duration, do func(context.Context)) {
	slow := &Failure{Kind: TooSlow, Temporary: true, Err: fmt.Errorf("it took longer than %v", most)}
	ctx, cancel := context.WithTimeoutCause(ctx, most, slow)
	defer cancel()
	do(ctx)
}
