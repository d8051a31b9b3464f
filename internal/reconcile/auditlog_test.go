package reconcile_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// greets comments once, sets a label and a status, and shows its audit log to look.
func greets(once bool, look func([]pull.LogEntry)) func(*reconcile.Config) {
	return func(c *reconcile.Config) {
		c.Rules = func(config.Rules) []pull.Rule {
			return []pull.Rule{{
				Name: "greets", Needs: pull.Statuses | pull.Notes | pull.Events | pull.AuditLog, Owns: []string{"own"},
				Want: func(r *pull.Request) pull.Want {
					look(r.AuditLog)
					return pull.Want{
						Notes:    []pull.Note{{Key: "hello", Body: "Hello", Once: once}},
						Labels:   []pull.Label{{Name: "docs", On: true, Hold: pull.Suggested, Why: "labels.rules[3]"}},
						Statuses: []pull.Status{{Context: "own", State: pull.StatusSuccess}},
					}
				},
			}}
		}
	}
}

// comments counts those of a pull request.
func (s *stage) comments(number int) int {
	s.Helper()
	state, err := s.repo.PR(number)
	s.check(err)
	return len(state.Comments)
}

// What was done can be read by rules and in the log: when, by which rule, and why.
func TestTrailTellsWhatWasDoneAndWhy(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	var seen []pull.LogEntry
	r := s.reconciler(greets(true, func(d []pull.LogEntry) { seen = d }))
	s.check(r.Run(t.Context(), s.job(number)))
	if len(seen) != 0 {
		t.Errorf("before anything was done: %v", seen)
	}
	s.clock.Advance(time.Minute)
	s.check(r.Run(t.Context(), s.job(number)))
	at := s.clock.Now().Add(-time.Minute)
	want := []pull.LogEntry{
		{At: at, Rule: "greets", Action: pull.AddLabel{Name: "docs"}.String(), Why: "labels.rules[3]", Cause: "test", Before: "off", After: "on"},
		{At: at, Rule: "greets", Action: "comment hello", Cause: "test", Before: "none", After: "Hello"},
		{At: at, Rule: "greets", Action: `status own success "" on ` + short(s, number), Cause: "test", Before: "none", After: "success"},
	}
	byAction := func(a, b pull.LogEntry) int { return strings.Compare(a.Action, b.Action) }
	slices.SortFunc(want, byAction)
	slices.SortFunc(seen, byAction)
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("audit log (-want +got):\n%s", diff)
	}
	if log := s.log.String(); strings.Count(log, `"message":"applied"`) != 3 || strings.Count(log, `"rule":"greets"`) != 3 ||
		!strings.Contains(log, `"why":"labels.rules[3]"`) {
		t.Errorf("log:\n%s", log)
	}
	// What another program wrote is passed over.
	s.check(s.queue.Log(t.Context(), s.job(number).Key, []byte("{broken")))
	s.check(r.Run(t.Context(), s.job(number)))
	if len(seen) != 3 {
		t.Errorf("with a broken entry: %v", seen)
	}
}

func short(s *stage, number int) string {
	state, err := s.repo.PR(number)
	s.check(err)
	return state.HeadSHA[:7]
}

// What is refused is not in the audit log, but for that a comment was to come.
func TestTrailHasOnlyWhatWasDone(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	s.check(s.repo.Lock(number, "dana", "too heated"))
	r := s.reconciler(greets(true, func([]pull.LogEntry) {}))
	var giveUp *queue.GiveUp
	if err := r.Run(t.Context(), s.job(number)); !errors.As(err, &giveUp) {
		t.Errorf("outcome %v", err)
	}
	entries, err := s.queue.AuditLog(t.Context(), s.job(number).Key, 10)
	s.check(err)
	if len(entries) != 3 || strings.Contains(string(slices.Concat(entries...)), `"comment hello`) {
		t.Errorf("audit log %s", entries)
	}
}

// older makes GitHub answer the next loads of a pull request as it was before.
func (s *stage) older(number int, do func()) {
	s.Helper()
	s.seen()
	s.check(s.reconciler(greets(true, func([]pull.LogEntry) {}), func(c *reconcile.Config) { c.DryRun = true }).Run(s.Context(),
		s.job(number)))
	answer := ""
	for _, x := range s.answers {
		if strings.Contains(x, `"issueOrPullRequest"`) {
			answer = x
		}
	}
	do()
	s.check(s.github.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "viewer{login}", Times: -1, Status: http.StatusOK, Body: answer}))
}

// A comment that GitHub does not show yet is not posted again: not by an event,
// nor by a run that failed after it and comes again much later than it was wanted.
func TestWhatWasJustPostedIsNotPostedAgain(t *testing.T) {
	for name, wanted := range map[string]time.Duration{"an event": 0, "a run that comes again": -10 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			number := s.open("first")
			r := s.reconciler(greets(true, func([]pull.LogEntry) {}))
			s.older(number, func() { s.check(r.Run(t.Context(), s.job(number))) })
			s.clock.Advance(time.Second)
			job := s.job(number)
			job.Wanted = job.Wanted.Add(wanted)
			var pauses int
			for {
				var stale *queue.Later
				if err := r.Run(t.Context(), job); !errors.As(err, &stale) {
					s.check(err)
					break
				}
				if n := s.comments(number); n != 1 {
					t.Fatalf("%d comments", n)
				}
				if pauses++; pauses == 3 {
					s.github.ClearFaults() // GitHub shows it now
				}
				s.clock.Advance(stale.Until.Sub(s.clock.Now()))
			}
			if n := s.comments(number); n != 1 || pauses != 3 {
				t.Errorf("%d comments after %d pauses", n, pauses)
			}
		})
	}
}

// Nor is one of which nobody knows whether it was posted, because the answer was
// lost, as it is when the process dies; rules know nothing of it. One that was not
// posted comes a few seconds later.
func TestWhatMayBePostedIsNotPostedAgain(t *testing.T) {
	for name, lost := range map[string]ghtest.Fault{"posted": {DropAfter: true}, "not posted": {Drop: true}} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			number := s.open("first")
			var seen []pull.LogEntry
			r := s.reconciler(greets(true, func(d []pull.LogEntry) { seen = d }))
			s.older(number, func() {
				lost.Path, lost.Contains, lost.Times = "^/graphql$", "addComment", 1
				s.check(s.github.Fault(lost))
				if err := r.Run(t.Context(), s.job(number)); err == nil {
					t.Fatal("the answer is not lost: then this test shows nothing")
				}
			})
			s.clock.Advance(time.Second)
			var stale *queue.Later
			if err := r.Run(t.Context(), s.job(number)); !errors.As(err, &stale) || len(seen) != 0 {
				t.Fatalf("%v, audit log %v", err, seen)
			}
			s.github.ClearFaults()
			for range 3 {
				s.clock.Advance(2 * time.Second)
				if err := r.Run(t.Context(), s.job(number)); !errors.As(err, &stale) {
					s.check(err)
				}
			}
			if n := s.comments(number); n != 1 {
				t.Errorf("%d comments", n)
			}
		})
	}
}

// GitHub may never show it; and what people delete is no reason to wait.
func TestTheWaitForACommentEnds(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	r := s.reconciler(greets(true, func([]pull.LogEntry) {}))
	s.older(number, func() { s.check(r.Run(t.Context(), s.job(number))) })
	start, pauses := s.clock.Now(), 0
	for {
		var stale *queue.Later
		if err := r.Run(t.Context(), s.job(number)); !errors.As(err, &stale) {
			s.check(err)
			break
		}
		pauses++
		s.clock.Advance(stale.Until.Sub(s.clock.Now()))
	}
	if took := s.clock.Now().Sub(start); took < 30*time.Second || took > time.Minute || pauses > 7 || s.comments(number) != 2 {
		t.Errorf("%d comments after %s and %d pauses", s.comments(number), took, pauses)
	}

	s = newStage(t)
	number = s.open("first")
	r = s.reconciler(greets(false, func([]pull.LogEntry) {}))
	s.check(r.Run(t.Context(), s.job(number)))
	state, err := s.repo.PR(number)
	s.check(err)
	s.check(s.repo.DeleteComment(number, "dana", state.Comments[0].ID))
	s.check(r.Run(t.Context(), s.job(number)))
	if n := s.comments(number); n != 1 {
		t.Errorf("%d comments: one that was deleted, and is kept, comes back at once", n)
	}
}

// A clock that was set back since does not make the bot wait for it.
func TestATrailOfTheFutureDelaysNothing(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	entry := `{"At":"` + s.clock.Now().Add(time.Hour).Format(time.RFC3339) + `","Rule":"greets","Action":"comment hello"}`
	s.check(s.queue.Log(t.Context(), s.job(number).Key, []byte(entry)))
	s.check(s.reconciler(greets(true, func([]pull.LogEntry) {})).Run(t.Context(), s.job(number)))
	if n := s.comments(number); n != 1 {
		t.Errorf("%d comments", n)
	}
}
