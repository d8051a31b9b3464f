package main

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// These tests wait for half a minute, and need no processor then. They are in the first
// file, since tests start in the order of the files: later ones run meanwhile.

// TestGitHubHangs: a request without an answer ends, others go on meanwhile, and it's made
// again.
func TestGitHubHangs(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	hanging := s.befall(trouble{"hanging", atLoad, ghtest.Fault{Hang: true}, ""}, 1)
	s.settled(s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: healthy"}}))
	t.Log(s.awaitLog(key(hanging), "no answer within 30s"))
	s.settled(hanging)
	s.tidy(hanging)
}

// TestGitServerHangs: so does a fetch without an answer.
func TestGitServerHangs(t *testing.T) {
	t.Parallel()
	h := hardship{
		name:    "no answer",
		begin:   func(s *stage, _ *merged) { s.always(fetching, ghtest.Fault{Hang: true}) },
		comment: []string{"| 3.14 | error | I couldn't reach GitHub's git server. I'll try again at 20"},
	}
	h.endure(h.befall(t))
}
