package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// A run's time is longer than all that it may wait for one after the other.
func TestPicksEndWithinARun(t *testing.T) {
	const load = 2 * 30 * time.Second // gh.App.Load: two requests' time
	if sum := load + 2*(fetchTime+pickTime+pushTime); sum >= runTime {
		t.Errorf("a load and two picks may take %s, a run %s", sum, runTime)
	}
}

// TestOneAccountHangs: GitHub doesn't answer for one repository, whose pull requests all
// wait for it. Another account's get their statuses while they do, and so does the
// account's other repository.
func TestOneAccountHangs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	hanging, beside, elsewhere := s.repository("slow/a"), s.repository("slow/b"), s.repository("pypa/pip")
	s.environment["BOT_CONFIG"] = settingsFile(t, "repositories: [python/cpython, slow/a, slow/b, pypa/pip]\n")
	s.start()
	s.check(s.github.Fault(ghtest.Fault{Path: "^/graphql$", Contains: `"name":"a"`, Times: -1, Hang: true}))
	var stuck []int
	for range 2 * workers {
		stuck = append(stuck, s.openIn(hanging))
	}
	flush(t, s.github)
	eventually(t, "the repository's share of workers to hang", func() bool { return s.github.Hanging() >= workers/4 })
	for _, repo := range []*ghtest.Repo{beside, elsewhere, beside, elsewhere} {
		number := s.openIn(repo)
		eventually(t, "the status of "+repo.Name(), func() bool { return s.hasStatus(repo, number) })
	}
	// GitHub notices a moment later that the bot has given up a request.
	eventually(t, "the repository to have no more than its share", func() bool { return s.github.Hanging() <= workers/4 })
	for _, number := range stuck {
		if s.hasStatus(hanging, number) {
			t.Errorf("%s#%d has a status: then this test shows nothing", hanging.Name(), number)
		}
	}
}

// repository is one that the App is installed on, which nobody knows of yet.
func (s *stage) repository(name string) *ghtest.Repo {
	s.Helper()
	repo, err := s.github.Repo(name, ghtest.RepoOptions{})
	s.check(err)
	return repo
}

// openIn opens a pull request from a branch of its own, by one of four people.
func (s *stage) openIn(repo *ghtest.Repo) int {
	s.Helper()
	count := len(repo.PRs())
	author := []string{"eric", "terry", "michael", "graham"}[count%4]
	head := fmt.Sprintf("%s:branch-%d", author, count)
	_, err := repo.Push(head, ghtest.Commit{Message: head, Files: map[string]ghtest.File{"Lib/changed.py": ghtest.Text(repo.Name() + head)}})
	s.check(err)
	number, err := repo.OpenPR(ghtest.PR{Title: "gh-140000: Change", Author: author, Head: head})
	s.check(err)
	return number
}

func (s *stage) hasStatus(repo *ghtest.Repo, number int) bool {
	s.Helper()
	state, err := repo.PR(number)
	s.check(err)
	return state.Statuses[newsContext].State != ""
}
