package main

import (
	"os"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestBackportsFromAFork pushes to the fork of an account of its own, where the
// App is installed too, and opens the pull request from there.
func TestBackportsFromAFork(t *testing.T) {
	t.Parallel()
	s := backportStage(t)
	settings := s.environment["BOT_CONFIG"]
	s.check(os.WriteFile(settings, []byte(phases+"  push-to: concorde-forks\n"), 0o600))
	_, err := s.cpython.Push("concorde-forks:unrelated",
		ghtest.Commit{Message: "A fork", Files: map[string]ghtest.File{"a": ghtest.Text("a\n")}})
	s.check(err)
	s.github.Install("concorde-forks")
	s.start()
	number := s.change("gh-140001: Fix it", map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Acknowledgements\n\nEric\n")}, "skip news",
		"needs backport to 3.14")
	_, err = s.cpython.Merge(number, "dana")
	s.check(err)
	s.shows(number, "| 3.14 | open: #")
	backports := s.backports("3.14")
	if len(backports) != 1 || !strings.HasPrefix(backports[0].Head, "concorde-forks:backport-") {
		t.Errorf("backports: %+v", backports)
	}
	for _, name := range s.cpython.Branches() {
		if strings.HasPrefix(name, "backport-") {
			t.Errorf("%s was pushed to the repository itself", name)
		}
	}
}
