package apply

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestOpenPull(t *testing.T) {
	w := newWorld(t)
	sha := w.Backport("backport-1-3.14")
	got, err := w.app.OpenPull(t.Context(), 0, ghtrial.CPython,
		pull.OpenPull{Head: "backport-1-3.14", Base: "main", Title: "[3.14] gh-1:\nFix\r\nit ", Body: "Why\n", Draft: true})
	trial.OK(t, err)
	want := pull.Summary{Number: 1, Title: "[3.14] gh-1: Fix it", Body: "Why\n", State: pull.Open, Draft: true, Own: true,
		Author: "concorde[bot]", Association: "CONTRIBUTOR", Base: "main", Head: sha, HeadBranch: "backport-1-3.14", HeadOwner: "python"}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	key := pull.Key{Owner: "python", Repo: "cpython", Number: got.Number}
	if r := w.load(snapshot.Query{Key: key}); !r.Own || r.HeadOwner != "python" || r.HeadBranch != "backport-1-3.14" ||
		r.Author != "concorde[bot]" {
		t.Errorf("loaded %+v", r)
	}

	trial.OK(t, w.Repo.Label(got.Number, "guido", "docs"))
	again, err := w.app.OpenPull(t.Context(), 0, ghtrial.CPython, pull.OpenPull{Head: "backport-1-3.14", Base: "main", Title: "Another"})
	trial.OK(t, err)
	want.Labels = []string{"docs"}
	if diff := cmp.Diff(want, again, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the same again (-want +got):\n%s", diff)
	}
	if n := len(w.Repo.PRs()); n != 1 {
		t.Errorf("%d pull requests", n)
	}
}

// What a person opened from the same branch is as good, and is not ours.
func TestOpenPullOfOthers(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	got, err := w.app.OpenPull(t.Context(), 0, ghtrial.CPython, pull.OpenPull{Head: "alice:fix", Base: "main", Title: "Another"})
	trial.OK(t, err)
	if got.Number != key.Number || got.Own || got.Author != "alice" || got.State != pull.Open || got.HeadBranch != "fix" {
		t.Errorf("got %+v", got)
	}
	// A closed one is not in the way, and a new one is as much as that.
	trial.OK(t, w.Repo.Close(key.Number, "alice"))
	got, err = w.app.OpenPull(t.Context(), 0, ghtrial.CPython, pull.OpenPull{Head: "alice:fix", Base: "main", Title: "Another"})
	trial.OK(t, err)
	if got.Number == key.Number || !got.Own {
		t.Errorf("got %+v", got)
	}
}

func TestOpenPullCuts(t *testing.T) {
	w := newWorld(t)
	w.Backport("long")
	got, err := w.app.OpenPull(t.Context(), 0, ghtrial.CPython,
		pull.OpenPull{Head: "long", Base: "main", Title: strings.Repeat("ä", 300), Body: strings.Repeat("ö", 70_000)})
	trial.OK(t, err)
	if got.Title != strings.Repeat("ä", 256) || len(got.Body) > 65536 || !utf8.ValidString(got.Body) {
		t.Errorf("title of %d characters, body of %d bytes", utf8.RuneCountInString(got.Title), len(got.Body))
	}
}

func TestOpenPullFaults(t *testing.T) {
	w := newWorld(t)
	w.Backport("new")
	_, err := w.Repo.Push("same")
	trial.OK(t, err)
	open := func(o pull.OpenPull) error {
		o.Title = "t"
		_, err := w.app.OpenPull(t.Context(), 0, ghtrial.CPython, o)
		return err
	}
	ghtrial.Check(t, "no such head", open(pull.OpenPull{Head: "nothing", Base: "main"}), ghtrial.Rejected,
		"opening a pull request in python/cpython from nothing into main: POST /repos/{owner}/{repo}/pulls: 422: Validation Failed; "+
			"PullRequest head invalid")
	ghtrial.Check(t, "no such base", open(pull.OpenPull{Head: "new", Base: "nothing"}), ghtrial.Rejected, "PullRequest base invalid")
	ghtrial.Check(t, "nothing in it", open(pull.OpenPull{Head: "same", Base: "main"}), ghtrial.Rejected, "No commits between")
	_, err = w.app.OpenPull(t.Context(), 0, pull.Key{Owner: "python", Repo: ".."}, pull.OpenPull{})
	ghtrial.Check(t, "no repository", err, ghtrial.Rejected, "isn't a valid repository name")

	// GitHub did it and its answer is lost: the same call finds it.
	w.Fault(ghtest.Fault{Method: "POST", Path: "/pulls$", DropAfter: true})
	ghtrial.Check(t, "answer lost", open(pull.OpenPull{Head: "new", Base: "main"}), ghtrial.Temporary, "sending the request")
	trial.OK(t, open(pull.OpenPull{Head: "new", Base: "main"}))
	if n := len(w.Repo.PRs()); n != 1 {
		t.Errorf("%d pull requests", n)
	}
	w.Fault(ghtest.Fault{Method: "GET", Path: "/pulls$", Status: 200, Body: "[]"})
	ghtrial.Check(t, "not listed yet", open(pull.OpenPull{Head: "new", Base: "main"}), ghtrial.Temporary, "not listed (yet)")
	w.Fault(ghtest.Fault{Method: "GET", Path: "/pulls$", Status: 502})
	ghtrial.Check(t, "no list", open(pull.OpenPull{Head: "new", Base: "main"}), ghtrial.Temporary, "502")
	w.Fault(ghtest.Fault{Method: "POST", Path: "/pulls$", Status: 201, Body: "{}"})
	ghtrial.Check(t, "no number", open(pull.OpenPull{Head: "new", Base: "main"}), ghtrial.Temporary, "names no pull request")
	w.Fault(ghtest.Fault{Method: "POST", Path: "/pulls$", Status: 403, Body: `{"message":"Resource not accessible by integration"}`})
	ghtrial.Check(t, "403", open(pull.OpenPull{Head: "new", Base: "main"}), ghtrial.Denied, "pull requests: write")
	w.Fault(ghtest.SecondaryLimit(time.Minute))
	ghtrial.Check(t, "limit", open(pull.OpenPull{Head: "new", Base: "main"}), ghtrial.Limited, "limited until")
}

func TestOpenPullCost(t *testing.T) {
	w := newWorld(t)
	w.Backport("new")
	_, _, err := w.app.Committer(t.Context()) // all that is remembered
	trial.OK(t, err)
	for _, want := range [][]string{{"POST pulls"}, {"POST pulls", "GET pulls"}} {
		w.Srv.ResetRequests()
		_, err := w.app.OpenPull(t.Context(), 0, ghtrial.CPython, pull.OpenPull{Head: "new", Base: "main", Title: "t"})
		trial.OK(t, err)
		var got []string
		for _, r := range w.Srv.Requests() {
			if _, of, ok := strings.Cut(r.Path, "/repos/python/cpython/"); ok && of != "installation" {
				got = append(got, r.Method+" "+of)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("requests %q, want %q", got, want)
		}
	}
}

// Maintainers cannot be let into the fork of another organisation: the pull
// request is opened all the same.
func TestOpenPullFromAForkThatLetsNobodyIn(t *testing.T) {
	w := newWorld(t)
	_, err := w.Repo.Push("bot-forks:fix", ghtest.Commit{Message: "Fix it", Files: map[string]ghtest.File{"a.txt": ghtest.Text("A\n")}})
	trial.OK(t, err)
	trial.OK(t, w.Srv.Fault(ghtest.Fault{Method: "POST", Path: "/pulls$", Contains: `"maintainer_can_modify":true`, Status: 422,
		Body: `{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","field":"fork_collab","message":"Fork ` +
			`collab can't be granted by someone without permission"}]}`}))
	s, err := w.app.OpenPull(t.Context(), 0, ghtrial.CPython, pull.OpenPull{Head: "bot-forks:fix", Base: "main", Title: "Fix it"})
	trial.OK(t, err)
	if s.Number == 0 || !s.Own || s.HeadBranch != "fix" {
		t.Errorf("opened %+v", s)
	}
}
