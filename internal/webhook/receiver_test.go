package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/queue"
)

// receiver is a handler behind a real server, on a real queue that works nothing.
type receiver struct {
	t       *testing.T
	url     string
	queue   *queue.Queue
	metrics *prometheus.Registry
	room    *room
	memory  int64 // of room
	log     *bytes.Buffer
}

func start(t *testing.T, cfg Config) *receiver {
	t.Helper()
	r := &receiver{t: t, metrics: prometheus.NewRegistry(), log: &bytes.Buffer{}}
	var err error
	r.queue, err = queue.Open(t.Context(), queue.Config{
		Database: filepath.Join(t.TempDir(), "queue.db"),
		Work:     func(context.Context, queue.Job) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.queue.Stop(context.Background()) })
	cfg.Secrets = [][]byte{[]byte(secret), []byte(previous)}
	cfg.Metrics, cfg.Log = r.metrics, zerolog.New(zerolog.SyncWriter(r.log))
	if cfg.Store == nil {
		cfg.Store = r.queue
	}
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.room, r.memory = h.room, h.cfg.memory
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	io.WriteString(mac, body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// request is a good delivery, which a test then spoils.
func (r *receiver) request(body string) *http.Request {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-GitHub-Event", "pull_request")
	req.Header.Set("X-GitHub-Delivery", "d-1")
	req.Header.Set("X-Hub-Signature-256", sign(secret, body))
	return req
}

func (r *receiver) send(req *http.Request) (status int, text string, header http.Header) {
	r.t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	out, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return res.StatusCode, string(out), res.Header
}

// waiting is how many keys are stored.
func (r *receiver) waiting() int {
	r.t.Helper()
	stats, err := r.queue.Stats(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return stats.Waiting
}

// count is how often a result was counted.
func (r *receiver) count(event, result string) float64 {
	r.t.Helper()
	families, err := r.metrics.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if labels := m.GetLabel(); labels[0].GetValue() == event && labels[1].GetValue() == result {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

// nothingStored also shows that a good delivery with the same ID gets through
// afterwards.
func (r *receiver) nothingStored() {
	r.t.Helper()
	if n := r.waiting(); n != 0 {
		r.t.Errorf("%d keys are stored", n)
	}
	if status, text, _ := r.send(r.request(body)); status != 202 || text != "stored\n" {
		r.t.Errorf("then: %d %q", status, text)
	}
}
