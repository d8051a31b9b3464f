package webhook

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

// What is subscribed is used, and what is used is subscribed or comes unasked.
func TestEventsAreUsed(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Events {
		waited := e.Name == "status" || e.Name == "pull_request_review_thread" || e.Name == "commit_comment"
		switch {
		case seen[e.Name] || e.Title == "" || e.Use == "":
			t.Errorf("%+v", e)
		case !e.Unasked && e.Permission == "":
			t.Errorf("%s names no permission", e.Name)
		case !e.Unasked && e.keys == nil && !e.people && !waited:
			t.Errorf("%s is subscribed for nothing", e.Name)
		}
		seen[e.Name] = true
	}
}

// A status of a third party sends no check_suite (dt-mergebot#2), and names no pull request: the pull request that waits for it is
// looked at, all others cost nothing.
func TestStatusesWakeWhoWaits(t *testing.T) {
	const (
		sha   = "0123456789012345678901234567890123456789"
		other = "1111111111111111111111111111111111111111"
		repo  = `"repository":{"id":1,"full_name":"python/cpython"},"sender":{"login":"readthedocs[bot]","type":"Bot"}}`
		mine  = `"repository":{"id":1,"full_name":"python/cpython"},"sender":{"login":"concorde[bot]","type":"Bot"}}`
	)
	var asked []string
	r := start(t, Config{AppID: 77, Login: func() string { return "concorde[bot]" },
		Waiting: func(_ context.Context, key pull.Key, head string) ([]pull.Key, error) {
			asked = append(asked, key.String()+" "+head)
			if head != sha {
				return nil, nil
			}
			key.Number = 12
			return []pull.Key{key}, nil
		}})
	for i, tt := range []struct {
		event, payload string
		asks, waiting  int
	}{
		{"status", `{"sha":"` + sha + `","state":"pending","branches":[],` + repo, 0, 0},
		{"status", `{"sha":"` + sha + `","state":"failure","branches":[],` + repo, 0, 0},
		{"status", `{"sha":"` + sha + `","state":"success","branches":[],` + mine, 0, 0}, // an echo
		{"status", `{"sha":"main","state":"success",` + repo, 0, 0},
		{"status", `{"sha":"` + sha + `","state":"success","repository":{"full_name":"a/../b"}}`, 0, 0},
		{"status", `{"sha":"` + other + `","state":"success","branches":[{"name":"main","commit":{"sha":"` + other + `"}}],` + repo, 1, 0},
		{"check_suite", `{"action":"completed","check_suite":{"app":{"id":1},"head_sha":"` + sha + `","conclusion":"failure"},` + repo, 1, 0},
		{"check_suite", `{"action":"completed","check_suite":{"app":{"id":77},"head_sha":"` + sha + `","conclusion":"success"},` + mine, 1, 0},
		{"status", `{"sha":"` + sha + `","state":"success","branches":[],` + repo, 2, 1},
		{"check_suite", `{"action":"completed","check_suite":{"app":{"id":1},"head_sha":"` + sha +
			`","conclusion":"success","pull_requests":[]},` + repo, 3, 1},
		{"pull_request_review_thread", `{"action":"unresolved","pull_request":{"number":12,"head":{"sha":"` + sha + `"}},` + repo, 3, 1},
		{"pull_request_review_thread", `{"action":"resolved","pull_request":{"number":12,"head":{"sha":"` + sha + `"}},` + repo, 4, 1},
	} {
		req := r.request(tt.payload)
		req.Header.Set("X-GitHub-Delivery", "d-"+string(rune('a'+i)))
		req.Header.Set("X-GitHub-Event", tt.event)
		if status, text, _ := r.send(req); status != 202 {
			t.Fatalf("%s: %d %s", tt.payload, status, text)
		}
		if len(asked) != tt.asks || r.waiting() != tt.waiting {
			t.Errorf("after %s: asked %q, %d keys wait", tt.payload, asked, r.waiting())
		}
	}
	if slices.ContainsFunc(asked, func(s string) bool { return !strings.HasPrefix(s, "python/cpython ") }) {
		t.Errorf("asked %q", asked)
	}
}

// A delivery about which the database can't be asked isn't taken: GitHub shows it as failed.
func TestStatusWithoutDatabase(t *testing.T) {
	r := start(t, Config{Waiting: func(context.Context, pull.Key, string) ([]pull.Key, error) { return nil, errors.New("locked") }})
	req := r.request(`{"sha":"` + strings.Repeat("a", 40) + `","state":"success","repository":{"full_name":"a/b"}}`)
	req.Header.Set("X-GitHub-Event", "status")
	if status, text, _ := r.send(req); status != 503 {
		t.Errorf("%d %s", status, text)
	}
}
