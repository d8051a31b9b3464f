package apply

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestMergeNow(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openBackport("backport")
	w.apply(key, pull.MergePull{SHA: sha, Title: "[3.14] gh-1: Fix it (GH-2)", Body: "Why\n\nCo-authored-by: Eve <eve@example.com>"})
	r := w.load(snapshot.Query{Key: key})
	want := &pull.Merge{SHA: w.repo.Ref("main"), Message: "[3.14] gh-1: Fix it (GH-2)\n\nWhy\n\nCo-authored-by: Eve <eve@example.com>",
		Parents: 1, Author: r.Merge.Author, By: "concorde[bot]", At: r.ClosedAt}
	if diff := cmp.Diff(want, r.Merge); diff != "" || r.State != pull.Merged || r.ClosedAt.IsZero() {
		t.Errorf("state %q, closed at %v (-want +got):\n%s", r.State, r.ClosedAt, diff)
	}
	if !strings.HasPrefix(r.Merge.Author, "concorde[bot] <") {
		t.Errorf("the author of the commit is %q", r.Merge.Author)
	}
	// The answer to the first may be lost, and the next snapshot an older one.
	check(t, "again", w.app.Apply(t.Context(), 0, key, pull.MergePull{SHA: sha}), temporary, "it is merged already")
}

// GitHub puts a text of its own where a merge has none, unless it is told so.
func TestMergeWithoutBody(t *testing.T) {
	var sent []string
	w := newWorld(t, func(c *ghtest.Config, _ *gh.Config) {
		c.Observe = func(x ghtest.Exchange) {
			if x.Request.Method == "PUT" {
				sent = append(sent, string(x.RequestBody))
			}
		}
	})
	key, sha := w.openBackport("backport")
	w.apply(key, pull.MergePull{SHA: sha, Title: "Fix it (GH-2)"})
	if len(sent) != 1 || !strings.Contains(sent[0], `"commit_message":""`) {
		t.Errorf("sent %q", sent)
	}
}

func TestMergeFaults(t *testing.T) {
	w := newWorld(t)
	key, old := w.openBackport("backport")
	head := w.backport("backport")
	do := func(sha string) error { return w.app.Apply(t.Context(), 0, key, pull.MergePull{SHA: sha, Title: "t"}) }
	check(t, "no commit", do("main"), rejected, "isn't a commit ID")
	check(t, "another head", do(old), temporary, "409: Head branch was modified")
	w.fault(ghtest.Fault{Method: "PUT", Path: "/merge$", Status: 405,
		Body: `{"message":"Base branch was modified. Review and try the merge again."}`})
	check(t, "another base", do(head), temporary, "405: Base branch was modified")
	must(t, w.repo.Protect("main", ghtest.Protection{RequiredReviews: 1}))
	check(t, "blocked", do(head), rejected, "405: At least 1 approving review is required")
	must(t, w.repo.Protect("main", ghtest.Protection{}))
	w.repo.AllowMerges("rebase")
	check(t, "no squash", do(head), rejected, "405")
	if w.pr(key).Merged {
		t.Error("merged")
	}
	must(t, w.srv.SetPermissions("python", map[string]string{"metadata": "read", "pull_requests": "write"}))
	w.srv.RevokeTokens()
	check(t, "may not", do(head), denied, "contents")
}

// openProtected makes a pull request that waits for a review.
func (w *world) openProtected() (pull.Key, string) {
	w.t.Helper()
	must(w.t, w.repo.Protect("main", ghtest.Protection{RequiredReviews: 1}))
	must(w.t, w.repo.Collaborator("guido", "write"))
	return w.openBackport("backport")
}

// GitHub merges when the conditions are met, with the text that it was given.
func TestAutoMerge(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openProtected()
	merge := pull.MergePull{SHA: sha, Title: "Fix it (GH-2)", Body: "Why", Auto: true}
	before := w.load(snapshot.Query{Key: key, Needs: pull.Merging})
	w.apply(key, merge)
	set := w.load(snapshot.Query{Key: key, Needs: pull.Merging})
	w.apply(key, pull.CancelMerge{})
	off := w.load(snapshot.Query{Key: key, Needs: pull.Merging})
	for name, r := range map[string]*pull.Request{"before": before, "set": set, "off": off} {
		if r.MergeState != pull.MergeBlocked || r.AutoMerge != (name == "set") {
			t.Errorf("%s: %q %v", name, r.MergeState, r.AutoMerge)
		}
	}
	w.apply(key, merge)
	_, err := w.repo.Review(key.Number, "guido", "APPROVED", "")
	must(t, err)
	if r := w.load(snapshot.Query{Key: key}); r.Merge == nil || r.Merge.Message != "Fix it (GH-2)\n\nWhy" {
		t.Errorf("merged %+v", r.Merge)
	}
}

// What is green by now is merged at once.
func TestAutoMergeTooLate(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openProtected()
	_, err := w.repo.Review(key.Number, "guido", "APPROVED", "")
	must(t, err)
	w.apply(key, pull.MergePull{SHA: sha, Title: "Fix it (GH-2)", Auto: true})
	if st := w.pr(key); !st.Merged || st.MergedBy != "concorde[bot]" {
		t.Errorf("%+v", st)
	}
}

// Where there is no auto-merge, the log says so, and nothing is wrong.
func TestNoAutoMerge(t *testing.T) {
	for said, change := range map[string]func(*world){
		"Auto merge is not allowed for this repository": func(w *world) { w.repo.AllowAutoMerge(false) },
		"Can't enable auto-merge for this pull request": func(w *world) { w.repo.PlanWithoutAutoMerge() },
		"Protected branch rules not configured":         func(w *world) { must(w.t, w.repo.Protect("main", ghtest.Protection{})) },
		"Pull request is in unstable status": func(w *world) {
			must(w.t, w.repo.Protect("main", ghtest.Protection{RequiredContexts: []string{}}))
			must(w.t, w.repo.SetStatus(w.pr(pull.Key{Owner: "python", Repo: "cpython", Number: 1}).HeadSHA, "x",
				ghtest.Status{Context: "other", State: "pending"}))
		},
	} {
		var logged bytes.Buffer
		w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Log = zerolog.New(&logged) })
		key, sha := w.openProtected()
		change(w)
		w.apply(key, pull.MergePull{SHA: sha, Title: "t", Auto: true})
		for _, says := range []string{`"level":"info"`, `"pr":"python/cpython#1"`, said} {
			if !strings.Contains(logged.String(), says) || strings.Count(logged.String(), "\n") != 1 {
				t.Errorf("no %s in %s", says, &logged)
			}
		}
		if st := w.pr(key); st.Merged || st.AutoMerge != "" {
			t.Errorf("%s: %+v", said, st)
		}
	}
}

func TestAutoMergeFaults(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openProtected()
	do := func(a pull.Action) error { return w.app.Apply(t.Context(), 0, key, a) }
	check(t, "not on", do(pull.CancelMerge{}), rejected, "Can't disable auto-merge")
	check(t, "no commit", do(pull.MergePull{SHA: "main", Auto: true}), rejected, "isn't a commit ID")
	check(t, "another head", do(pull.MergePull{SHA: someSHA, Auto: true}), rejected, "")
	for name, fault := range map[string]ghtest.Fault{
		"the look at the pull request": {Path: "^/graphql", Contains: "{id}"}, "the mutation": {Path: "^/graphql", Contains: "mutation"},
	} {
		fault.Status, fault.Times = 502, 2
		w.fault(fault)
		for _, action := range []pull.Action{pull.MergePull{SHA: sha, Auto: true}, pull.CancelMerge{}} {
			w.app.IDs.ForgetSubject(key)
			check(t, name, do(action), temporary, "502")
		}
	}
	w.fault(ghtest.Fault{Path: "^/graphql", Contains: "mutation", Status: 200,
		Body: `{"data":{"change0":null},"errors":[{"type":"FORBIDDEN","path":["change0"],"message":"Resource not accessible by integration"}]}`})
	check(t, "may not", do(pull.MergePull{SHA: sha, Auto: true}), denied,
		`grant the App the permission "contents: write, pull requests: write"`)
	if st := w.pr(key); st.Merged || st.AutoMerge != "" {
		t.Errorf("%+v", st)
	}
	other := pull.Key{Owner: "python", Repo: "cpython", Number: 4711}
	check(t, "no pull request", w.app.Apply(t.Context(), 0, other, pull.CancelMerge{}), gone, "NOT_FOUND")
}
