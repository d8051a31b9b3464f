package snapshot

import (
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A branch is guarded where it asks for reviews, and a push takes them back, or asks
// for another one. What can't be read doesn't guard.
func TestGuarded(t *testing.T) {
	classic := func(p ghtest.Protection) func(*world) error {
		return func(w *world) error { return w.Repo.Protect("main", p) }
	}
	reading := func(then func(*world) error) func(*world) error {
		return func(w *world) error {
			permissions := maps.Clone(ghtest.DefaultPermissions())
			permissions["administration"] = "read"
			trial.OK(w.T, w.Srv.SetPermissions("python", permissions))
			w.Srv.RevokeTokens()
			return then(w)
		}
	}
	ruleset := func(rule ghtest.RequiredReview) func(*world) error {
		return func(w *world) error { return w.Repo.RequireReview("m*", rule) }
	}
	for _, c := range []struct {
		name string
		set  func(*world) error
		want bool
	}{
		{"nothing", func(*world) error { return nil }, false},
		{"a protection that can't be read", classic(ghtest.Protection{RequiredReviews: 1, DismissStale: true}), false},
		{"a protection", reading(classic(ghtest.Protection{RequiredReviews: 1, DismissStale: true})), true},
		{"a protection, last push", reading(classic(ghtest.Protection{RequiredReviews: 1, LastPush: true})), true},
		{"a protection that keeps approvals", reading(classic(ghtest.Protection{RequiredReviews: 1})), false},
		{"a protection without reviews", reading(classic(ghtest.Protection{DismissStale: true, LastPush: true})), false},
		{"a ruleset", ruleset(ghtest.RequiredReview{Required: 1, DismissStale: true}), true},
		{"a ruleset, last push", ruleset(ghtest.RequiredReview{Required: 2, LastPush: true}), true},
		{"a ruleset that can't be read", func(w *world) error {
			trial.OK(w.T, w.Repo.RequireReview("main", ghtest.RequiredReview{Required: 1, DismissStale: true}))
			return w.Srv.Hole(ghtest.Hole{Path: `repository\.maybeGuarded0\.rules`, Type: "FORBIDDEN",
				Message: "Resource not accessible by integration"})
		}, false},
		{"a ruleset that keeps approvals", ruleset(ghtest.RequiredReview{Required: 1}), false},
		{"a ruleset without reviews", ruleset(ghtest.RequiredReview{DismissStale: true}), false},
	} {
		w := newWorld(t)
		key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
		trial.OK(t, c.set(w))
		q := Query{Key: key, Looks: looksAt(pull.Looks{Guarded: []string{"main", "gone"}})}
		for _, when := range []string{"at first", "as prefetched"} {
			w.Srv.ResetRequests()
			if diff := cmp.Diff(map[string]bool{"main": c.want, "gone": false}, w.load(q).Guarded); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", c.name, when, diff)
			}
			if n := w.Sent(); n > 2 || n > 1 && when == "as prefetched" {
				t.Errorf("%s, %s: %d requests", c.name, when, n)
			}
		}
	}
}

// Approvals are those of the head, by people who may write, and with the time: the
// base may have changed since.
func TestApprovals(t *testing.T) {
	clock := trial.NewClock()
	w := newWorld(t, func(c *ghtest.Config, g *gh.Config) { c.Now, g.Now = clock.Now, clock.Now })
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	for _, login := range []string{"guido", "barry", "approver[bot]"} {
		trial.OK(t, w.Repo.Collaborator(login, "write"))
	}
	_, err := w.Repo.Push("3.14", ghtest.Commit{Message: "Cut"})
	trial.OK(t, err)
	approve := func(logins ...string) {
		t.Helper()
		for _, login := range logins {
			_, err := w.Repo.Review(key.Number, login, "APPROVED", "")
			trial.OK(t, err)
		}
	}
	standing := func(want ...string) {
		t.Helper()
		var got []string
		for _, a := range w.load(Query{Key: key, Needs: pull.Reviews | pull.Events}).Standing() {
			got = append(got, a.By)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	approve("barry", "mallory", "approver[bot]", "concorde[bot]")
	standing("barry")
	w.push(map[string]ghtest.File{"a.txt": ghtest.Text("B\n")})
	standing()
	approve("guido")
	standing("guido")
	clock.Advance(time.Minute)
	trial.OK(t, w.Repo.EditBase(key.Number, "3.14"))
	standing()
	clock.Advance(time.Minute)
	approve("barry")
	standing("barry")
}

// Of people whom GitHub hides nobody knows who is who: a request for changes among them
// stands, whoever approved. Reviews that it hides altogether may be one.
func TestHiddenReviews(t *testing.T) {
	for _, c := range []struct{ path, first, second string }{
		{`opinions\.nodes\.\d\.author`, "APPROVED", "CHANGES_REQUESTED"},
		{`opinions\.nodes\.\d\.author`, "CHANGES_REQUESTED", "APPROVED"},
		{`opinions\.nodes\.0`, "CHANGES_REQUESTED", "APPROVED"},
	} {
		w := newWorld(t)
		key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
		for _, review := range [][2]string{{"barry", c.first}, {"guido", c.second}} {
			trial.OK(t, w.Repo.Collaborator(review[0], "write"))
			_, err := w.Repo.Review(key.Number, review[0], review[1], "See below.")
			trial.OK(t, err)
		}
		hole := ghtest.Hole{Path: `.*` + c.path, Type: "FORBIDDEN", Message: "Resource protected by organization SAML enforcement."}
		trial.OK(t, w.Srv.Hole(hole))
		r := w.load(Query{Key: key, Needs: pull.Reviews})
		if r.Reviews["ghost"] != pull.ChangesRequested {
			t.Errorf("without %s, %s before %s: %v", c.path, c.first, c.second, r.Reviews)
		}
	}
}

// GitHub itself gives a pull request the base of the one that it was stacked on, when
// that one's branch is deleted after the merge.
func TestApprovalsOfAnotherBase(t *testing.T) {
	w := newWorld(t)
	outer, _ := w.openBackport("feature")
	_, err := w.Repo.Push("detail", ghtest.Commit{Message: "Detail", From: "feature",
		Files: map[string]ghtest.File{"d.txt": ghtest.Text("D\n")}})
	trial.OK(t, err)
	n, err := w.Repo.OpenPR(ghtest.PR{Title: "Detail", Author: "alice", Head: "detail", Base: "feature"})
	trial.OK(t, err)
	trial.OK(t, w.Repo.Collaborator("guido", "write"))
	_, err = w.Repo.Review(n, "guido", "APPROVED", "")
	trial.OK(t, err)
	_, err = w.Repo.Merge(outer.Number, "guido")
	trial.OK(t, err)
	trial.OK(t, w.Repo.DeleteBranch("feature"))
	r := w.load(Query{Key: pull.Key{Owner: "python", Repo: "cpython", Number: n}, Needs: pull.Reviews | pull.Events})
	if last := r.Events[len(r.Events)-1]; r.Base != "main" || last.Kind != pull.BaseChanged || last.Subject != "main" ||
		len(r.Approvals) != 1 || len(r.Standing()) != 0 {
		t.Errorf("base %s, %+v, approvals %+v", r.Base, last, r.Approvals)
	}
}

// push moves the head of the pull request that open made.
func (w *world) push(files map[string]ghtest.File) {
	w.T.Helper()
	_, err := w.Repo.Push("alice:fix", ghtest.Commit{Message: "More", Author: "alice", Files: files})
	trial.OK(w.T, err)
}

// Somebody else reported on the head, or nobody did.
func TestHeard(t *testing.T) {
	for name, c := range map[string]struct {
		report func(w *world, head string) error
		want   bool
	}{
		"nobody": {func(*world, string) error { return nil }, false},
		"somebody's status": {func(w *world, head string) error {
			return w.Repo.SetStatus(head, "ci", ghtest.Status{Context: "NEWS", State: "pending"})
		}, true},
		"another App's check run": {func(w *world, head string) error { return w.Repo.CheckRun(head, "github-actions", "build", "") }, true},
		"an older head": {func(w *world, head string) error {
			trial.OK(w.T, w.Repo.SetStatus(head, "ci", ghtest.Status{Context: "ci", State: "success"}))
			w.push(map[string]ghtest.File{"a.txt": ghtest.Text("B\n")})
			return nil
		}, false},
	} {
		w := newWorld(t)
		key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
		head := w.PR(key).HeadSHA
		w.apply(key, pull.SetStatus{SHA: head, Status: ghtrial.SomeStatus.Status})
		w.apply(key, pull.SetCheck{SHA: head, Check: pull.Check{Name: "NEWS", Conclusion: pull.Failure, Title: "t", Summary: "s"}})
		trial.OK(t, c.report(w, head))
		if got := w.load(Query{Key: key, Needs: pull.Merging}).Heard; got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Who put a pull request into a merge queue shows in its history, and in what others
// see of it.
func TestQueuedBy(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	trial.OK(t, w.Repo.Collaborator("guido", "write"))
	_, err := w.Repo.Review(key.Number, "guido", "APPROVED", "")
	trial.OK(t, err)
	_, err = w.Repo.QueueBy(key.Number, "barry")
	trial.OK(t, err)
	_, err = w.Repo.MergeQueued(key.Number)
	trial.OK(t, err)
	other := w.Open(map[string]ghtest.File{"b.txt": ghtest.Text("B\n")})
	r := w.load(Query{Key: key, Needs: pull.Events})
	s := w.load(Query{Key: other, Looks: looksAt(pull.Looks{Requests: []int{key.Number}})}).Others[key.Number]
	for _, events := range [][]pull.Event{r.Events, s.Events} {
		if len(events) == 0 || events[0].Kind != pull.Queued || events[0].By != "barry" {
			t.Errorf("events: %+v", events)
		}
	}
	if diff := cmp.Diff(map[string]pull.Review{"guido": pull.Approved}, s.Reviews); diff != "" || s.MergedBy != "github-merge-queue[bot]" {
		t.Errorf("merged by %s; reviews (-want +got):\n%s", s.MergedBy, diff)
	}
}

// What was merged is compared as what it became: a squash leaves the head behind.
func TestComparedMerged(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	q := Query{Key: key, Looks: looksAt(pull.Looks{Compared: []string{"main"}})}
	before := w.load(q).Compared["main"]
	_, err := w.Repo.Merge(key.Number, "guido")
	trial.OK(t, err)
	after := w.load(q).Compared["main"]
	if diff := cmp.Diff([]pull.Comparison{{Known: true, Ahead: 1}, {Known: true}}, []pull.Comparison{before, after}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
