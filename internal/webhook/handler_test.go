package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/queue"
)

const (
	secret   = "the current secret"
	previous = "the previous secret"
	body     = `{"action":"opened","installation":{"id":7},"repository":{"full_name":"python/cpython"},"pull_request":{"number":12,` +
		`"updated_at":"2026-08-01T10:00:00Z"}}`
)

func TestStored(t *testing.T) {
	r := start(t, Config{})
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		status int
		text   string
	}{
		{"the first time", func(*http.Request) {}, 202, "stored\n"},
		{"a second time", func(*http.Request) {}, 202, "already stored: looking again\n"},
		{"the previous secret", func(req *http.Request) {
			req.Header.Set("X-GitHub-Delivery", "d-2")
			req.Header.Set("X-Hub-Signature-256", sign(previous, body))
		}, 202, "stored\n"},
		{"upper-case digits", func(req *http.Request) {
			req.Header.Set("X-GitHub-Delivery", "d-3")
			req.Header.Set("X-Hub-Signature-256", "sha256="+strings.ToUpper(sign(secret, body)[7:]))
		}, 202, "stored\n"},
		{"with a charset", func(req *http.Request) {
			req.Header.Set("X-GitHub-Delivery", "d-4")
			req.Header.Set("Content-Type", "application/json; charset=utf-8")
		}, 202, "stored\n"},
		{"an unknown event", func(req *http.Request) {
			req.Header.Set("X-GitHub-Delivery", "d-5")
			req.Header.Set("X-GitHub-Event", "moon_landing")
		}, 202, "stored\n"},
		{"ping", func(req *http.Request) {
			req.Header.Set("X-GitHub-Delivery", "d-6")
			req.Header.Set("X-GitHub-Event", "ping")
		}, 200, "hello: the webhook works\n"},
	} {
		req := r.request(body)
		tt.change(req)
		status, text, header := r.send(req)
		if status != tt.status || text != tt.text || header.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s: %d %q %v", tt.name, status, text, header)
		}
	}
	if n := r.waiting(); n != 1 {
		t.Errorf("%d keys are stored, want python/cpython#12 alone", n)
	}
	for _, tt := range []struct {
		event, result string
		want          float64
	}{
		{"pull_request", "stored", 4}, {"pull_request", "already stored", 1}, {"other", "stored", 1}, {"ping", "ping", 1},
	} {
		if have := r.count(tt.event, tt.result); have != tt.want {
			t.Errorf("%s %s was counted %v times, want %v", tt.event, tt.result, have, tt.want)
		}
	}
}

// The worker gets what the payload says.
func TestHintsArrive(t *testing.T) {
	jobs := make(chan queue.Job, 1)
	q, err := queue.Open(t.Context(), queue.Config{
		Database: filepath.Join(t.TempDir(), "queue.db"),
		Work:     func(_ context.Context, j queue.Job) error { jobs <- j; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Stop(context.Background())
	r := start(t, Config{Store: q})
	if status, text, _ := r.send(r.request(body)); status != 202 {
		t.Fatal(status, text)
	}
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	j := <-jobs
	if have := j.UpdatedAt.UTC().String(); j.Key != "python/cpython#12" || j.Installation != 7 || j.Cause != "d-1" ||
		have != "2026-08-01 10:00:00 +0000 UTC" {
		t.Errorf("the job is %+v", j)
	}
}

func TestRefused(t *testing.T) {
	const (
		badSignature = "not stored: the header X-Hub-Signature-256 is missing or wrong: both sides must know the same secret\n"
		badEvent     = "not stored: the header X-GitHub-Event is missing or not the name of an event\n"
		badID        = "not stored: the header X-GitHub-Delivery is missing or not the ID of a delivery\n"
		badType      = "not stored: set the content type of the webhook to application/json\n"
		noObject     = "not stored: the body isn't a JSON object: "
	)
	set := func(name, value string) func(*http.Request) {
		return func(req *http.Request) { req.Header.Set(name, value) }
	}
	none := func(*http.Request) {}
	sha1mac := hmac.New(sha1.New, []byte(secret))
	io.WriteString(sha1mac, body)
	for _, tt := range []struct {
		name   string
		body   string
		change func(*http.Request)
		status int
		text   string
		result string
	}{
		{"GET", body, func(req *http.Request) { req.Method = "GET" }, 405, "not stored: webhooks are sent with POST\n", "wrong method"},
		{"PUT", body, func(req *http.Request) { req.Method = "PUT" }, 405, "not stored: webhooks are sent with POST\n", "wrong method"},
		{"a form", body, set("Content-Type", "application/x-www-form-urlencoded"), 415, badType, "wrong content type"},
		{"no type", body, func(req *http.Request) { req.Header.Del("Content-Type") }, 415, badType, "wrong content type"},
		{"a bad type", body, set("Content-Type", "application/json; charset"), 415, badType, "wrong content type"},
		{"no event", body, func(req *http.Request) { req.Header.Del("X-GitHub-Event") }, 400, badEvent, "bad header"},
		{"a bad event", body, set("X-GitHub-Event", "../pull_request"), 400, badEvent, "bad header"},
		{"no delivery", body, func(req *http.Request) { req.Header.Del("X-GitHub-Delivery") }, 400, badID, "bad header"},
		{"a long delivery", body, set("X-GitHub-Delivery", strings.Repeat("a", 65)), 400, badID, "bad header"},
		{"a bad delivery", body, set("X-GitHub-Delivery", "'; drop table"), 400, badID, "bad header"},
		{"no signature", body, func(req *http.Request) { req.Header.Del("X-Hub-Signature-256") }, 401, badSignature, "bad signature"},
		{"a wrong secret", body, set("X-Hub-Signature-256", sign("another", body)), 401, badSignature, "bad signature"},
		{"an empty secret", body, set("X-Hub-Signature-256", sign("", body)), 401, badSignature, "bad signature"},
		{"another body", body, set("X-Hub-Signature-256", sign(secret, body+" ")), 401, badSignature, "bad signature"},
		{"cut short", body, set("X-Hub-Signature-256", sign(secret, body)[:70]), 401, badSignature, "bad signature"},
		{"too long", body, set("X-Hub-Signature-256", sign(secret, body)+"00"), 401, badSignature, "bad signature"},
		{"no prefix", body, set("X-Hub-Signature-256", sign(secret, body)[7:]), 401, badSignature, "bad signature"},
		{"no digits", body, set("X-Hub-Signature-256", "sha256="+strings.Repeat("z", 64)), 401, badSignature, "bad signature"},
		{"SHA-1 alone", body, func(req *http.Request) {
			req.Header.Del("X-Hub-Signature-256")
			req.Header.Set("X-Hub-Signature", "sha1="+hex.EncodeToString(sha1mac.Sum(nil)))
		}, 401, badSignature, "bad signature"},
		{"bad JSON without a signature", "{", set("X-Hub-Signature-256", sign("x", "{")), 401, badSignature, "bad signature"},
		{"empty", "", none, 400, noObject + "it's empty\n", "malformed"},
		{"white space", " \n", none, 400, noObject + "it's empty\n", "malformed"},
		{"cut off", body[:40], none, 400, noObject + "unexpected end of JSON input at byte 40\n", "malformed"},
		{"twice", body + body, none, 400, noObject + "invalid character '{' after top-level value at byte 153\n", "malformed"},
		{"a list", "[1]", none, 400, noObject + "it starts with something else\n", "malformed"},
		{"null", "null", none, 400, noObject + "it starts with something else\n", "malformed"},
		{"deep", strings.Repeat(`{"a":`, 20000), none, 400, noObject + "invalid character '{' exceeded max depth at byte 50001\n", "malformed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := start(t, Config{})
			req := r.request(tt.body)
			tt.change(req)
			event := req.Header.Get("X-GitHub-Event")
			status, text, header := r.send(req)
			if status != tt.status || text != tt.text {
				t.Errorf("have %d %q\nwant %d %q", status, text, tt.status, tt.text)
			}
			if allow := header.Get("Allow"); (status == 405) != (allow == "POST") {
				t.Errorf("Allow is %q", allow)
			}
			if status == 405 || status == 415 || tt.result == "bad header" {
				event = "other"
			}
			if r.count(event, tt.result) != 1 {
				t.Errorf("%s %s was not counted", event, tt.result)
			}
			r.nothingStored()
			if log := r.log.String(); strings.Contains(log, secret) || strings.Contains(log, previous) ||
				!strings.Contains(log, `"result":"`+tt.result+`"`) {
				t.Errorf("the log has %s", log)
			}
		})
	}
}

func TestNew(t *testing.T) {
	store := storeFunc(nil)
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{Store: store}, "the webhook secret is empty"},
		{Config{Store: store, Secrets: [][]byte{{}}}, "the webhook secret is empty"},
		{Config{Store: store, Secrets: [][]byte{nil, []byte("previous")}}, "the webhook secret is empty"},
		{Config{Secrets: [][]byte{[]byte("x")}}, "Store is missing"},
		{Config{Secrets: [][]byte{[]byte("x")}, Store: store, MaxBody: -1}, "MaxBody is -1"},
		{Config{Secrets: [][]byte{[]byte("x")}, Store: store, MaxBody: 32 << 20},
			"MaxBody is 33554432, and all bodies together may hold only 67108864 bytes"},
	} {
		if _, err := New(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("have %v, want %s", err, tt.want)
		}
	}
	h, err := New(Config{Secrets: [][]byte{[]byte("x"), {}}, Store: store})
	if err != nil {
		t.Fatal(err)
	}
	if h.cfg.MaxBody != 25<<20 || len(h.secrets) != 1 {
		t.Errorf("the defaults are %d bytes and %d secrets", h.cfg.MaxBody, len(h.secrets))
	}
}
