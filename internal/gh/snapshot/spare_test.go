package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// long is as much as GitHub takes, of what JSON needs six bytes for.
var long = strings.Repeat("<", 65_536)

// flood are more long comments than one answer may bring, with short ones between them.
func (w *world) flood(number int) {
	w.T.Helper()
	for i := range 36 {
		text := long
		if i%15 == 0 {
			text = fmt.Sprint("short ", i)
		}
		_, err := w.Repo.Comment(number, "mallory", text)
		trial.OK(w.T, err)
	}
}

// shorts are the comments that weren't emptied, except the longest.
func (w *world) shorts(all []pull.Comment) (bodies []string) {
	w.T.Helper()
	size := 0
	for _, c := range all {
		size += len(c.Body)
		if c.Body != "" && c.Body != long {
			bodies = append(bodies, c.Body)
		}
	}
	if size > maxSaid {
		w.T.Errorf("%d bytes of comments are kept", size)
	}
	return bodies
}

// TestLongComments: strangers fill a pull request and a tracking issue with the longest
// comments that GitHub takes. They're still read, in bounded memory, with the short comments;
// the next load brings the same.
func TestLongComments(t *testing.T) {
	w, key := newPull(t)
	issue := newIssue(t, w)
	want := []string{"short 0", "short 15", "short 30"}
	w.flood(key.Number)
	w.flood(issue.Number)
	for _, time := range []string{"first", "second"} {
		r := w.load(Query{Key: key, Needs: pull.Comments | pull.Notes})
		if got := w.shorts(r.Comments); !slices.Equal(got, want) || len(r.Comments) != 36 {
			t.Errorf("the %s time: %d comments, the short ones %q", time, len(r.Comments), got)
		}
	}
	r := w.load(Query{Key: key, Looks: looksAt(pull.Looks{Threads: []int{issue.Number}})})
	if got := w.shorts(r.Threads[issue.Number].Comments); !slices.Equal(got, want) {
		t.Errorf("the thread's short ones are %q", got)
	}
}

// TestLongCommentsOnCommits: strangers can't keep a branch's checks from being read.
func TestLongCommentsOnCommits(t *testing.T) {
	w := newWorld(t)
	for i := range 3 {
		sha, err := w.Repo.Push("main", ghtest.Commit{Message: fmt.Sprint("c", i)})
		trial.OK(t, err)
		for range commentsPerCommit {
			trial.OK(t, w.Repo.CommentOnCommit(sha, "mallory", long))
		}
		trial.OK(t, w.Repo.SetStatus(sha, "ci", ghtest.Status{Context: "slow/refleak", State: "failure"}))
		trial.OK(t, w.Repo.CommentOnCommit(sha, "buildbot", "failed"))
	}
	b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching()})
	trial.OK(t, err)
	want := []string{"c0 #0: buildbot bad, slow/refleak bad", "c1 #0: buildbot bad, slow/refleak bad", "c2 #0: buildbot bad, slow/refleak bad"}
	if got := runs(b); len(got) < 3 || !slices.Equal(got[len(got)-3:], want) {
		t.Errorf("%q", got)
	}
}

// TestSpare: the longest bodies go first, those of one length together, in any order.
func TestSpare(t *testing.T) {
	for _, tt := range []struct {
		most int
		want string
	}{{10, "aaaa bb bb c"}, {9, "aaaa bb bb c"}, {8, " bb bb c"}, {5, " bb bb c"}, {4, "   c"}, {1, "   c"}, {0, "   "}} {
		for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}} {
			all := []string{"aaaa", "bb", "bb", "c"}
			var bodies []*string
			for _, i := range order {
				bodies = append(bodies, &all[i])
			}
			if spare(bodies, tt.most); strings.Join(all, " ") != tt.want {
				t.Errorf("at most %d bytes: %q, want %q", tt.most, all, tt.want)
			}
		}
	}
}
