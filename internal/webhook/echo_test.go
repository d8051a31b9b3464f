package webhook

import (
	"context"
	"testing"
)

// Echoes of the App's own writes are stored and bring no work, as soon as it
// knows its own login; changes of teams are passed on.
func TestEchoesAndMembers(t *testing.T) {
	login, told := "", 0
	r := start(t, Config{AppID: 77, Login: func() string { return login }, People: func(context.Context) { told++ }})
	post := func(id, event, body string) {
		t.Helper()
		req := r.request(body)
		req.Header.Set("X-GitHub-Delivery", id)
		req.Header.Set("X-GitHub-Event", event)
		if status, text, _ := r.send(req); status != 202 {
			t.Fatalf("%d %s", status, text)
		}
	}
	const labeled = `{"action":"labeled","pull_request":{"number":12},"repository":{"full_name":"python/cpython"},` +
		`"sender":{"login":"concorde[bot]","type":"Bot"}}`
	post("1", "pull_request", labeled)
	if n := r.waiting(); n != 1 {
		t.Errorf("%d keys wait: a bot that does not know itself looks at all", n)
	}
	login = "concorde[bot]"
	post("2", "pull_request", `{"action":"labeled","pull_request":{"number":13},"repository":{"full_name":"python/cpython"},`+
		`"sender":{"login":"concorde[bot]","type":"Bot"}}`)
	if n := r.waiting(); n != 1 {
		t.Errorf("%d keys wait after an echo", n)
	}
	if told != 0 {
		t.Error("nobody joined a team")
	}
	post("3", "membership", `{"action":"added","scope":"team","member":{"login":"eric"},"team":{"slug":"python-core"},`+
		`"organization":{"login":"python"}}`)
	if told != 1 {
		t.Errorf("told %d times of a member", told)
	}
}
