package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// hardship is a trouble that befalls a merge with the targets 3.14 and 3.13.
type hardship struct {
	name    string
	files   map[string]ghtest.File // of the change; nil: one that is clean on both
	begin   func(s *stage, merged *merged)
	comment []string // what the status comment says of it
	heal    func(s *stage, merged *merged)
	// healed is what the status comment says in the end, once the labels were set again;
	// nil: both are open.
	healed []string
}

// merged is a merged pull request.
type merged struct {
	number int
	sha    string
}

func (m *merged) branch(version string) string { return "backport-" + m.sha[:7] + "-" + version }

// befall lets the trouble begin, on a stage of its own.
func (h hardship) befall(t testing.TB) (*stage, *merged) {
	t.Helper()
	s := backportStage(t).start()
	s.check(s.cpython.Collaborator("dana", "write"))
	if h.files == nil {
		h.files = acks
	}
	m := s.merge(s.change("gh-140001: Fix it", h.files, "type-bug", "skip news", "needs backport to 3.14", "needs backport to 3.13"))
	h.begin(s, m)
	s.github.Resume()
	return s, m
}

// endure checks that the status comment says what to do, that the bot comes to rest, works
// on for others, and does what was asked when the trouble is over.
func (h hardship) endure(s *stage, m *merged) {
	s.Helper()
	s.shows(m.number, h.comment...)
	s.quiet(m.number)
	s.settled(s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: another"}}))
	s.github.ClearFaults()
	if h.heal != nil {
		h.heal(s, m)
	}
	s.asks(m.number, "3.14", "3.13")
	if h.healed == nil {
		h.healed = []string{"| 3.14 | open: #", "| 3.13 | open: #"}
	}
	s.shows(m.number, h.healed...)
	s.quiet(m.number)
	s.inPlace()
	for _, base := range []string{"3.14", "3.13"} {
		if n := len(s.backports(base)); n > 1 {
			s.Errorf("%d backports to %s", n, base)
		}
	}
}

// acks is a change that is clean on all branches.
var acks = map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Acknowledgements\n\nEric\n")}

// afterMerge opens and merges a pull request with labels. Webhooks wait then.
func (s *stage) afterMerge(labels ...string) *merged {
	s.Helper()
	return s.merge(s.change("gh-140001: Fix it", acks, append(labels, "skip news")...))
}

// merge merges a pull request that the bot has seen. Webhooks wait then.
func (s *stage) merge(number int) *merged {
	s.Helper()
	s.rests()
	s.github.Pause()
	sha, err := s.cpython.Merge(number, "dana")
	s.check(err)
	return &merged{number, sha}
}

// asks has a person take labels off, where they are still on, and set them again:
// a second later than all before, since GitHub's times have no fractions.
func (s *stage) asks(number int, versions ...string) {
	s.Helper()
	s.github.Advance(time.Second)
	for _, version := range versions {
		label := "needs backport to " + version
		state, err := s.cpython.PR(number)
		s.check(err)
		if slices.Contains(state.Labels, label) {
			s.check(s.cpython.Unlabel(number, "dana", label))
		}
		s.check(s.cpython.Label(number, "dana", label))
	}
}

// rests waits until the bot has nothing to do now, and what it did makes no
// webhook that it has not seen.
func (s *stage) rests() {
	s.Helper()
	if s.rest != nil {
		s.rest()
		return
	}
	s.eventually("the bot to come to rest", func() bool {
		flush(s, s.github)
		seen := len(s.github.Deliveries())
		if !s.bot.idle() {
			return false
		}
		flush(s, s.github)
		return len(s.github.Deliveries()) == seen && s.bot.idle()
	}, func() string { return s.bot.get("/readyz") })
}

// quiet checks that a pull request is done with: one more event about it makes
// the bot look at it, and do nothing.
func (s *stage) quiet(number int) {
	s.Helper()
	s.rests()
	own, all := s.runs(number), s.runs(0)
	before, writes := len(s.github.Requests()), len(s.cpython.Writes())
	s.comments(number)
	s.rests()
	var more []string
	for _, r := range s.github.Requests()[before:] {
		more = append(more, r.Method+" "+r.Path)
	}
	// What changed twice within a second before may be checked again in this moment, here or elsewhere.
	own, all = s.runs(number)-own, s.runs(0)-all
	if own == 0 || len(more) > 3*all {
		s.Errorf("an event about #%d makes %d runs, %d of them its own, and %d requests: %s", number, all, own, len(more),
			strings.Join(more, ", "))
	}
	if done := s.cpython.Writes()[writes:]; len(done) > 0 {
		s.Errorf("there is no end to #%d: %+v", number, done)
	}
}

// comments has a person say something, in a second of its own, which the bot hears and which
// changes nothing.
func (s *stage) comments(number int) {
	s.Helper()
	s.github.Advance(time.Second)
	_, err := s.cpython.Comment(number, "carol", "Thanks, @concorde!")
	s.check(err)
}

// runs is how often the bot has run a pull request that it knows, or anything for 0.
func (s *stage) runs(number int) (n int) {
	s.Helper()
	like := "%"
	if number > 0 {
		like = fmt.Sprint("%#", number)
	}
	eventually(s, "the database to be read", func() bool {
		n = selected(s, s.environment["DATABASE_URL"], "SELECT CAST(sum(run) AS BIGINT) FROM keys WHERE key LIKE $1", like)
		return n > 0
	})
	return n
}

var ownBranch = regexp.MustCompile(`^refs/heads/backport-[0-9a-f]{7}-3\.\d+$`)

// inPlace checks that the bot pushed to branches of its own alone, and that the
// log tells of no mistake of the program.
func (s *stage) inPlace() {
	s.Helper()
	for _, w := range s.cpython.Writes() {
		if slices.Contains([]string{"push", "ref", "ref-update", "ref-delete"}, w.Kind) && !ownBranch.MatchString(w.Key) {
			s.Errorf("the bot wrote to %s: %+v", w.Key, w)
		}
	}
	for _, bad := range []string{"panic", "DATA RACE"} {
		if strings.Contains(s.bot.log.String(), bad) {
			s.Errorf("the log tells of a %s:\n%s", bad, s.bot.log)
		}
	}
}

const (
	fetching = "/git-upload-pack$"
	pushing  = "/git-receive-pack$"
	opening  = "/cpython/pulls$"
)

// at has something happen when a request comes.
func (s *stage) at(path string, skip int, do func()) {
	s.Helper()
	s.check(s.github.Fault(ghtest.Fault{Method: http.MethodPost, Path: path, After: skip, Before: do}))
}

// always answers all requests alike.
func (s *stage) always(path string, f ghtest.Fault) {
	s.Helper()
	f.Method, f.Path, f.Times = http.MethodPost, path, -1
	s.check(s.github.Fault(f))
}

// TestTroubleOfBackports: each trouble, or one of some, ends on the status comment, with a
// sentence that says what to do.
func TestTroubleOfBackports(t *testing.T) {
	t.Parallel()
	every := suite.Sizes[int]{Normal: 5, Long: 1, Full: 1}.Size()
	for i, h := range slices.Concat(gitTroubles, hugeTroubles(), openTroubles) {
		if (i+1)%every > 0 {
			continue
		}
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			h.endure(h.befall(t))
		})
	}
}
