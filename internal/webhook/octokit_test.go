package webhook

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest/octokit"
)

// GitHub's own examples: npm's @octokit/webhooks-examples.
func TestOctokit(t *testing.T) {
	dir := octokit.Path(t, "webhooks-examples")
	files, err := filepath.Glob(filepath.Join(dir, "*", "index.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples in %s: %v", dir, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) { examples(t, file) })
	}
}

type example struct {
	Name     string            `json:"name"`
	Examples []json.RawMessage `json:"examples"`
}

func examples(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var events []example
	if err := json.Unmarshal(data, &events); err != nil {
		t.Fatal(err)
	}
	r := start(t, Config{})
	keys, payloads := map[string]int{}, 0
	for _, e := range events {
		for i, payload := range e.Examples {
			req := r.request(string(payload))
			req.Header.Set("X-GitHub-Event", e.Name)
			req.Header.Set("X-GitHub-Delivery", fmt.Sprintf("%s-%d", e.Name, i))
			status, text, _ := r.send(req)
			if want := map[bool]int{true: 200, false: 202}[e.Name == "ping"]; status != want {
				t.Errorf("%s %d: %d %s", e.Name, i, status, text)
			}
			parsed, err := parse(payload)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(parsed.keys(e.Name, self{})); n > 0 {
				keys[e.Name] += n
			}
			payloads++
		}
	}
	if payloads == 0 || r.waiting() == 0 {
		t.Errorf("%d payloads, %d keys stored", payloads, r.waiting())
	}
	if filepath.Base(filepath.Dir(file)) != "api.github.com" {
		return
	}
	want := map[string]int{
		"pull_request": 29, "pull_request_review": 4,
		"issues": 29, "issue_comment": 9,
		"check_run": 1, "check_suite": 2,
		"label": 6, "merge_group": 2, "push": 2, "repository": 13,
		"installation": 3, "installation_repositories": 2,
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("keys by event (-want +have)\n%s", diff)
	}
	t.Logf("%d events, %d payloads, %d keys", len(events), payloads, r.waiting())
}
