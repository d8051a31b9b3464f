package webhook

import (
	"context"
	"net/http"
	"strings"
	"testing"
)

// TestOtherAccounts: what happens where the bot doesn't act is answered, so that
// GitHub counts it as delivered, and costs nothing: no row, no key, nobody is told.
func TestOtherAccounts(t *testing.T) {
	installed, people := 0, 0
	r := start(t, Config{
		Serves:    func(account string) bool { return strings.EqualFold(account, "python") },
		Installed: func(context.Context) { installed++ }, People: func(context.Context) { people++ },
	})
	for _, c := range []struct {
		event, body string
		ours        bool
	}{
		{"pull_request", body, true},
		{"pull_request", strings.ReplaceAll(body, "python/", "PYTHON/"), true},
		{"pull_request", strings.ReplaceAll(body, "python/", "mallory/"), false},
		{"membership", `{"action":"added","installation":{"id":7},"organization":{"login":"python"}}`, true},
		{"membership", `{"action":"added","installation":{"id":8},"organization":{"login":"mallory"}}`, false},
		{"installation", `{"action":"suspend","installation":{"id":7,"account":{"login":"python"}},` +
			`"repositories":[{"full_name":"python/cpython"}]}`, true},
		{"installation", `{"action":"created","installation":{"id":8,"account":{"login":"mallory"}},` +
			`"repositories":[{"full_name":"mallory/cpython"}]}`, false},
		{"installation_repositories", `{"action":"added","installation":{"id":8,"account":{"login":"mallory"}},` +
			`"repositories_added":[{"full_name":"mallory/cpython"}]}`, false},
		{"github_app_authorization", `{"action":"revoked","sender":{"login":"mallory"}}`, true},
	} {
		installed, people = 0, 0
		before := r.waiting()
		req := r.request(c.body)
		req.Header.Set("X-GitHub-Event", c.event)
		req.Header.Set("X-GitHub-Delivery", "d-"+sign("", c.event+c.body)[10:40])
		status, text, _ := r.send(req)
		want := "stored\n"
		if !c.ours {
			want = "not stored: accounts: in the bot's settings doesn't name \"mallory\", so the bot does nothing there\n"
		}
		if status != http.StatusAccepted || text != want {
			t.Errorf("%s %s: %d %q, want %q", c.event, c.body, status, text, want)
		}
		if (people > 0) != (c.ours && c.event == "membership") || (installed > 0) != (c.ours && c.event == "installation") {
			t.Errorf("%s %s: told %d and %d times", c.event, c.body, people, installed)
		}
		if !c.ours && r.waiting() != before {
			t.Errorf("%s %s: has keys", c.event, c.body)
		}
	}
	if n := r.count("pull_request", "ignored") + r.count("membership", "ignored") + r.count("installation", "ignored") +
		r.count("installation_repositories", "ignored"); n != 4 {
		t.Errorf("%v were counted as ignored", n)
	}
}
