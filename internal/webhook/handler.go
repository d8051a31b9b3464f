// Package webhook receives GitHub's deliveries: it verifies them, derives the keys that
// an event is about, stores both, and answers. A delivery is a hint, never an order, so
// the package must not know what the bot does. Unknown events are stored like any other.
package webhook

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// MaxBody is the size of the largest delivery, in bytes ("Webhook events and
// payloads", GitHub: 25 MB).
const MaxBody = 25 << 20

// Store keeps deliveries. When Receive returns without an error, they're on disk; fresh
// reports whether they're new.
type Store interface {
	Receive(ctx context.Context, d queue.Delivery) (fresh bool, err error)
}

// bodyMemory is how much all bodies may hold together, in bytes. While one grows to the
// largest size, it holds less than twice as much.
const bodyMemory = 64 << 20

// Config of a Handler. Secrets and Store are required.
type Config struct {
	// Secrets sign deliveries: the current one, then the previous one while it's being
	// replaced. Empty ones after the first are ignored.
	Secrets [][]byte
	Store   Store
	// AppID is this App, whose own events need no run. 0: unknown, so all events count.
	AppID int64
	// Login is the App's own login, "concorde[bot]", or "" while it's unknown. nil: always
	// unknown.
	Login func() string
	// Waiting returns the pull requests that wait for checks on a commit, their head. nil:
	// none.
	Waiting func(ctx context.Context, repository pull.Key, sha string) ([]pull.Key, error)
	// Serves reports whether the bot acts on an account's installation. Deliveries of
	// others are answered and not stored. nil: on all.
	Serves func(account string) bool
	// Installed is called when the App was installed, removed, suspended and so on. nil:
	// no one needs it.
	Installed func(context.Context)
	// People is called when a team's members or someone's permissions changed. nil: no one
	// needs it.
	People func(context.Context)
	// Heed drops events that don't matter to the bot.
	Heed    Heed
	Log     zerolog.Logger
	Now     func() time.Time      // time.Now
	Metrics prometheus.Registerer // nil: not counted
	MaxBody int64                 // in bytes; 0 stands for MaxBody

	// memory is how much all bodies may hold together, in bytes (64 MB).
	memory int64
}

// Handler answers GitHub's POST requests, at any path. Give the server a ReadTimeout
// against slow senders.
type Handler struct {
	cfg     Config
	secrets [][]byte
	room    *room
	counted *prometheus.CounterVec
	twins   twins
}

// New checks the configuration.
func New(cfg Config) (*Handler, error) {
	if len(cfg.Secrets) == 0 || len(cfg.Secrets[0]) == 0 {
		return nil, errors.New("receiving webhooks: the webhook secret is empty: without one, anyone could send deliveries")
	}
	if cfg.Store == nil {
		return nil, errors.New("receiving webhooks: Store is missing")
	}
	if cfg.MaxBody < 0 {
		return nil, fmt.Errorf("receiving webhooks: MaxBody is %d", cfg.MaxBody)
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = MaxBody
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.memory == 0 {
		cfg.memory = bodyMemory
	}
	if cfg.memory <= 2*cfg.MaxBody {
		return nil, fmt.Errorf("receiving webhooks: MaxBody is %d, and all bodies together may hold only %d bytes: a growing one needs twice "+
			"its size", cfg.MaxBody, cfg.memory)
	}
	h := &Handler{cfg: cfg, room: newRoom(cfg.memory)}
	for _, secret := range cfg.Secrets {
		if len(secret) > 0 {
			h.secrets = append(h.secrets, secret)
		}
	}
	var err error
	if h.twins, err = newTwins(); err != nil {
		return nil, fmt.Errorf("receiving webhooks: %w", err)
	}
	h.counted = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "concorde_deliveries_total",
		Help: "Deliveries received, by event (other: any that the bot doesn't use) and result.",
	}, []string{"event", "result"})
	if cfg.Metrics != nil {
		if err := cfg.Metrics.Register(h.counted); err != nil {
			return nil, fmt.Errorf("receiving webhooks: counting deliveries: %w", err)
		}
	}
	return h, nil
}

// ServeHTTP answers one delivery with one line.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d := queue.Delivery{Received: h.cfg.Now()}
	a := h.receive(w, r, &d)
	label := d.Event
	if _, known := find(label); !known {
		label = "other"
	}
	h.counted.WithLabelValues(label, a.result).Inc()
	h.log(r, a, &d)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(a.status)
	fmt.Fprintln(w, a.text)
}

// log logs rejected deliveries, which the operator may have to fix. Accepted ones are
// logged at the debug level.
func (h *Handler) log(r *http.Request, a answer, d *queue.Delivery) {
	line := h.cfg.Log.Debug()
	switch {
	case a.status == http.StatusServiceUnavailable:
		line = h.cfg.Log.Error()
	case a.status >= http.StatusBadRequest:
		line = h.cfg.Log.Warn()
	}
	if d.ID != "" {
		line = line.Str("delivery", d.ID).Str("event", d.Event)
	}
	if d.Action != "" {
		line = line.Str("action", d.Action)
	}
	if len(d.Hints) > 0 {
		line = line.Int("keys", len(d.Hints))
	}
	line.Str("from", r.RemoteAddr).Int("status", a.status).Str("result", a.result).AnErr("error", a.err).Msg("delivery answered")
}

func (h *Handler) me() self {
	me := self{id: h.cfg.AppID}
	if h.cfg.Login != nil {
		me.login = h.cfg.Login()
	}
	return me
}

// event reads and verifies a body. The body's memory is free again when it returns. e is
// nil if the answer says why.
func (h *Handler) event(w http.ResponseWriter, r *http.Request, sum [sha256.Size]byte) (e *event, a answer) {
	payload, done, err := h.read(w, r)
	defer done()
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errNoRoom):
		return nil, busy
	case errors.As(err, &large):
		return nil, h.tooLarge()
	case err != nil:
		return nil, incomplete.because(err)
	case !signed(payload, sum, h.secrets):
		return nil, unauthorized
	}
	if e, err = parse(payload); err != nil {
		return nil, malformed(err)
	}
	return e, a
}

// keys returns the event's keys, the pull requests that wait for it, and the repository if
// a check of a branch ran.
func (h *Handler) keys(ctx context.Context, name string, e *event) (keys []pull.Key, err error) {
	sha := e.unblocked(name, h.me())
	switch {
	case sha != "" && h.cfg.Waiting != nil:
		keys, err = h.cfg.Waiting(ctx, e.Repository.key(), sha)
	case h.heeded(ctx, name, e):
		keys = e.keys(name, h.me())
	}
	if h.reported(ctx, name, e) {
		keys = append(keys, e.Repository.key())
	}
	return keys, err
}

// announce calls those who need to know about an event, whatever its keys.
func (h *Handler) announce(ctx context.Context, name string) {
	kind, _ := find(name)
	if kind.people && h.cfg.People != nil {
		h.cfg.People(ctx)
	}
	if kind.installs && h.cfg.Installed != nil {
		h.cfg.Installed(ctx)
	}
}

// receive handles a delivery, and fills in d as it learns more. Cheap reasons to reject
// it come first, and nothing in the body is trusted before its signature.
func (h *Handler) receive(w http.ResponseWriter, r *http.Request, d *queue.Delivery) answer {
	if a, ok := h.head(w, r, d); !ok {
		return a
	}
	sum, ok := signature(r.Header.Get("X-Hub-Signature-256"))
	if !ok {
		return unauthorized
	}
	e, a := h.event(w, r, sum)
	if e == nil {
		return a
	}
	d.Action, d.Installation = e.action(), max(e.Installation.ID, 0)
	if d.Event == "ping" {
		return pong
	}
	if account := e.account(); account != "" && h.cfg.Serves != nil && !h.cfg.Serves(account) {
		return ignored(account)
	}
	h.announce(r.Context(), d.Event)
	keys, err := h.keys(r.Context(), d.Event, e)
	if err != nil {
		return notStored.because(err)
	}
	for _, key := range keys {
		hint := queue.Hint{Key: key.String(), Installation: d.Installation, UpdatedAt: e.updatedAt(), Cause: d.ID, Version: e.head(),
			Owner: e.author(key)}
		d.Hints = append(append(d.Hints, hint), h.twins.of(key, hint, d.Received)...)
	}
	fresh, err := h.cfg.Store.Receive(r.Context(), *d)
	switch {
	case err != nil:
		return notStored.because(err)
	case fresh:
		return stored
	}
	return alreadyStored
}
