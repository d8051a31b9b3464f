package reconcile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/newscheck"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

const nextEntries = "Misc/NEWS.d/next/Library/"

// checksEntries checks the NEWS entries of some branches.
func checksEntries(branches []string) func(*reconcile.Config) {
	return func(c *reconcile.Config) {
		c.Rules = func(s config.Rules) []pull.Rule { return []pull.Rule{newscheck.Merged(s.News, lifecycle.Builtin)} }
		c.Entries = func(s config.Rules, _ pull.Repository, _ time.Time) reconcile.Entries {
			return reconcile.Entries{Branches: branches, Directory: s.News.Directory, Faulty: func(files []pull.File) []string {
				return changelog.Judge(s.News, files).Faulty()
			}}
		}
	}
}

// brings merges a pull request with an entry into a branch, and gives its number.
func (s *stage) brings(branch, entry string, by int) int {
	s.Helper()
	head := fmt.Sprintf("eric:%s-%d", branch, by)
	path := fmt.Sprintf("%s2026-08-01.gh-issue-%d.a.rst", nextEntries, 130000+by)
	_, err := s.repo.Push(head, ghtest.Commit{Message: "Fix it", Author: "eric", Files: map[string]ghtest.File{path: ghtest.Text(entry)}})
	s.check(err)
	number, err := s.repo.OpenPR(ghtest.PR{Title: "gh-130000: Fix it", Author: "eric", Head: head, Base: branch})
	s.check(err)
	_, err = s.repo.Merge(number, "dana")
	s.check(err)
	return number
}

func (s *stage) told(number int) (bodies []string) {
	s.Helper()
	state, err := s.repo.PR(number)
	s.check(err)
	for _, c := range state.Comments {
		bodies = append(bodies, c.Body)
	}
	return bodies
}

// TestNightlyEntries: entries that would break a release are found on their branches every
// night, in at most 15 requests for five branches, however long ago they were merged. Their
// pull requests get one comment, which says later that all is well.
func TestNightlyEntries(t *testing.T) {
	s := newStage(t)
	branches := []string{"3.14", "3.13", "3.12", "3.11", "main"} // main comes last, since pull requests start there
	for _, branch := range branches[:4] {
		_, err := s.repo.Push(branch)
		s.check(err)
	}
	var faulty, keys []string
	var numbers []int
	for i, branch := range branches {
		numbers = append(numbers, s.brings(branch, "gh-1: \xff Fix it.\n", i)) // GraphQL shows other bytes
		keys = append(keys, fmt.Sprintf("python/cpython#%d", numbers[i]))
		faulty = append(faulty, fmt.Sprintf("%s2026-08-01.gh-issue-%d.a.rst", nextEntries, 130000+i))
	}
	s.brings("main", "Fix it.\n", 100)
	s.clock.Advance(30 * 24 * time.Hour)
	s.seen()
	if later, ok := errors.AsType[*queue.Later](s.reconciler(checksEntries(branches)).Run(t.Context(), s.job(0))); !ok { // it lists
		t.Fatalf("outcome %v", later)
	}
	listing := s.seen()
	_, handed := s.sweep(checksEntries(branches))
	if slices.Sort(keys); !slices.Equal(handed, keys) {
		t.Errorf("handed on %v, want %v", handed, keys)
	}
	requests := 0
	for _, body := range listing {
		if strings.Contains(body, "tree:object(") || strings.Contains(body, "history(first:1,path:") || strings.Contains(body, "/git/blobs/") {
			requests++
		}
	}
	if requests < 2*len(branches) || requests > 15 {
		t.Errorf("checking the entries of five branches took %d requests", requests)
	}
	t.Logf("%d requests for five branches with a faulty entry each", requests)

	r := s.reconciler(checksEntries(branches))
	for range 2 { // the second changes nothing
		for i, number := range numbers {
			s.runs(r, number)
			if bodies := s.told(number); len(bodies) != 1 || !strings.Contains(bodies[0], faulty[i]) {
				t.Errorf("%s: the comments are %q", branches[i], bodies)
			}
		}
	}
	fixed := map[string]ghtest.File{faulty[1]: ghtest.Text("Fix it.\n")}
	_, err := s.repo.Push("3.13", ghtest.Commit{Message: "Fix the entry", Author: "dana", Files: fixed})
	s.check(err)
	for _, number := range numbers {
		s.runs(r, number)
	}
	if bodies := s.told(numbers[1]); len(bodies) != 1 || !strings.Contains(bodies[0], "is fine now") {
		t.Errorf("after the fix, the comments are %q", bodies)
	}
	if bodies := s.told(numbers[2]); len(bodies) != 1 || !strings.Contains(bodies[0], faulty[2]) {
		t.Errorf("after the fix of another one, the comments are %q", bodies)
	}
}

// runs runs a pull request's key, and accepts that it should run again.
func (s *stage) runs(r *reconcile.Reconciler, number int) {
	s.Helper()
	err := r.Run(s.Context(), s.job(number))
	if _, later := err.(*queue.Later); !later {
		s.check(err)
	}
}

// TestNightlyEntriesWithoutFaults: good entries cost one request a branch, and a branch that
// GitHub can't show doesn't hold up the sweep.
func TestNightlyEntriesWithoutFaults(t *testing.T) {
	s := newStage(t)
	s.brings("main", "Fix it.\n", 1)
	s.clock.Advance(30 * 24 * time.Hour)
	s.seen()
	if _, handed := s.sweep(checksEntries([]string{"main", "3.99"})); len(handed) > 0 {
		t.Errorf("handed on %v", handed)
	}
	requests := 0
	for _, body := range s.seen() {
		if strings.Contains(body, "tree:object(") || strings.Contains(body, "history(first:1,path:") {
			requests++
		}
	}
	if requests != 2 {
		t.Errorf("%d requests for two branches", requests)
	}
}
