package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/setup"
)

// From `bot serve` with nothing to the first labeled pull request, in a browser, before a
// GitHub with the pages that create and install an App.
func TestSetupInABrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, "setup")
	github, cpython := newGitHub(t, ghtest.Config{NoApp: true})
	github.Owners("python", "dana")
	github.SignIn("dana")
	dir := t.TempDir()
	start := time.Now()
	p := serve(t, map[string]string{
		"GITHUB_API_URL": github.APIURL(), "GITHUB_SERVER_URL": github.URL, "BOT_APP": filepath.Join(dir, "github-app"),
		"DATABASE_URL": filepath.Join(dir, "concorde.db"), "BOT_SETTLE": "50ms",
	})
	github.Proxy("https://bot.example.org", p.URL)
	var code string
	eventually(t, "the code", func() (printed bool) {
		_, rest, _ := strings.Cut(p.out.String(), "code: ")
		code, _, printed = strings.Cut(rest, "\n")
		return printed
	})

	b.open(p.URL, `!!document.querySelector("#code")`)
	b.fits("code")
	b.fill("#code", code)
	b.press("main button", "#create")
	b.fits("start")
	b.fill("#organization", "python")
	b.fill("#url", "https://bot.example.org")
	b.press("#create button", "#leave")
	b.fits("leave")
	b.press("#leave button", "#submit")
	if got := b.text("h1"); got != "Create GitHub App for python" {
		t.Fatalf("GitHub shows %q", got)
	}
	b.press("#submit", "a.button")
	eventually(t, "the key to be stored", func() bool {
		_, err := setup.Files{Dir: filepath.Join(dir, "github-app")}.Load()
		return err == nil
	})
	b.open(p.URL+"/setup?still=1", `!!document.querySelector("a.button")`)
	b.fits("install")
	var install string
	b.do(chromedp.Evaluate(`document.querySelector("a.button").href`, &install))
	b.open(install, `!!document.querySelector("#python")`)
	b.press("#python", "h1:only-of-type")
	eventually(t, "the installation", func() bool { return github.InstallationID("python") != 0 })
	b.open(p.URL+"/setup?still=1", `document.querySelector("h2")?.textContent == "Check"`)
	b.fits("check")
	seen := b.text("table")
	for _, want := range []string{
		"GitHub sends signed webhooks to https://bot.example.org/webhook.", "The core team python-core has 2 members.",
	} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q isn't in %s", want, seen)
		}
	}

	number, err := cpython.OpenPR(ghtest.PR{Title: "gh-132004: Fix json.dump()", Author: "eric", Head: push(t, cpython)})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first label", func() bool {
		state, err := cpython.PR(number)
		return err == nil && slices.Contains(state.Labels, "awaiting review")
	})
	took := time.Since(start)
	t.Logf("from bot serve with nothing to the first labeled pull request: %.1f s", took.Seconds())
	b.press("#finish button", "#finished")
	b.fits("finished")
	if page := p.get("/setup"); !strings.Contains(page, "setup is finished") {
		t.Errorf("after the end: %s", page)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.faults) > 0 {
		t.Errorf("the pages' faults: %s", strings.Join(b.faults, "\n"))
	}
}
