package apply

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

var cpython = pull.Key{Owner: "python", Repo: "cpython"}

// backport pushes a branch of the repository itself, as an engine does.
func (w *world) backport(branch string) (sha string) {
	w.t.Helper()
	sha, err := w.repo.Push(branch, ghtest.Commit{Message: "Fix it", Author: "alice",
		Files: map[string]ghtest.File{"fix.txt": ghtest.Text(branch)}})
	must(w.t, err)
	return sha
}

func TestOpenPull(t *testing.T) {
	w := newWorld(t)
	sha := w.backport("backport-1-3.14")
	got, err := w.app.OpenPull(t.Context(), 0, cpython,
		pull.OpenPull{Head: "backport-1-3.14", Base: "main", Title: "[3.14] gh-1:\nFix\r\nit ", Body: "Why\n", Draft: true})
	must(t, err)
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

	must(t, w.repo.Label(got.Number, "guido", "docs"))
	again, err := w.app.OpenPull(t.Context(), 0, cpython, pull.OpenPull{Head: "backport-1-3.14", Base: "main", Title: "Another"})
	must(t, err)
	want.Labels = []string{"docs"}
	if diff := cmp.Diff(want, again, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the same again (-want +got):\n%s", diff)
	}
	if n := len(w.repo.PRs()); n != 1 {
		t.Errorf("%d pull requests", n)
	}
}

// What a person opened from the same branch is as good, and is not ours.
func TestOpenPullOfOthers(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	got, err := w.app.OpenPull(t.Context(), 0, cpython, pull.OpenPull{Head: "alice:fix", Base: "main", Title: "Another"})
	must(t, err)
	if got.Number != key.Number || got.Own || got.Author != "alice" || got.State != pull.Open || got.HeadBranch != "fix" {
		t.Errorf("got %+v", got)
	}
	// A closed one is not in the way, and a new one is as much as that.
	must(t, w.repo.Close(key.Number, "alice"))
	got, err = w.app.OpenPull(t.Context(), 0, cpython, pull.OpenPull{Head: "alice:fix", Base: "main", Title: "Another"})
	must(t, err)
	if got.Number == key.Number || !got.Own {
		t.Errorf("got %+v", got)
	}
}

func TestOpenPullCuts(t *testing.T) {
	w := newWorld(t)
	w.backport("long")
	got, err := w.app.OpenPull(t.Context(), 0, cpython,
		pull.OpenPull{Head: "long", Base: "main", Title: strings.Repeat("ä", 300), Body: strings.Repeat("ö", 70_000)})
	must(t, err)
	if got.Title != strings.Repeat("ä", 256) || len(got.Body) > 65536 || !utf8.ValidString(got.Body) {
		t.Errorf("title of %d characters, body of %d bytes", utf8.RuneCountInString(got.Title), len(got.Body))
	}
}

func TestOpenPullFaults(t *testing.T) {
	w := newWorld(t)
	w.backport("new")
	_, err := w.repo.Push("same")
	must(t, err)
	open := func(o pull.OpenPull) error {
		o.Title = "t"
		_, err := w.app.OpenPull(t.Context(), 0, cpython, o)
		return err
	}
	check(t, "no such head", open(pull.OpenPull{Head: "nothing", Base: "main"}), rejected,
		"opening a pull request in python/cpython from nothing into main: POST /repos/{owner}/{repo}/pulls: 422: Validation Failed; "+
			"PullRequest head invalid")
	check(t, "no such base", open(pull.OpenPull{Head: "new", Base: "nothing"}), rejected, "PullRequest base invalid")
	check(t, "nothing in it", open(pull.OpenPull{Head: "same", Base: "main"}), rejected, "No commits between")
	_, err = w.app.OpenPull(t.Context(), 0, pull.Key{Owner: "python", Repo: ".."}, pull.OpenPull{})
	check(t, "no repository", err, rejected, "isn't a valid repository name")

	// GitHub did it and its answer is lost: the same call finds it.
	w.fault(ghtest.Fault{Method: "POST", Path: "/pulls$", DropAfter: true})
	check(t, "answer lost", open(pull.OpenPull{Head: "new", Base: "main"}), temporary, "sending the request")
	must(t, open(pull.OpenPull{Head: "new", Base: "main"}))
	if n := len(w.repo.PRs()); n != 1 {
		t.Errorf("%d pull requests", n)
	}
	w.fault(ghtest.Fault{Method: "GET", Path: "/pulls$", Status: 200, Body: "[]"})
	check(t, "not listed yet", open(pull.OpenPull{Head: "new", Base: "main"}), temporary, "not listed (yet)")
	w.fault(ghtest.Fault{Method: "GET", Path: "/pulls$", Status: 502})
	check(t, "no list", open(pull.OpenPull{Head: "new", Base: "main"}), temporary, "502")
	w.fault(ghtest.Fault{Method: "POST", Path: "/pulls$", Status: 201, Body: "{}"})
	check(t, "no number", open(pull.OpenPull{Head: "new", Base: "main"}), temporary, "names no pull request")
	w.fault(ghtest.Fault{Method: "POST", Path: "/pulls$", Status: 403, Body: `{"message":"Resource not accessible by integration"}`})
	check(t, "403", open(pull.OpenPull{Head: "new", Base: "main"}), denied, "pull requests: write")
	w.fault(ghtest.SecondaryLimit(time.Minute))
	check(t, "limit", open(pull.OpenPull{Head: "new", Base: "main"}), limited, "limited until")
}

func TestOpenPullCost(t *testing.T) {
	w := newWorld(t)
	w.backport("new")
	_, _, err := w.app.Committer(t.Context()) // all that is remembered
	must(t, err)
	for _, want := range [][]string{{"POST pulls"}, {"POST pulls", "GET pulls"}} {
		w.srv.ResetRequests()
		_, err := w.app.OpenPull(t.Context(), 0, cpython, pull.OpenPull{Head: "new", Base: "main", Title: "t"})
		must(t, err)
		var got []string
		for _, r := range w.srv.Requests() {
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
	_, err := w.repo.Push("bot-forks:fix", ghtest.Commit{Message: "Fix it", Files: map[string]ghtest.File{"a.txt": ghtest.Text("A\n")}})
	must(t, err)
	must(t, w.srv.Fault(ghtest.Fault{Method: "POST", Path: "/pulls$", Contains: `"maintainer_can_modify":true`, Status: 422,
		Body: `{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","field":"fork_collab","message":"Fork ` +
			`collab can't be granted by someone without permission"}]}`}))
	s, err := w.app.OpenPull(t.Context(), 0, cpython, pull.OpenPull{Head: "bot-forks:fix", Base: "main", Title: "Fix it"})
	must(t, err)
	if s.Number == 0 || !s.Own || s.HeadBranch != "fix" {
		t.Errorf("opened %+v", s)
	}
}
