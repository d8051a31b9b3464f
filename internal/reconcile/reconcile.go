package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// Store is what's kept between runs: hints for other keys, and small notes that save
// time but aren't needed.
type Store interface {
	Add(ctx context.Context, hints ...queue.Hint) error
	Get(ctx context.Context, name string) ([]byte, error)
	Put(ctx context.Context, name string, value []byte) error
	// Log and AuditLog keep what was done to a key.
	Log(ctx context.Context, key string, entries ...[]byte) error
	AuditLog(ctx context.Context, key string, most int) ([][]byte, error)
	// PutView keeps what pages show of a pull request or issue.
	PutView(ctx context.Context, v queue.View) error
	// See and Seen keep when a pull request's head was first seen.
	See(ctx context.Context, key, version string, at time.Time) error
	Seen(ctx context.Context, key, version string) (time.Time, error)
	// Predict and Predictions keep what rules in shadow predict.
	Predict(ctx context.Context, all ...queue.Prediction) error
	Predictions(ctx context.Context, key string) ([]queue.Prediction, error)
}

// Picker picks a merged change onto other branches. If git or the repository refuses,
// that's an outcome; errors are those of package gh, or pull.ErrBusy while all turns are
// taken, which Free reports beforehand.
type Picker interface {
	Free(key pull.Key) bool
	Pick(ctx context.Context, installation int64, key pull.Key, a pull.Pick) ([]pull.Picked, error)
}

// Config of a Reconciler. Settings, GitHub, Loads, Writes, Store, Rules and Now are required; one that
// only plans needs no Store.
type Config struct {
	Settings *config.Config
	GitHub   *gh.App
	Loads    *snapshot.Loader
	Writes   *apply.Writer
	Store    Store
	// Rules makes the rules of a repository from its settings.
	Rules func(config.Rules) []pull.Rule
	// Labels returns the changes that a repository's labels need, as edits; one without
	// Old creates a label. nil: none.
	Labels func(settings config.Rules, repository pull.Repository, now time.Time) []pull.LabelEdit
	// Pages is the address of the pages that anybody can see, for links to them; "" for none.
	Pages string
	// Entries are the NEWS entries that nightly sweeps check on a repository's branches; nil:
	// none.
	Entries func(settings config.Rules, repository pull.Repository, now time.Time) Entries
	// Freezes are the versions whose branches are closed now, as the release data and the
	// settings have it, with the time until when, and when that changes next; zero: not
	// foreseen. nil: none freezes.
	Freezes func(settings config.Rules, now time.Time) (closed map[string]time.Time, next time.Time)
	// Picker makes the picks of backports; nil for a Reconciler that only plans.
	Picker Picker
	// DryRun logs what would be done, and does nothing.
	DryRun  bool
	Metrics prometheus.Registerer // nil for none
	Log     zerolog.Logger
	Now     func() time.Time
}

// Reconciler runs the path.
type Reconciler struct {
	Config
	started  time.Time
	settings *settings
	actions  *prometheus.CounterVec
	// predictions are those of rules in shadow, once they're settled.
	predictions *prometheus.CounterVec
	sweep       sweepMetrics
	alerts      alerts
	accounts    *accounts
	news        news
	queues      queues
	spending    *spending
	backlog     *backlog
	turnless    *lru.Cache[pull.Key, int] // whose picks wait for a turn, and how often they didn't get one
	waiting     sync.Mutex                // guards changes of the notes of pull requests that wait for statuses
	lookTime    time.Duration             // the limit for one check of a sweep: a batch must end within a job's time
}

// New checks the configuration, and that no two rules own the same label or status.
func New(c Config) (*Reconciler, error) {
	if c.Settings == nil || c.GitHub == nil || c.Loads == nil || c.Writes == nil || c.Rules == nil || c.Now == nil {
		return nil, errors.New("making the reconciler: Settings, GitHub, Loads, Writes, Rules and Now are required")
	}
	inForce := c.Rules(c.Settings.Rules)
	if err := pull.Validate(inForce); err != nil {
		return nil, fmt.Errorf("making the reconciler: %w", err)
	}
	r := &Reconciler{
		Config:  c,
		started: c.Now(),
		settings: &settings{central: c.Settings, build: c.Rules, inForce: inForce, store: c.Store, log: c.Log, now: c.Now,
			remembered: newRemembered()},
		actions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "concorde_actions_total", Help: "Writes to pull requests and labels, by kind and result (done, planned, error).",
		}, []string{"kind", "result"}),
		predictions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "concorde_shadow_predictions_total",
			Help: "Predictions of rules in shadow, by rule and by what others did (same, different, missing, extra).",
		}, []string{"rule", "outcome"}),
		accounts: newAccounts(),
		sweep:    newSweepMetrics(),
		lookTime: 25 * time.Second,
		spending: newSpending(),
		backlog:  newBacklog(c.Settings.Sweep.PullRequestsPerMinute),
	}
	var err error
	if r.turnless, err = lru.New[pull.Key, int](rememberedKeys); err != nil {
		return nil, fmt.Errorf("making the reconciler: %w", err)
	}
	if c.Metrics != nil {
		for _, m := range append(r.sweep.collectors(), r.actions, r.predictions) {
			if err := c.Metrics.Register(m); err != nil {
				return nil, fmt.Errorf("making the reconciler: registering metrics: %w", err)
			}
		}
	}
	return r, nil
}

// Run works on one key of the queue. Its errors are the queue's outcomes.
func (r *Reconciler) Run(ctx context.Context, job queue.Job) error {
	key, err := pull.ParseKey(job.Key)
	if err != nil {
		return &queue.GiveUp{Err: err}
	}
	if !r.Settings.Acts(key.Owner, key.Repo) {
		return nil
	}
	r.listen(ctx)
	if pause := r.early(job); pause > 0 {
		return &queue.Later{Until: r.Now().Add(pause), Why: "GitHub may still show a state from before the start"}
	}
	if job.Attempt > 1 {
		job.Installation = 0 // looked up again: the event's may be out of date
	}
	log := r.Log.With().Str("pr", key.String()).Str("cause", job.Cause).Logger()
	ctx = log.WithContext(ctx)
	var bill gh.Bill
	work := r.paced
	if key.Number == 0 {
		work = r.repository
	}
	err = work(gh.Billed(ctx, &bill), key, job)
	r.spending.add(key, bill.Total(), r.Now())
	r.ran(ctx, key.Owner, ending{job, bill.Total() > 0, err})
	return outcome(err, job)
}

func (r *Reconciler) run(ctx context.Context, key pull.Key, job queue.Job) error {
	s, err := r.evaluate(ctx, key, job.Installation)
	if err != nil {
		return err
	}
	if pause := r.stale(s, job); pause > 0 {
		return &queue.Later{Until: r.Now().Add(pause), Why: "GitHub still shows an older state"}
	}
	if !r.DryRun {
		if s, err = r.work(ctx, s, job); err != nil {
			return err
		}
		if err := r.wait(ctx, s.request, s.plan); err != nil {
			return err
		}
		if s.plan.Again, err = r.compare(ctx, s); err != nil {
			return err
		}
	}
	plan := s.plan
	done, faults, err := r.apply(ctx, basis{plan, s.request, job.Cause}, job.Installation)
	r.show(ctx, s, done)
	if r.DryRun || err != nil {
		return err
	}
	if err := r.follow(ctx, plan, job); err != nil {
		return err
	}
	return errors.Join(append(faults, plan.ShadowFault)...)
}

// apply applies one action after the other. If GitHub rejects one, the others are still
// applied (faults); if GitHub can't do it now, the rest waits.
func (r *Reconciler) apply(ctx context.Context, b basis, installation int64) (done []pull.Action, faults []error, err error) {
	for _, batch := range apply.Batches(b.plan.Actions) {
		if r.DryRun {
			r.wouldApply(ctx, b.plan, batch)
			continue
		}
		if err := r.announce(ctx, b.plan.Key, batch); err != nil {
			return done, nil, err
		}
		outcomes := r.Writes.ApplyAll(ctx, installation, b.plan.Key, batch)
		if err := r.logged(ctx, b, batch, outcomes); err != nil {
			return done, nil, err
		}
		for i, err := range outcomes {
			switch {
			case err == nil:
				done = append(done, batch[i])
			case refused(err), spared(batch[i], err):
				faults = append(faults, err)
			default:
				return done, nil, err
			}
		}
	}
	return done, faults, nil
}

// spared reports whether the rest of a plan can be applied without an action that
// failed: an issue's list, which may have its own problems.
func spared(action pull.Action, err error) bool {
	var (
		gone      *gh.Gone
		temporary *gh.Temporary
	)
	entry, is := action.(pull.EditEntry)
	return is && entry.On && (errors.As(err, &gone) || errors.As(err, &temporary))
}

func (r *Reconciler) wouldApply(ctx context.Context, plan pull.Plan, batch []pull.Action) {
	for _, action := range batch {
		zerolog.Ctx(ctx).Info().Stringer("action", action).Str("rule", plan.Because[action.String()]).Msg("would apply")
		r.actions.WithLabelValues(action.Kind(), "planned").Inc()
	}
}

// follow enqueues what a plan wants beyond its own pull request.
func (r *Reconciler) follow(ctx context.Context, plan pull.Plan, job queue.Job) error {
	var hints []queue.Hint
	for _, key := range plan.Points { // logged first: the hint doesn't say where it came from
		if err := r.point(ctx, plan.Key, key); err != nil {
			return err
		}
	}
	var at time.Time // now
	if r.GitHub.Shared() {
		at = r.Now().Add(pull.ReadLag) // another process, which might run them, doesn't know what this one saw
	}
	for _, key := range slices.Concat(plan.Enqueue, plan.Points) {
		hints = append(hints, queue.Hint{Key: key.String(), Installation: job.Installation, Cause: job.Cause,
			Aside: unawaited(job.Cause), At: at})
	}
	if !plan.Again.IsZero() {
		hints = append(hints, queue.Hint{Key: plan.Key.String(), Installation: job.Installation, Cause: againCause, At: plan.Again})
	}
	if len(hints) == 0 {
		return nil
	}
	return r.Store.Add(ctx, hints...)
}
