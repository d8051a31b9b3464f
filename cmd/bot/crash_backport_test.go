package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// moment is a request of a backport at which the bot is killed: when it has
// come, or (after) when it is done and not answered.
type moment struct {
	name         string
	method, path string
	contains     string
	skip         int // so many of these requests pass first
	after        bool
	leaves       bool // the directory of a pick, which the next start must remove
}

var steps = []moment{
	{name: "before the fetch", method: http.MethodPost, path: "/git-upload-pack$", leaves: true},
	{name: "in the fetch", method: http.MethodPost, path: "/git-upload-pack$", skip: 1, leaves: true},
	{name: "after the fetch", method: http.MethodPost, path: "/git-upload-pack$", skip: 2, after: true, leaves: true},
	{name: "before the push", method: http.MethodPost, path: "/git-receive-pack$", leaves: true},
	{name: "after the push", method: http.MethodPost, path: "/git-receive-pack$", after: true, leaves: true},
	{name: "before a pull request", method: http.MethodPost, path: "/cpython/pulls$"},
	{name: "after a pull request", method: http.MethodPost, path: "/cpython/pulls$", after: true},
	{name: "after both pull requests", method: http.MethodPost, path: "/cpython/pulls$", skip: 1, after: true},
	{name: "before the status comment and the labels", method: http.MethodPost, path: "^/graphql$", contains: "addComment"},
	{name: "after the status comment and the labels", method: http.MethodPost, path: "^/graphql$", contains: "addComment", after: true},
	{name: "after the labels of a backport", method: http.MethodPost, path: "^/graphql$", contains: "addLabels", after: true},
	{name: "after the status", method: http.MethodPost, path: "/statuses/", contains: "backport-conflict", after: true},
	{name: "after the assignment", method: http.MethodPost, path: "^/graphql$", contains: "addAssignees", after: true},
}

// TestKilledInABackport kills the bot with SIGKILL at one step of a backport
// after the other. The next start ends what was begun, with the database of the
// first or without, although all webhooks of the meantime are lost: one pull
// request for each target, one status comment, the right labels.
func TestKilledInABackport(t *testing.T) {
	t.Parallel()
	every := suite.Sizes[int]{Normal: 5, Long: 1, Full: 1}.Size()
	for i, m := range steps {
		for k, lost := range []bool{false, true} {
			if (2*i+k)%every > 0 {
				continue
			}
			name := m.name
			if lost {
				name += ", database lost"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := backportStage(t)
				picks := filepath.Join(t.TempDir(), "picks")
				s.environment["BOT_PICKS"] = picks
				number := s.twoTargets()
				s.killAt(m, func() {
					_, err := s.cpython.Merge(number, "dana")
					s.check(err)
				})
				flush(t, s.github) // what came meanwhile is lost
				if left := jobs(t, picks); m.leaves && len(left) == 0 {
					t.Error("nothing was left to be removed: then this shows nothing")
				}
				if lost {
					s.environment["DATABASE_URL"] = filepath.Join(t.TempDir(), "another.db")
				}
				s.run()
				s.ends(number)
				if left := jobs(t, picks); len(left) > 0 {
					t.Errorf("left of the picks: %q", left)
				}
			})
		}
	}
}

// twoTargets opens a pull request that is clean on 3.14 and conflicts with 3.13.
// The bot has seen it before the merge.
func (s *stage) twoTargets() int {
	s.Helper()
	s.check(s.cpython.Collaborator("dana", "write"))
	_, err := s.cpython.Push("3.13", ghtest.Commit{Message: "gh-1: Other words (GH-9)", Author: "carol",
		Files: map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Thanks\n")}})
	s.check(err)
	s.start()
	number := s.change("gh-140001: Fix it", map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Acknowledgements\n\nEric\n")},
		"type-bug", "skip news", "needs backport to 3.14", "needs backport to 3.13")
	s.rests()
	return number
}

// killAt kills the bot at a moment of what the trigger starts.
func (s *stage) killAt(m moment, trigger func()) {
	s.Helper()
	bot, dead := s.bot, make(chan struct{})
	kill := func() {
		bot.kill()
		close(dead)
	}
	fault := ghtest.Fault{Method: m.method, Path: m.path, Contains: m.contains, After: m.skip}
	if m.after {
		fault.Then = kill
	} else {
		fault.Before, fault.Drop = kill, true
	}
	s.check(s.github.Fault(fault))
	trigger()
	s.eventually(m.name, func() bool {
		select {
		case <-dead:
			return true
		default:
			return false
		}
	}, func() string { return "no such request" })
}

// ends waits for the end of the merge of twoTargets.
func (s *stage) ends(number int) {
	s.Helper()
	lacks := ""
	s.eventually("the end", func() bool {
		lacks = s.lacks(number)
		return lacks == ""
	}, func() string { return lacks + "\n" + s.statusComment(number) })
	s.rests()
	if lacks = s.lacks(number); lacks != "" {
		s.Errorf("in the end: %s", lacks)
	}
	opened := 0
	for _, w := range s.cpython.Writes() {
		if w.Kind == "pull" {
			opened++
		}
	}
	if opened != 2 {
		s.Errorf("%d pull requests were opened, want 2", opened)
	}
	if errors := s.bot.errors(); len(errors) > 0 {
		s.Errorf("the log has errors: %q\n%s", errors, s.bot.log)
	}
}

// lacks says what is not as it must be in the end.
func (s *stage) lacks(number int) string {
	s.Helper()
	clean, draft := s.backports("3.14"), s.backports("3.13")
	if len(clean) != 1 || len(draft) != 1 {
		return fmt.Sprintf("%d and %d backports", len(clean), len(draft))
	}
	original, err := s.cpython.PR(number)
	s.check(err)
	want := map[int][]string{number: {"skip news", "type-bug"}, draft[0].Number: {"skip news", "type-bug"},
		clean[0].Number: {"awaiting review", "skip news", "type-bug"}}
	for _, p := range []ghtest.PRState{original, clean[0], draft[0]} {
		if labels := slices.Sorted(slices.Values(p.Labels)); !slices.Equal(labels, want[p.Number]) {
			return fmt.Sprintf("#%d has the labels %q, want %q", p.Number, labels, want[p.Number])
		}
	}
	var branches []string
	for _, name := range s.cpython.Branches() {
		if strings.HasPrefix(name, "backport-") {
			branches = append(branches, name)
		}
	}
	if want := []string{s.headOf(draft[0]), s.headOf(clean[0])}; !slices.Equal(branches, want) {
		return fmt.Sprintf("branches %q, want %q", branches, want)
	}
	status := draft[0].Statuses["concorde/backport-conflict"].State
	if clean[0].Draft || !draft[0].Draft || status != "failure" || !slices.Equal(draft[0].Assignees, []string{"dana"}) {
		return fmt.Sprintf("drafts: %v, %v; status %q, assignees %q", clean[0].Draft, draft[0].Draft, status, draft[0].Assignees)
	}
	comment := s.statusComment(number)
	for _, want := range []string{fmt.Sprintf("| 3.14 | open: #%d |", clean[0].Number),
		fmt.Sprintf("| 3.13 | conflict: #%d |", draft[0].Number)} {
		if !strings.Contains(comment, want) {
			return fmt.Sprintf("the status comment does not show %q", want)
		}
	}
	if !strings.Contains(draft[0].Body, "Misc/ACKS") {
		return "nothing names the conflicting file: " + draft[0].Body
	}
	return ""
}

// jobs are the directories of picks.
func jobs(t testing.TB, picks string) []string {
	t.Helper()
	entries, err := os.ReadDir(picks)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "job-") {
			names = append(names, e.Name())
		}
	}
	return names
}
