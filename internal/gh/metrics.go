package gh

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are counted even where nobody collects them.
type metrics struct {
	calls     *prometheus.CounterVec
	remaining *prometheus.GaugeVec
	holes     *prometheus.CounterVec
}

func newMetrics(to prometheus.Registerer) (metrics, error) {
	m := metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "concorde_github_requests_total",
			Help: "Requests to GitHub, by endpoint and result (2xx, 304, limited, timeout, ...).",
		}, []string{"endpoint", "result"}),
		remaining: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "concorde_github_rate_limit_remaining",
			Help: "Requests (for graphql: points) left for this hour, as last reported by GitHub.",
		}, []string{"installation", "resource"}),
		holes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "concorde_github_holes_total",
			Help: "What GitHub left out of its answers (another organization hides it, or it's gone), by field.",
		}, []string{"field"}),
	}
	if to == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.calls, m.remaining, m.holes} {
		if err := to.Register(c); err != nil {
			return metrics{}, fmt.Errorf("registering the metrics of the GitHub client: %w", err)
		}
	}
	return m, nil
}
