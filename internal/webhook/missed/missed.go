// Package missed finds webhooks that never arrived. GitHub doesn't repeat a delivery by
// itself, but remembers for three days how each attempt went ("Handling failed webhook
// deliveries"). Deliveries that failed, or that the database doesn't have, are requested
// again; where that can't help, a sweep follows.
//
// It must not know what a delivery contains.
package missed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/gh"
)

const (
	// Every is how often to call Run.
	Every = 5 * time.Minute
	// skipWithin skips a run so soon after another one: another replica has just made it.
	skipWithin = 4 * time.Minute
	// overlap is read twice, since GitHub's clock isn't ours and attempts show up late.
	overlap = 15 * time.Minute
	// young attempts may not have ended, or may not be stored yet.
	young = time.Minute
	// kept is how long GitHub remembers attempts, less an hour.
	kept = 71 * time.Hour
	// maxPages bounds the attempts read at once, a hundred each, and maxRequests the
	// redeliveries. A sweep is cheaper than more.
	maxPages    = 20
	maxRequests = 200
	// patience is how long to wait for a requested attempt.
	patience = 10 * time.Minute
	// maxFaults is how many errors end a run; the next one requests the rest.
	maxFaults = 10
	// maxTries bounds the redeliveries of one event: the next one would most likely fail,
	// too.
	maxTries = 3
)

// note is the name of the durable state.
const note = "missed deliveries"

// GitHub is package gh's App.
type GitHub interface {
	HookDeliveries(ctx context.Context, cursor string) (page []gh.HookDelivery, next string, err error)
	Redeliver(ctx context.Context, id int64) error
}

// Store is the queue's database.
type Store interface {
	// Received returns which of the deliveries are stored.
	Received(ctx context.Context, ids []string) (map[string]bool, error)
	Get(ctx context.Context, name string) ([]byte, error)
	Put(ctx context.Context, name string, value []byte) error
}

// Config of a Finder. All but Serves, Metrics and Log is required.
type Config struct {
	GitHub GitHub
	Store  Store
	// Serves reports whether deliveries of an installation are stored at all. nil: all are.
	Serves func(installation int64) bool
	// Sweep requests a sweep of everything.
	Sweep func(ctx context.Context) error
	// Pace slows down requests for redeliveries.
	Pace    *rate.Limiter
	Metrics prometheus.Registerer // nil: not counted
	Log     zerolog.Logger
	Now     func() time.Time
}

// Finder finds and recovers missed deliveries.
type Finder struct {
	Config
	recovered *prometheus.CounterVec
}

// New checks the configuration.
func New(c Config) (*Finder, error) {
	if c.GitHub == nil || c.Store == nil || c.Sweep == nil || c.Pace == nil || c.Now == nil {
		return nil, errors.New("finding missed deliveries: GitHub, Store, Sweep, Pace and Now are required")
	}
	f := &Finder{Config: c, recovered: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "concorde_deliveries_recovered_total",
		Help: "Webhook deliveries that were missed, by how they were recovered (redelivery, or sweep where redelivery can't help).",
	}, []string{"how"})}
	for _, how := range []string{byRedelivery, bySweep} {
		f.recovered.WithLabelValues(how) // shown as 0 before the first
	}
	if c.Metrics != nil {
		if err := c.Metrics.Register(f.recovered); err != nil {
			return nil, fmt.Errorf("finding missed deliveries: registering metrics: %w", err)
		}
	}
	return f, nil
}

const (
	byRedelivery = "redelivery"
	bySweep      = "sweep"
)

// Run reads GitHub's list of attempts since the last run, and requests missing deliveries
// again. Call it soon after a start, too. The very first run finds nothing: the sweep
// after the start sees what came before.
func (f *Finder) Run(ctx context.Context, start bool) error {
	now := f.Now()
	s, known, err := f.load(ctx)
	if err != nil {
		return err
	}
	if !known {
		return f.save(ctx, state{Until: now, Read: now})
	}
	if !start && now.Sub(s.Read) < skipWithin {
		return nil
	}
	last, complete, err := f.read(ctx, s.Until.Add(-overlap))
	if err != nil {
		return err
	}
	r := round{now: now, tries: map[string]try{}, total: s.Total}
	for guid := range last {
		if t, known := s.Tries[guid]; known {
			r.tries[guid] = t
		}
	}
	if r.missing, err = f.missing(ctx, last); err != nil {
		return err
	}
	if err := f.request(ctx, &r); err != nil { // the next run requests the rest
		return errors.Join(err, f.save(ctx, state{Until: s.Until, Read: s.Read, Tries: r.tries, Total: r.total}))
	}
	if gap := now.Sub(s.Until) > kept || !complete; gap || r.hopeless > 0 {
		f.Log.Warn().Int("deliveries", r.hopeless).Bool("gap", gap).Msg("deliveries are missing and can't be redelivered: sweeping instead")
		if err := f.Sweep(ctx); err != nil {
			return fmt.Errorf("sweeping for missed deliveries: %w", err)
		}
		f.recovered.WithLabelValues(bySweep).Add(float64(r.hopeless))
		r.total.Swept += r.hopeless
	}
	return f.save(ctx, state{Until: now.Add(-young), Read: now, Tries: r.tries, Total: r.total})
}

// round is what one run found and did.
type round struct {
	now      time.Time
	missing  []gh.HookDelivery // the newest attempts of events that aren't stored, oldest first
	tries    map[string]try
	hopeless int // events left to a sweep
	total    Total
}

// read returns the newest attempt of each event that GitHub tried to deliver since then.
// complete is false if there were too many.
func (f *Finder) read(ctx context.Context, since time.Time) (last map[string]gh.HookDelivery, complete bool, err error) {
	last = map[string]gh.HookDelivery{}
	cursor := ""
	for range maxPages {
		page, next, err := f.GitHub.HookDeliveries(ctx, cursor)
		if err != nil {
			return nil, false, err
		}
		for _, d := range page {
			if d.At.Before(since) {
				return last, true, nil
			}
			if _, newer := last[d.GUID]; !newer {
				last[d.GUID] = d
			}
		}
		if next == "" || next == cursor {
			return last, true, nil
		}
		cursor = next
	}
	return last, false, nil
}

// missing returns attempts that should be stored and aren't, whatever response GitHub got.
func (f *Finder) missing(ctx context.Context, last map[string]gh.HookDelivery) (missing []gh.HookDelivery, err error) {
	var ids []string
	for guid, d := range last {
		if f.ours(d) {
			ids = append(ids, guid)
		}
	}
	stored, err := f.Store.Received(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, guid := range ids {
		if !stored[guid] {
			missing = append(missing, last[guid])
		}
	}
	slices.SortFunc(missing, func(a, b gh.HookDelivery) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return missing, nil
}

// ours reports whether an attempt should have been stored by now.
func (f *Finder) ours(d gh.HookDelivery) bool {
	if d.Event == "ping" || f.Now().Sub(d.At) < young {
		return false
	}
	return d.Installation == 0 || f.Serves == nil || f.Serves(d.Installation)
}
