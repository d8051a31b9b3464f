package main

import (
	"context"
	"fmt"
	"io"
	stdlog "log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/queue"
)

// statsTime bounds the look at the database for /readyz and /metrics.
const statsTime = 5 * time.Second

func (b *bot) server() *http.Server {
	mux := http.NewServeMux()
	mux.Handle("/webhook", b.hooks)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", b.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(b.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	return &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second, // as long as GitHub waits for an answer
		WriteTimeout:      30 * time.Second, // more than reading, waiting for memory and storing take
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          stdlog.New(b.log.Level(zerolog.WarnLevel), "", 0),
	}
}

// ready tells whether the database answers, no work is overdue, and nothing
// keeps rules still that a person must mend.
func (b *bot) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), statsTime)
	defer cancel()
	stats, err := b.queue.Stats(ctx)
	switch {
	case err != nil:
		b.log.Error().Err(err).Msg("not ready: the database does not answer")
		http.Error(w, "not ready: the database does not answer; the log says why", http.StatusServiceUnavailable)
	case stats.Overdue > b.ReadyWithin:
		http.Error(w, fmt.Sprintf("not ready: work has been due for %s, more than %s", stats.Overdue.Round(time.Second), b.ReadyWithin), http.StatusServiceUnavailable)
	case len(b.reconciler.Troubles()) > 0:
		http.Error(w, "not ready: "+strings.Join(b.reconciler.Troubles(), "\nnot ready: "), http.StatusServiceUnavailable)
	default:
		fmt.Fprintf(w, "ready: %d waiting, %d running, %d delayed\n", stats.Waiting, stats.Running, stats.Delayed)
	}
}

// queueMetrics asks the queue at each scrape.
type queueMetrics struct{ queue *queue.Queue }

var (
	waitingDesc = prometheus.NewDesc("concorde_queue_waiting", "Keys that wait for a run.", nil, nil)
	runningDesc = prometheus.NewDesc("concorde_queue_running", "Keys at work.", nil, nil)
	givenUpDesc = prometheus.NewDesc("concorde_queue_given_up", "Keys given up until their next hint.", nil, nil)
	ageDesc     = prometheus.NewDesc("concorde_queue_age_seconds", "How long the oldest waiting key has been due.", nil, nil)
)

// Describe implements prometheus.Collector.
func (m *queueMetrics) Describe(c chan<- *prometheus.Desc) {
	c <- waitingDesc
	c <- runningDesc
	c <- givenUpDesc
	c <- ageDesc
}

// Collect implements prometheus.Collector.
func (m *queueMetrics) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statsTime)
	defer cancel()
	stats, err := m.queue.Stats(ctx)
	if err != nil {
		c <- prometheus.NewInvalidMetric(ageDesc, err)
		return
	}
	gauge := func(desc *prometheus.Desc, value float64) {
		c <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
	gauge(waitingDesc, float64(stats.Waiting))
	gauge(runningDesc, float64(stats.Running))
	gauge(givenUpDesc, float64(stats.GivenUp))
	gauge(ageDesc, stats.Overdue.Seconds())
}

// newLog writes JSON lines, or readable ones to a terminal.
func newLog(w io.Writer, level string) zerolog.Logger {
	if file, ok := w.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly}
		}
	}
	parsed, err := zerolog.ParseLevel(level)
	if err != nil { // the flag has an enum
		parsed = zerolog.InfoLevel
	}
	return zerolog.New(w).Level(parsed).With().Timestamp().Logger()
}
