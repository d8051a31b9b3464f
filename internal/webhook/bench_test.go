package webhook

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/queue"
)

// payload20k is a pull_request event of some 20 kB, as GitHub's are: many short
// fields that nobody reads.
func payload20k(b *testing.B) string {
	b.Helper()
	user := map[string]any{"login": "someone", "id": 1, "type": "User", "site_admin": false}
	for _, name := range strings.Fields("avatar followers following gists starred subscriptions organizations repos events received_events") {
		user[name+"_url"] = "https://api.github.com/users/someone/" + name + "{/other_user}"
	}
	repo := map[string]any{"id": 1, "full_name": "python/cpython", "default_branch": "main", "owner": user}
	for _, name := range strings.Fields("archive assignees blobs branches collaborators comments commits compare contents contributors " +
		"deployments downloads events forks git_refs hooks issues keys labels languages merges milestones notifications pulls releases " +
		"stargazers statuses subscribers tags teams trees") {
		repo[name+"_url"] = "https://api.github.com/repos/python/cpython/" + name + "{/number}"
	}
	pr := map[string]any{"number": 12, "updated_at": "2026-08-01T10:00:00Z", "user": user,
		"body": strings.Repeat("Some words about it.\r\n", 280)}
	for _, side := range []string{"head", "base"} {
		pr[side] = map[string]any{"sha": strings.Repeat("a", 40), "repo": repo, "user": user}
	}
	out, err := json.Marshal(map[string]any{"action": "opened", "number": 12, "pull_request": pr, "repository": repo, "sender": user,
		"installation": map[string]any{"id": 7}})
	if err != nil {
		b.Fatal(err)
	}
	if len(out) < 18_000 || len(out) > 22_000 {
		b.Fatalf("the payload has %d bytes", len(out))
	}
	return string(out)
}

// The handler's own cost: no network, no database.
func BenchmarkHandler(b *testing.B) {
	payload := payload20k(b)
	h, err := New(Config{
		Secrets: [][]byte{[]byte(secret)}, Log: zerolog.Nop().Level(zerolog.InfoLevel),
		Store: storeFunc(func(_ context.Context, d queue.Delivery) (bool, error) { return len(d.Hints) == 1, nil }),
	})
	if err != nil {
		b.Fatal(err)
	}
	signature := sign(secret, payload)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		req := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(payload))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-GitHub-Event", "pull_request")
		req.Header.Set("X-GitHub-Delivery", "d-1")
		req.Header.Set("X-Hub-Signature-256", signature)
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, req); w.Body.String() != "stored\n" {
			b.Fatal(w.Code, w.Body)
		}
	}
}
