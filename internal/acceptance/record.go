package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
)

// recorder is below internal/gh's client: it counts requests up to the bound of the run,
// and keeps the raw answers.
type recorder struct {
	next   http.RoundTripper
	to     io.Writer // nil: they aren't kept
	redact *redactor

	pace time.Duration // from one write to the next
	now  func() time.Time
	wait func(context.Context, time.Duration) error

	mu    sync.Mutex
	made  int
	most  int
	free  time.Time // when the next write may be sent
	wrong error     // of writing
}

func newRecorder(cfg Config) *recorder {
	next := cfg.GitHub.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	return &recorder{
		next: next, to: cfg.Fixtures, most: cfg.Requests, redact: newRedactor(cfg),
		pace: cfg.Pace, now: cfg.GitHub.Now, wait: cfg.GitHub.Wait,
	}
}

var errSpent = errors.New("the run has made all its requests")

// maxAnswer is how much of an answer is read, as in internal/gh, in bytes.
const maxAnswer = 32 << 20

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	spent := r.made >= r.most
	r.made++
	r.mu.Unlock()
	if spent {
		return nil, errSpent
	}
	var asked []byte
	if req.GetBody != nil {
		if body, err := req.GetBody(); err == nil {
			asked, _ = io.ReadAll(body) // of a buffer
		}
	}
	if err := r.turn(req, asked); err != nil {
		return nil, err
	}
	start := time.Now()
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if raw, watched := req.Context().Value(watched{}).(*said); watched {
		at, _ := http.ParseTime(resp.Header.Get("Date")) // zero is long ago
		*raw = said{resp.StatusCode, body, at}
	}
	measure(req.Context(), body, time.Since(start))
	r.keep(req, asked, resp, body)
	return resp, nil
}

// turn waits for the turn of a write: "wait at least one second between each request"
// (GitHub, "Best practices for using the REST API", about those that write).
func (r *recorder) turn(req *http.Request, asked []byte) error {
	if req.Method == http.MethodGet || strings.HasSuffix(req.URL.Path, "/graphql") && !bytes.Contains(asked, []byte(`"query":"mutation`)) {
		return nil
	}
	r.mu.Lock()
	now := r.now()
	wait := r.free.Sub(now)
	r.free = now.Add(max(wait, 0) + r.pace)
	r.mu.Unlock()
	if wait <= 0 {
		return nil
	}
	return r.wait(req.Context(), wait)
}

// measure puts a query on the meter of its context.
func measure(ctx context.Context, body []byte, took time.Duration) {
	m, on := ctx.Value(metered{}).(*meter)
	var answer struct {
		Data struct {
			RateLimit *struct{ Cost, NodeCount int }
		}
	}
	if on && json.Unmarshal(body, &answer) == nil && answer.Data.RateLimit != nil {
		m.add(answer.Data.RateLimit.Cost, answer.Data.RateLimit.NodeCount, took)
	}
}

// spent reports whether no requests are left.
func (r *recorder) spent() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.made >= r.most
}

// allow adds n requests to those that are left.
func (r *recorder) allow(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.most = max(r.most, r.made) + n
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.made
}

func (r *recorder) fault() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.wrong != nil {
		return fmt.Errorf("keeping the answers: %w", r.wrong)
	}
	return nil
}

// Fixture is a line of the file of answers.
type Fixture struct {
	Step    string            `json:"step"`
	Route   string            `json:"route"` // "GET /repos/{owner}/{repo}/issues/{number}"
	Path    string            `json:"path"`
	Request json.RawMessage   `json:"request,omitempty"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body,omitempty"` // a string if it isn't JSON
}

// shownHeaders are those that the bot reads, or that show a limit.
var shownHeaders = []string{
	"Content-Type", "Date", "Etag", "Link", "Retry-After",
	"X-Accepted-Github-Permissions", "X-Github-Api-Version-Selected", "X-Github-Media-Type",
	"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Resource", "X-Ratelimit-Used",
}

func (r *recorder) keep(req *http.Request, asked []byte, resp *http.Response, body []byte) {
	if r.to == nil {
		return
	}
	f := Fixture{
		Step: stepOf(req.Context()), Route: req.Method + " " + route(req.URL.EscapedPath()), Path: r.redact.text(req.URL.RequestURI()),
		Request: r.redact.json(asked), Status: resp.StatusCode, Headers: map[string]string{}, Body: r.redact.json(body),
	}
	for _, name := range shownHeaders {
		if value := resp.Header.Get(name); value != "" {
			f.Headers[name] = r.redact.text(value)
		}
	}
	if inLarge(req.Context()) { // it's full of people
		f.Body, f.Request, f.Path = nil, nil, f.Route
	}
	line, err := json.Marshal(f)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		_, err = r.to.Write(append(line, '\n'))
	}
	r.wrong = errors.Join(r.wrong, err)
}

// route is a path with wildcards instead of names: "/repos/{owner}/{repo}/issues/{number}".
func route(path string) string {
	path = strings.TrimPrefix(path, "/api/v3")
	if path == "/api/graphql" {
		return "/graphql"
	}
	parts := strings.Split(path, "/")
	if len(parts) > 6 && parts[1] == "repos" && parts[4] == "git" && strings.Contains(parts[5], "ref") {
		parts = append(parts[:6], "{ref}") // it has slashes
	}
	for i := range parts {
		parts[i] = wildcard(parts, i)
	}
	return strings.Join(parts, "/")
}

// wildcard is a part of a path, or what stands for names in its place.
func wildcard(parts []string, i int) string {
	part := parts[i]
	switch {
	case i == 2 && parts[1] == "repos":
		return "{owner}"
	case i == 3 && parts[1] == "repos":
		return "{repo}"
	case i > 0 && (parts[i-1] == "labels" || parts[i-1] == "users"):
		return "{name}"
	case gh.IsCommit(part):
		return "{sha}"
	case part != "" && strings.Trim(part, "0123456789") == "":
		return "{number}"
	}
	return part
}

type (
	stepName struct{}
	large    struct{}
)

// labelled marks the requests of a step.
func labelled(ctx context.Context, step string) context.Context {
	return context.WithValue(ctx, stepName{}, step)
}

func stepOf(ctx context.Context) string {
	name, _ := ctx.Value(stepName{}).(string)
	return name
}

// ofLarge marks requests about another repository.
func ofLarge(ctx context.Context) context.Context { return context.WithValue(ctx, large{}, true) }

func inLarge(ctx context.Context) bool { return ctx.Value(large{}) != nil }
