package main

import (
	"net/http"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

const invalidPull = `{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"was submitted too ` +
	`quickly"}],"documentation_url":"https://docs.github.com/rest","status":"422"}`

// openTroubles are those of the pull request, and of the repository.
var openTroubles = []hardship{
	{
		name:  "pull request refused",
		begin: func(s *stage, _ *merged) { s.always(opening, answer(http.StatusUnprocessableEntity, invalidPull)) },
		comment: []string{"| 3.14 | error | The branch is pushed, but GitHub refused the pull request. Open it by hand from the branch.",
			"| 3.13 | error |"},
	},
	{
		name: "pull request there already",
		begin: func(s *stage, m *merged) {
			s.at(opening, 0, func() {
				_, err := s.cpython.OpenPR(ghtest.PR{Title: "[3.14] Mine", Author: "carol", Head: m.branch("3.14"), Base: "3.14"})
				s.check(err)
			})
		},
		comment: []string{"| 3.14 | open: #", "| 3.13 | open: #"},
	},
	{
		name: "pull request with nothing in it",
		begin: func(s *stage, m *merged) {
			s.at(opening, 0, func() {
				_, err := s.cpython.ForcePush("3.14", m.branch("3.14"))
				s.check(err)
			})
		},
		comment: []string{"| 3.14 | error | The branch is pushed, but GitHub refused the pull request. Open it by hand from the branch.",
			"| 3.13 | open: #"},
		healed: []string{"| 3.14 | already there |", "| 3.13 | open: #"},
	},
	{
		name: "pull request denied",
		begin: func(s *stage, _ *merged) {
			s.always(opening, answer(http.StatusForbidden, `{"message":"Resource not accessible by integration",`+
				`"documentation_url":"https://docs.github.com/rest","status":"403"}`))
		},
		comment: []string{`| 3.14 | error | The branch is pushed, but the App isn't allowed to open pull requests. It needs ` +
			`the permission "pull requests: write"`},
	},
	{
		name:    "pull request made, answer lost",
		begin:   func(s *stage, _ *merged) { s.always(opening, ghtest.Fault{DropAfter: true}) },
		comment: []string{"| 3.14 | open: #", "| 3.13 | open: #"},
	},
}

// TestRepositoryIsRenamed in the middle of a pick: the bot goes on under the
// new name.
func TestRepositoryIsRenamed(t *testing.T) {
	t.Parallel()
	s := backportStage(t, `repositories: ["python/*"]`).start()
	m := s.afterMerge("needs backport to 3.14")
	s.at(fetching, 0, func() { s.check(s.cpython.Rename("cpython-lts")) })
	s.github.Resume()
	s.shows(m.number, "| 3.14 | open: #")
	s.inPlace()
	if n := len(s.backports("3.14")); n != 1 {
		t.Errorf("%d backports", n)
	}
}

// TestRepositoryIsDeleted in the middle of a pick: the bot works on for others.
func TestRepositoryIsDeleted(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	s.afterMerge("needs backport to 3.14")
	s.at(fetching, 0, func() { s.check(s.cpython.Delete()) })
	s.github.Resume()
	t.Log(s.awaitLog("picking", "repository gone"))
	t.Log(s.awaitLog(`"key":"python/cpython#1"`, "404"))
	other, err := s.github.Repo("example/cpython", ghtest.RepoOptions{})
	s.check(err)
	s.cpython = other
	p := s.open(&pullRequest{})
	s.settled(p)
	s.inPlace()
}
