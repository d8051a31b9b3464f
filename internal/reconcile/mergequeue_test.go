package reconcile_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// judged fails a pull request with "bad" in its title, in a status and in a check
// run.
func judged(c *reconcile.Config) {
	c.Rules = func(config.Rules) []pull.Rule {
		return []pull.Rule{{
			Name: "judged", Needs: pull.Statuses | pull.Checks, Owns: []string{"own/good", "own/title"},
			Want: func(r *pull.Request) pull.Want {
				state, conclusion := pull.StatusSuccess, pull.Success
				if strings.Contains(r.Title, "bad") {
					state, conclusion = pull.StatusFailure, pull.Failure
				}
				return pull.Want{
					Statuses: []pull.Status{{Context: "own/good", State: state, Description: "judged"},
						{Context: "own/title", State: pull.StatusSuccess, Description: r.Title, URL: "https://example.com/"}},
					Checks: []pull.CheckPart{{Check: "judged", Conclusion: conclusion, Title: "T", Summary: r.Title}},
				}
			},
		}}
	}
}

// swept is a reconciler whose first sweep is over: what comes after is an event.
func (s *stage) swept(change ...func(*reconcile.Config)) *reconcile.Reconciler {
	s.Helper()
	r := s.reconciler(append(change, judged)...)
	s.steps(r, &hints{Store: s.queue})
	return r
}

// judge opens a pull request into a branch, and lets the bot and someone's CI
// say what they think.
func (s *stage) judge(r *reconcile.Reconciler, title, base string) int {
	s.Helper()
	head := "eric:" + strings.ReplaceAll(title, " ", "-")
	_, err := s.repo.Push(head, ghtest.Commit{Message: title, From: base, Files: map[string]ghtest.File{title: ghtest.Text(title)}})
	s.check(err)
	number, err := s.repo.OpenPR(ghtest.PR{Title: title, Author: "eric", Head: head, Base: base})
	s.check(err)
	s.check(r.Run(s.Context(), s.job(number)))
	state, err := s.repo.PR(number)
	s.check(err)
	s.check(s.repo.SetStatus(state.HeadSHA, "ci", ghtest.Status{Context: "ci", State: "success"}))
	return number
}

// reported are the writes at a commit since a number of them.
func (s *stage) reported(sha string, since int) (all []string) {
	for _, w := range s.repo.Writes()[since:] {
		if w.SHA == sha {
			all = append(all, w.Kind+" "+w.Key+": "+w.Text)
		}
	}
	return all
}

func (s *stage) enqueue(number int) (group string) {
	s.Helper()
	group, err := s.repo.Queue(number)
	s.check(err)
	return group
}

func TestMergeQueueIsReportedOn(t *testing.T) {
	s := newStage(t)
	s.branches("3.14", "feature")
	r := s.swept() // and knows the branches
	var groups []string
	for _, c := range [][2]string{{"first", "main"}, {"a bad one", "main"}, {"second", "3.14"}, {"third", "feature"}} {
		groups = append(groups, s.enqueue(s.judge(r, c[0], c[1])))
	}
	before := len(s.repo.Writes())
	s.check(s.event(r, "delivery-1"))
	for i, want := range [][]string{
		{"status own/good: success: judged", "status own/title: success: first", "check-run judged: completed success"},
		{"status own/good: failure: judged", "status own/title: success: a bad one", "check-run judged: completed failure"},
		{"status own/good: success: judged", "status own/title: success: second", "check-run judged: completed success"},
		nil, // no maintenance branch
	} {
		if diff := cmp.Diff(want, s.reported(groups[i], before)); diff != "" {
			t.Errorf("group %d (-want +got):\n%s", i, diff)
		}
	}
	for i, group := range groups[:3] {
		for _, status := range s.repo.Statuses(group) {
			if status.Context == "ci" || status.Context == "own/title" && status.TargetURL != "https://example.com/" {
				t.Errorf("group %d has %+v", i, status)
			}
		}
	}
	before = len(s.repo.Writes())
	s.asked()
	s.check(s.event(r, "delivery-2"))
	if writes := s.repo.Writes()[before:]; len(writes) != 0 || s.asked() != 3 { // the repository, and two queues that are not empty
		t.Errorf("a second time: %+v", writes)
	}
	// After a restart nothing is known but what GitHub shows.
	s.swept()
	if writes := s.repo.Writes()[before:]; len(writes) != 0 {
		t.Errorf("after a restart: %+v", writes)
	}
	if entries, err := s.queue.AuditLog(t.Context(), "python/cpython#1", 10); err != nil || len(entries) != 6 ||
		!strings.Contains(string(entries[5]), `"merge-queue"`) {
		t.Errorf("audit log %s, %v", entries, err)
	}
}

// What the bot thinks of the pull request now is what the group gets, once it
// thinks otherwise.
func TestMergeQueueFollowsThePullRequest(t *testing.T) {
	s := newStage(t)
	r := s.swept()
	number := s.judge(r, "first", "main")
	group := s.enqueue(number)
	s.check(s.event(r, "delivery-1"))
	before := len(s.repo.Writes())
	s.check(s.repo.EditTitle(number, "a bad one"))
	s.check(r.Run(t.Context(), s.job(number)))
	s.check(s.event(r, "delivery-2"))
	want := []string{"status own/good: failure: judged", "status own/title: success: a bad one", "check-run judged: completed failure"}
	if diff := cmp.Diff(want, s.reported(group, before)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMergeQueueInADryRun(t *testing.T) {
	s := newStage(t)
	group := s.enqueue(s.judge(s.swept(), "first", "main"))
	r := s.swept(func(c *reconcile.Config) { c.DryRun = true })
	before := len(s.repo.Writes())
	s.check(s.event(r, "delivery-1"))
	if writes := s.repo.Writes()[before:]; len(writes) != 0 {
		t.Errorf("wrote %+v", writes)
	}
	line := `"action":"status own/good success \"judged\" on ` + group[:7] + `","rule":"merge-queue","message":"would apply"`
	if log := s.log.String(); strings.Count(log, line) != 2 { // for the sweep, and for the event
		t.Errorf("not twice %s in\n%s", line, log)
	}
}

// Alert with one group does not keep those behind it waiting. What is gone by
// the next look is not asked for again.
func TestMergeQueueInTrouble(t *testing.T) {
	noCommit := ghtest.Fault{Status: 422, Body: `{"message":"No commit found for SHA: 0123"}`}
	for name, c := range map[string]struct {
		fault  ghtest.Fault
		fails  bool // and the run comes again
		others bool // are served in the same run
	}{
		"gone":        {noCommit, true, true},
		"not there":   {ghtest.Fault{Status: 404}, true, true},
		"refused":     {ghtest.Fault{Status: 422, Body: `{"message":"Validation Failed"}`}, false, true},
		"not allowed": {ghtest.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, false, true},
		"bad gateway": {ghtest.BadGateway(), true, true},
		"limited":     {ghtest.SecondaryLimit(time.Minute), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			r := s.swept()
			first, second := s.judge(r, "first", "main"), s.judge(r, "second", "main")
			groups := []string{s.enqueue(first), s.enqueue(second)}
			c.fault.Method, c.fault.Path, c.fault.Times = http.MethodPost, "/statuses/"+groups[0]+"$", -1
			s.check(s.github.Fault(c.fault))
			before := len(s.repo.Writes())
			if err := s.event(r, "delivery-1"); (err != nil) != c.fails {
				t.Errorf("outcome %v", err)
			}
			if got := len(s.reported(groups[1], before)) == 3; got != c.others {
				t.Errorf("the other group has %v", s.reported(groups[1], before))
			}
			s.github.ClearFaults()
			s.check(s.github.Fault(ghtest.Fault{Method: http.MethodPost, Path: "/statuses/" + groups[0] + "$", Times: -1, Status: 422,
				Body: noCommit.Body}))
			s.check(s.repo.Dequeue(first))    // the second is built anew
			s.clock.Advance(20 * time.Minute) // what is limited is limited for longer each time
			before = len(s.repo.Writes())
			s.check(s.event(r, "delivery-2"))
			if at := s.repo.Writes()[before:]; len(at) != 3 || slices.ContainsFunc(at,
				func(w ghtest.Write) bool { return w.SHA == groups[0] || w.SHA == groups[1] }) {
				t.Errorf("in the end: %+v", at)
			}
		})
	}
}

// A GitHub without merge queues is served in all else, labels and sweeps.
func TestRepositoryWithoutMergeQueues(t *testing.T) {
	s := newStage(t)
	s.branches("3.14")
	s.open("first")
	s.check(s.github.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "mergeQueue", Times: -1, Status: 200,
		Body: `{"errors":[{"path":["query","repository","queue0"],"extensions":{"code":"undefinedField"},"message":"Field 'mergeQueue' ` +
			`doesn't exist on type 'Repository'"}]}`}))
	if _, keys := s.sweep(withLabels); len(keys) != 1 || len(s.repo.Labels()) != 1 {
		t.Errorf("handed on %v; labels %v", keys, s.repo.Labels())
	}
}
