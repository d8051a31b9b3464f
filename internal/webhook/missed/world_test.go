package missed_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/webhook/missed"
)

// world is a GitHub with a hook, whose receiver stores deliveries or doesn't.
type world struct {
	t       *testing.T
	github  *ghtest.Server
	clock   *trial.Clock
	store   *queue.Queue
	finder  *missed.Finder
	metrics *prometheus.Registry

	mu       sync.Mutex
	answer   int  // of the receiver
	stores   bool // what it gets
	arrived  []string
	sweeps   int
	asked    int // requests about deliveries
	unserved int64
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: trial.NewClock(), answer: http.StatusAccepted, stores: true,
		metrics: prometheus.NewRegistry()}
	receiver := httptest.NewServer(http.HandlerFunc(w.receive))
	t.Cleanup(receiver.Close)
	var err error
	w.github, err = ghtest.New(ghtest.Config{Dir: t.TempDir(), Now: w.clock.Now, Hook: ghtest.Hook{URL: receiver.URL}, Observe: w.observe})
	must(t, err)
	t.Cleanup(func() { must(t, w.github.Close()) })
	app, err := gh.New(gh.Config{AppID: w.github.AppID(), PrivateKey: w.github.PrivateKeyPEM(), APIURL: w.github.APIURL(),
		Timeout: time.Minute})
	must(t, err)
	w.store, err = queue.Open(t.Context(), queue.Config{
		Database: filepath.Join(t.TempDir(), "queue.db"), Now: w.clock.Now,
		Work: func(context.Context, queue.Job) error { return nil },
	})
	must(t, err)
	t.Cleanup(func() { must(t, w.store.Stop(context.Background())) })
	w.finder, err = missed.New(missed.Config{
		GitHub: app, Store: w.store, Now: w.clock.Now, Pace: rate.NewLimiter(rate.Inf, 0), Metrics: w.metrics,
		Serves: func(id int64) bool { return id != w.unserved },
		Sweep:  func(context.Context) error { w.sweeps++; return nil },
	})
	must(t, err)
	return w
}

func (w *world) observe(e ghtest.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
}

// set is what the receiver does from now on.
func (w *world) set(answer int, stores bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer, w.stores = answer, stores
}

func (w *world) receive(out http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	id := r.Header.Get("X-GitHub-Delivery")
	w.mu.Lock()
	answer, stores := w.answer, w.stores
	w.arrived = append(w.arrived, id)
	w.mu.Unlock()
	if stores {
		if _, err := w.store.Receive(r.Context(), queue.Delivery{ID: id, Event: r.Header.Get("X-GitHub-Event")}); err != nil {
			w.t.Error(err)
		}
	}
	out.WriteHeader(answer)
}

// send has GitHub deliver events, one after the other, and waits for the answers.
func (w *world) send(n int) {
	w.t.Helper()
	for range n {
		w.github.Send("push", []byte(`{"ref":"refs/heads/main"}`))
	}
	must(w.t, w.github.Flush(w.t.Context()))
}

// lose has GitHub send events while nobody is there.
func (w *world) lose(n int) {
	w.t.Helper()
	w.set(http.StatusBadGateway, false)
	w.send(n)
	w.set(http.StatusAccepted, true)
}

// look runs the finder as after five minutes, and waits for what it requests.
func (w *world) look() {
	w.t.Helper()
	w.clock.Advance(missed.Every)
	must(w.t, w.finder.Run(w.t.Context(), false))
	must(w.t, w.github.Flush(w.t.Context()))
}

// expect checks how many requests arrived at the receiver in all, and the sweeps.
func (w *world) expect(arrived, sweeps int) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.arrived) != arrived || w.sweeps != sweeps {
		w.t.Errorf("%d deliveries arrived and %d sweeps were requested, want %d and %d", len(w.arrived), w.sweeps, arrived, sweeps)
	}
}

func (w *world) recovered(how string) float64 {
	w.t.Helper()
	families, err := w.metrics.Gather()
	must(w.t, err)
	for _, m := range families[0].GetMetric() {
		if m.GetLabel()[0].GetValue() == how {
			return m.GetCounter().GetValue()
		}
	}
	w.t.Fatalf("%s isn't counted", how)
	return 0
}
