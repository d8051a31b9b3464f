package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// statsTime limits the database query for /readyz and /metrics.
const statsTime = 5 * time.Second

// The kinds of alerts beside the reconciler's.
const (
	kindDatabase reconcile.Kind = "database"
	kindBehind   reconcile.Kind = "behind"
)

// kinds are all of them, with the database last.
func kinds() []reconcile.Kind { return append(slices.Clone(reconcile.Kinds), kindBehind, kindDatabase) }

// health is what /readyz and /metrics show.
type health struct {
	reconcile.Health
	stats queue.Stats // zero when the database doesn't answer
}

// health asks the queue and the reconciler. Concurrent requests share one answer: the
// pages need no password, and each reads the whole table.
func (b *bot) health() health {
	got, _, _ := b.asking.Do("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), statsTime)
		defer cancel()
		stats, err := b.queue.Stats(ctx)
		if err != nil {
			b.log.Error().Err(err).Msg("not ready: the database doesn't answer")
			return health{Health: reconcile.Health{Alerts: []reconcile.Alert{{Kind: kindDatabase,
				Text: "the database doesn't answer. The log says why; the bot continues by itself once it does"}}}}, nil
		}
		h := health{stats: stats}
		if b.Role != roleReceive { // that's ready when it can store, whatever becomes of the work
			h.Health = b.reconciler.Health(ctx, stats.Unserved, b.ReadyWithin)
		}
		if refusing := b.queue.Refusing(b.ReadyWithin); refusing > 0 {
			h.Alerts = append(h.Alerts, reconcile.Alert{Kind: kindDatabase, Text: fmt.Sprintf("no event could be stored for %s: check the "+
				"disk's free space and the log. GitHub's deliveries since then are requested again once it works", refusing.Round(time.Second))})
		}
		if b.Role == roleReceive {
			return h, nil
		}
		if stats.Overdue > b.ReadyWithin {
			h.Alerts = append(h.Alerts, reconcile.Alert{Kind: kindBehind,
				Text: fmt.Sprintf("work has been due for %s, more than %s: the bot can't keep up. Check its CPU, its database and the log",
					stats.Overdue.Round(time.Second), b.ReadyWithin)})
		}
		return h, nil
	})
	h, _ := got.(health)
	return h
}

// ready answers 503 if someone must fix something, or nothing can be done. Each line says
// what's wrong and how to fix it. Notes follow in any case.
func (b *bot) ready(w http.ResponseWriter, _ *http.Request) {
	h := b.health()
	var page strings.Builder
	status := http.StatusOK
	if len(h.Alerts) > 0 {
		status = http.StatusServiceUnavailable
	} else {
		fmt.Fprintf(&page, "ready: %d waiting, %d running, %d delayed\n", h.stats.Waiting, h.stats.Running, h.stats.Delayed)
	}
	for _, t := range h.Alerts {
		fmt.Fprintf(&page, "not ready: %s\n", plainLine(t.Text))
	}
	for _, note := range h.Notes {
		fmt.Fprintf(&page, "note: %s\n", plainLine(note))
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	fmt.Fprint(w, page.String())
}

// usable is for readiness probes, whatever the role: a process that can use its database
// can receive webhooks, and work again once what /readyz reports is over.
func (b *bot) usable(w http.ResponseWriter, _ *http.Request) {
	if slices.ContainsFunc(b.health().Alerts, func(a reconcile.Alert) bool { return a.Kind == kindDatabase }) {
		http.Error(w, "not ready: the database doesn't answer", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready: the database answers")
}

// healthMetrics reads the numbers at each scrape.
type healthMetrics struct{ bot *bot }

var (
	waitingDesc  = prometheus.NewDesc("concorde_queue_waiting", "Keys waiting for a run.", nil, nil)
	runningDesc  = prometheus.NewDesc("concorde_queue_running", "Keys being run.", nil, nil)
	givenUpDesc  = prometheus.NewDesc("concorde_queue_given_up", "Keys given up until their next hint.", nil, nil)
	ageDesc      = prometheus.NewDesc("concorde_queue_age_seconds", "How long the oldest waiting key has been due.", nil, nil)
	unservedDesc = prometheus.NewDesc("concorde_queue_unserved_seconds",
		"Age of the oldest hint that no run has served, whatever it waits for.", nil, nil)
	alertsDesc = prometheus.NewDesc("concorde_alerts", "Problems that make /readyz answer 503, by kind.", []string{"kind"}, nil)
)

// Describe implements prometheus.Collector.
func (m *healthMetrics) Describe(c chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		waitingDesc, runningDesc, givenUpDesc, ageDesc, unservedDesc, alertsDesc, doneDesc, totalDesc, endsDesc,
	} {
		c <- desc
	}
}

// Collect implements prometheus.Collector.
func (m *healthMetrics) Collect(c chan<- prometheus.Metric) {
	h := m.bot.health()
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	for _, kind := range kinds() {
		n := 0
		for _, t := range h.Alerts {
			if t.Kind == kind {
				n++
			}
		}
		gauge(alertsDesc, float64(n), string(kind))
		if kind == kindDatabase && n > 0 {
			return // the queue's state is unknown
		}
	}
	gauge(waitingDesc, float64(h.stats.Waiting))
	gauge(runningDesc, float64(h.stats.Running))
	gauge(givenUpDesc, float64(h.stats.GivenUp))
	gauge(ageDesc, h.stats.Overdue.Seconds())
	gauge(unservedDesc, h.stats.Oldest().Seconds())
	for _, p := range m.bot.progress() {
		repository, stage := p.Repository.String(), string(p.Stage)
		gauge(doneDesc, float64(p.Done), repository, stage)
		gauge(totalDesc, float64(p.Total), repository, stage)
		gauge(endsDesc, float64(p.Ends.Unix()), repository, stage)
	}
}
