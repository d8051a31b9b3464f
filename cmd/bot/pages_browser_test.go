package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestPagesInABrowser looks at every page after the demo, on a phone and on a desk, in
// the light and in the dark.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, "pages")
	github, cpython := newGitHub(t, ghtest.Config{})
	d := &demo{out: io.Discard, github: github, cpython: cpython}
	s := streams{ctx: t.Context(), stdout: io.Discard, stderr: io.Discard, now: time.Now, getenv: func(string) string { return "" }}
	running, err := d.startBot(s, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.play(t.Context()); err != nil {
		t.Fatal(err)
	}
	address := "http://" + d.pages
	for _, p := range []struct{ name, path, sentence string }{
		{"overview", "/", "All is well"},
		{"repository", "/python/cpython", "pull requests open"},
		{"empty", "/python/cpython?find=nothing", "pull requests open"},
		{"original", "/python/cpython/pull/5", "Backports to"},
		{"draft", "/python/cpython/pull/7", "It's a backport of #5"},
		{"backports", "/python/cpython/backports?state=any", "aren't done"},
		{"stages", "/python/cpython/stages", "pull requests are waiting"},
		{"life-cycle", "/python/cpython/life-cycle", "The next release is"},
		{"releases", "/python/cpython/releases", "has a tracking issue"},
		{"news", "/python/cpython/news", "hasn't looked"},
		{"abi", "/python/cpython/abi", "hasn't looked"},
		{"regressions", "/python/cpython/regressions", "nothing is watched"},
		{"settings", "/python/cpython/settings?title=gh-1:+Fix+it&files=Lib/json/__init__.py", "label rules."},
		{"shadow", "/python/cpython/shadow", "No rule is in shadow"},
		{"docs", "/docs", "Rules act by themselves"},
		{"fault", "/python/cpython/pull/999999", "It looks at a pull request"},
	} {
		// The last run may still be storing what it saw.
		b.open(address+p.path, fmt.Sprintf("document.querySelector('.sentence')?.innerText.includes(%q)", p.sentence))
		b.fits(p.name)
	}
	for _, fault := range b.faults {
		if !strings.Contains(fault, "404") { // the page that isn't there
			t.Error(fault)
		}
	}
	select {
	case err := <-running:
		t.Fatalf("the bot ended: %v", err)
	default:
	}
}
