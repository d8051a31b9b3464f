package apply

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestMergeNow(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openBackport("backport")
	w.apply(key, pull.MergePull{SHA: sha, Title: "[3.14] gh-1: Fix it (GH-2)", Body: "Why\n\nCo-authored-by: Eve <eve@example.com>"})
	r := w.load(snapshot.Query{Key: key})
	want := &pull.Merge{SHA: w.Repo.Ref("main"), Message: "[3.14] gh-1: Fix it (GH-2)\n\nWhy\n\nCo-authored-by: Eve <eve@example.com>",
		Parents: 1, Author: r.Merge.Author, By: "concorde[bot]", At: r.ClosedAt}
	if diff := cmp.Diff(want, r.Merge); diff != "" || r.State != pull.Merged || r.ClosedAt.IsZero() {
		t.Errorf("state %q, closed at %v (-want +got):\n%s", r.State, r.ClosedAt, diff)
	}
	if !strings.HasPrefix(r.Merge.Author, "concorde[bot] <") {
		t.Errorf("the author of the commit is %q", r.Merge.Author)
	}
	// The answer to the first may be lost, and the next snapshot an older one.
	ghtrial.Check(t, "again", w.app.Apply(t.Context(), 0, key, pull.MergePull{SHA: sha}), ghtrial.Temporary, "it is merged already")
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
	head := w.Backport("backport")
	do := func(sha string) error { return w.app.Apply(t.Context(), 0, key, pull.MergePull{SHA: sha, Title: "t"}) }
	ghtrial.Check(t, "no commit", do("main"), ghtrial.Rejected, "isn't a commit ID")
	ghtrial.Check(t, "another head", do(old), ghtrial.Temporary, "409: Head branch was modified")
	w.Fault(ghtest.Fault{Method: "PUT", Path: "/merge$", Status: 405,
		Body: `{"message":"Base branch was modified. Review and try the merge again."}`})
	ghtrial.Check(t, "another base", do(head), ghtrial.Temporary, "405: Base branch was modified")
	trial.OK(t, w.Repo.Protect("main", ghtest.Protection{RequiredReviews: 1}))
	ghtrial.Check(t, "blocked", do(head), ghtrial.Rejected, "405: At least 1 approving review is required")
	trial.OK(t, w.Repo.Protect("main", ghtest.Protection{}))
	w.Repo.AllowMerges("rebase")
	ghtrial.Check(t, "no squash", do(head), ghtrial.Rejected, "405")
	if w.PR(key).Merged {
		t.Error("merged")
	}
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read", "pull_requests": "write"}))
	w.Srv.RevokeTokens()
	ghtrial.Check(t, "may not", do(head), ghtrial.Denied, "contents")
}

// openProtected makes a pull request that waits for a review.
func (w *world) openProtected() (pull.Key, string) {
	w.T.Helper()
	trial.OK(w.T, w.Repo.Protect("main", ghtest.Protection{RequiredReviews: 1}))
	trial.OK(w.T, w.Repo.Collaborator("guido", "write"))
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
	_, err := w.Repo.Review(key.Number, "guido", "APPROVED", "")
	trial.OK(t, err)
	if r := w.load(snapshot.Query{Key: key}); r.Merge == nil || r.Merge.Message != "Fix it (GH-2)\n\nWhy" {
		t.Errorf("merged %+v", r.Merge)
	}
}

// What is green by now is merged at once.
func TestAutoMergeTooLate(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openProtected()
	_, err := w.Repo.Review(key.Number, "guido", "APPROVED", "")
	trial.OK(t, err)
	w.apply(key, pull.MergePull{SHA: sha, Title: "Fix it (GH-2)", Auto: true})
	if st := w.PR(key); !st.Merged || st.MergedBy != "concorde[bot]" {
		t.Errorf("%+v", st)
	}
}

// Where there is no auto-merge, the log says so, and nothing is wrong.
func TestNoAutoMerge(t *testing.T) {
	for said, change := range map[string]func(*world){
		"Auto merge is not allowed for this repository": func(w *world) { w.Repo.AllowAutoMerge(false) },
		"Can't enable auto-merge for this pull request": func(w *world) { w.Repo.PlanWithoutAutoMerge() },
		"Protected branch rules not configured":         func(w *world) { trial.OK(w.T, w.Repo.Protect("main", ghtest.Protection{})) },
		"Pull request is in dirty status": func(w *world) { // a conflict, as scripts that ask for auto-merge have it
			w.Fault(ghtest.Fault{Path: "^/graphql", Contains: "enablePullRequestAutoMerge", Status: 200,
				Body: `{"data":{"change0":null},"errors":[{"type":"UNPROCESSABLE","path":["change0"],` +
					`"message":"Pull request Pull request is in dirty status"}]}`})
		},
		"Pull request is in unstable status": func(w *world) {
			trial.OK(w.T, w.Repo.Protect("main", ghtest.Protection{RequiredContexts: []string{}}))
			trial.OK(w.T, w.Repo.SetStatus(w.PR(pull.Key{Owner: "python", Repo: "cpython", Number: 1}).HeadSHA, "x",
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
		if st := w.PR(key); st.Merged || st.AutoMerge != "" {
			t.Errorf("%s: %+v", said, st)
		}
	}
}

func TestAutoMergeFaults(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openProtected()
	do := func(a pull.Action) error { return w.app.Apply(t.Context(), 0, key, a) }
	ghtrial.Check(t, "not on", do(pull.CancelMerge{}), ghtrial.Rejected, "Can't disable auto-merge")
	ghtrial.Check(t, "no commit", do(pull.MergePull{SHA: "main", Auto: true}), ghtrial.Rejected, "isn't a commit ID")
	ghtrial.Check(t, "another head", do(pull.MergePull{SHA: ghtrial.SomeSHA, Auto: true}), ghtrial.Rejected, "")
	for name, fault := range map[string]ghtest.Fault{
		"the look at the pull request": {Path: "^/graphql", Contains: "{id}"}, "the mutation": {Path: "^/graphql", Contains: "mutation"},
	} {
		fault.Status, fault.Times = 502, 2
		w.Fault(fault)
		for _, action := range []pull.Action{pull.MergePull{SHA: sha, Auto: true}, pull.CancelMerge{}} {
			w.app.IDs.ForgetSubject(key)
			ghtrial.Check(t, name, do(action), ghtrial.Temporary, "502")
		}
	}
	w.Fault(ghtest.Fault{Path: "^/graphql", Contains: "mutation", Status: 200,
		Body: `{"data":{"change0":null},"errors":[{"type":"FORBIDDEN","path":["change0"],"message":"Resource not accessible by integration"}]}`})
	ghtrial.Check(t, "may not", do(pull.MergePull{SHA: sha, Auto: true}), ghtrial.Denied,
		`grant the App the permission "contents: write, pull requests: write"`)
	if st := w.PR(key); st.Merged || st.AutoMerge != "" {
		t.Errorf("%+v", st)
	}
	other := pull.Key{Owner: "python", Repo: "cpython", Number: 4711}
	ghtrial.Check(t, "no pull request", w.app.Apply(t.Context(), 0, other, pull.CancelMerge{}), ghtrial.Gone, "NOT_FOUND")
}
