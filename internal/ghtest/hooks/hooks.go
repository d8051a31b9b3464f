package hooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/object"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Hooks sends deliveries one by one, in order. It has its own lock, taken below the world's.
type Hooks struct {
	w      *world.World
	o      object.Maker
	client *http.Client
	wake   chan struct{} // of one
	cancel context.CancelFunc
	ended  chan struct{}

	mu      sync.Mutex
	hook    Hook
	proxies map[string]string // public addresses to those behind them
	paused  bool
	busy    bool
	pending []Delivery
	sent    []Delivery
	lastID  int64
	changed chan struct{} // closed and replaced at every change
}

// New starts the goroutine that sends, and has the world report what happens. Without a secret it makes one.
func New(w *world.World, hook Hook) *Hooks {
	if hook.Secret == "" {
		hook.Secret = world.RandomHex(20)
	}
	ctx, cancel := context.WithCancel(context.Background())
	const timeout = 10 * time.Second // GitHub waits no longer
	h := &Hooks{
		w: w, o: object.Maker{World: w}, hook: hook, client: &http.Client{Timeout: timeout, Transport: &http.Transport{}}, wake: make(chan struct{}, 1),
		cancel: cancel, ended: make(chan struct{}), changed: make(chan struct{}),
	}
	h.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	w.Listen = h.heard
	go h.run(ctx)
	return h
}

// Close ends the sending and its connections.
func (h *Hooks) Close() {
	h.cancel()
	<-h.ended
	h.client.CloseIdleConnections()
}

// SetHook changes where deliveries go from now on; an empty Secret keeps the present one.
func (h *Hooks) SetHook(hook Hook) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if hook.Secret == "" {
		hook.Secret = h.hook.Secret
	}
	h.hook = hook
	h.notify()
}

// Hook is where deliveries go.
func (h *Hooks) Hook() Hook {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hook
}

// WebhookSecret signs the deliveries.
func (h *Hooks) WebhookSecret() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hook.Secret
}

// Flush waits until every delivery was sent and answered. It is an error if they wait because of Pause, or because there is no URL.
func (h *Hooks) Flush(ctx context.Context) error {
	for {
		h.mu.Lock()
		waiting, stuck, changed := len(h.pending), h.paused || h.hook.URL == "", h.changed
		idle := waiting == 0 && !h.busy
		h.mu.Unlock()
		switch {
		case idle:
			return nil
		case stuck && waiting > 0:
			return fmt.Errorf("flushing deliveries: %d wait, and sending is paused or has no URL", waiting)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("flushing deliveries: %d wait: %w", waiting, ctx.Err())
		case <-h.ended:
			return errors.New("flushing deliveries: the server is closed")
		case <-changed:
		}
	}
}

// Deliveries are those that were sent, in that order, with their answers.
func (h *Hooks) Deliveries() []Delivery {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.sent)
}

// Pause keeps deliveries back; one that is on its way is finished.
func (h *Hooks) Pause() { h.setPaused(true) }

// Resume sends them again.
func (h *Hooks) Resume() { h.setPaused(false) }

// Rearrange replaces the waiting deliveries: drop, double or reorder them. Pause first.
func (h *Hooks) Rearrange(change func(pending []Delivery) []Delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending = change(slices.Clone(h.pending))
	h.notify()
}

// Shuffle puts the waiting deliveries in an order that the seed alone decides.
func (h *Hooks) Shuffle(seed uint64) {
	h.Rearrange(func(pending []Delivery) []Delivery {
		rand.New(rand.NewPCG(seed, seed)).Shuffle(len(pending), func(i, j int) { pending[i], pending[j] = pending[j], pending[i] })
		return pending
	})
}

// Send queues any payload, signed like the others, and returns its GUID.
func (h *Hooks) Send(event string, payload []byte) string {
	return h.add(Delivery{Event: event, Payload: slices.Clone(payload)})
}

// Redeliver sends a delivery again, under the same GUID.
func (h *Hooks) Redeliver(guid string) error {
	for _, d := range h.Deliveries() {
		if d.GUID == guid {
			h.redeliver(d)
			return nil
		}
	}
	return fmt.Errorf("redelivering %s: it was not sent", guid)
}

func (h *Hooks) redeliver(d Delivery) {
	h.add(Delivery{
		GUID: d.GUID, Event: d.Event, Action: d.Action, Repo: d.Repo, RepoID: d.RepoID, Install: d.Install, Number: d.Number,
		Payload: d.Payload, Redelivery: true,
	})
}

// Ping fires a ping, as GitHub does when a webhook is set up.
func (h *Hooks) Ping() {
	h.w.Lock()
	defer h.w.Unlock()
	h.PingLocked()
}

// PingLocked is Ping for who holds the world's lock.
func (h *Hooks) PingLocked() {
	h.mu.Lock()
	url := h.hook.URL
	h.mu.Unlock()
	h.queue(Delivery{Event: "ping"}, h.w.App.Owner, obj{
		"zen": "Message for you, sir!", "hook_id": 1,
		"hook": obj{"type": "App", "id": 1, "name": "web", "active": true, "events": h.w.App.Events, "app_id": h.w.App.ID,
			"config": obj{"content_type": "json", "insecure_ssl": "0", "url": url}},
	})
}

// run is the goroutine that sends.
func (h *Hooks) run(ctx context.Context) {
	defer close(h.ended)
	for {
		d, hook, ok := h.next()
		if ok {
			h.send(ctx, &d, hook)
			h.done(d)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		}
	}
}

func (h *Hooks) next() (Delivery, Hook, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.paused || h.hook.URL == "" || len(h.pending) == 0 {
		return Delivery{}, Hook{}, false
	}
	d := h.pending[0]
	h.pending, h.busy = h.pending[1:], true
	return d, h.hook, true
}

func (h *Hooks) done(d Delivery) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent, h.busy = append(h.sent, d), false
	h.notify()
}

// notify wakes the sender and all who wait in Flush; the lock is held.
func (h *Hooks) notify() {
	close(h.changed)
	h.changed = make(chan struct{})
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func (h *Hooks) send(ctx context.Context, d *Delivery, hook Hook) {
	mac := hmac.New(sha256.New, []byte(hook.Secret))
	mac.Write(d.Payload)
	d.Header = http.Header{
		"Accept": {"*/*"}, "Content-Type": {"application/json"}, "User-Agent": {"GitHub-Hookshot/ghtest"},
		"X-Github-Delivery": {d.GUID}, "X-Github-Event": {d.Event}, "X-Github-Hook-Id": {"1"},
		"X-Github-Hook-Installation-Target-Id":   {world.Decimal(h.w.App.ID)},
		"X-Github-Hook-Installation-Target-Type": {"integration"},
		"X-Hub-Signature-256":                    {"sha256=" + hex.EncodeToString(mac.Sum(nil))},
	}
	h.w.Lock()
	d.Sent = h.w.Now()
	h.w.Unlock()
	start := time.Now()
	defer func() { d.Took = time.Since(start) }()
	to, err := h.behind(hook.URL)
	if err != nil {
		d.Err = err.Error()
		return
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(d.Payload))
	if err != nil {
		d.Err = err.Error()
		return
	}
	req.Header = d.Header.Clone()
	resp, err := h.client.Do(req)
	if err != nil {
		d.Err = err.Error()
		return
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)) // so that the connection can be used again
	d.Status = resp.StatusCode
}

// add queues a delivery.
func (h *Hooks) add(d Delivery) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lastID++
	d.ID = h.lastID
	if d.GUID == "" {
		d.GUID = newGUID()
	}
	h.pending = append(h.pending, d)
	h.notify()
	return d.GUID
}

func (h *Hooks) setPaused(paused bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paused = paused
	h.notify()
}
