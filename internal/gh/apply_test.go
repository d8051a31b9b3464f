package gh_test

import (
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A permission that was granted holds soon, and not only when the token of before
// expires. One that is still missing is asked for once a minute at most.
func TestPermissionIsGranted(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "read", "pull_requests": "read"}))
	w.Srv.RevokeTokens()
	status := pull.SetStatus{SHA: w.PR(key).HeadSHA, Status: ghtrial.SomeStatus.Status}
	tokens := func() (n int) {
		for _, r := range w.Srv.Requests() {
			if strings.Contains(r.Route, "access_tokens") {
				n++
			}
		}
		return n
	}
	trial.As[*gh.Denied](t, w.app.Apply(t.Context(), 0, key, status))
	now = now.Add(2 * time.Minute)
	before := tokens()
	for range 5 {
		trial.As[*gh.Denied](t, w.app.Apply(t.Context(), 0, key, status))
	}
	if n := tokens() - before; n != 1 {
		t.Errorf("%d tokens were asked for, want 1", n)
	}
	trial.OK(t, w.Srv.SetPermissions("python", ghtest.DefaultPermissions()))
	now = now.Add(2 * time.Minute)
	w.apply(key, status)
}

// One opened pull request with three files, one of them read, costs at most
// six requests, the token aside.
func TestCostOfOnePullRequest(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{
		"Lib/os.py": ghtest.Text("pass\n"), "Lib/test/test_os.py": ghtest.Text("pass\n"),
		"Misc/NEWS.d/next/Library/2026-01-02-03-04-05.gh-issue-40000.abcdef.rst": ghtest.Text("Fix it.\n"),
	})
	installation := w.Srv.InstallationID("python")
	r := w.load(snapshot.Query{Key: key, Installation: installation, Needs: ghtrial.Everything, SettingsPath: settingsPath,
		Reads: func(_ *pull.Request, path string) bool { return strings.HasSuffix(path, ".rst") }})
	for _, a := range []pull.Action{
		pull.SetStatus{SHA: r.Head, Status: ghtrial.SomeStatus.Status},
		pull.SetCheck{SHA: r.Head, Check: pull.Check{Name: "NEWS", Conclusion: pull.Success, Title: "t"}},
		pull.AddNote{Note: pull.Note{Key: "news-help", Body: "b"}},
	} {
		trial.OK(t, w.app.Apply(t.Context(), installation, key, a))
	}
	if n := w.Sent(); n > 6 {
		t.Errorf("%d requests", n)
	}
}
