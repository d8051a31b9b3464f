package main

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestPlanSaysWhatItLeavesOut: the running bot goes by a file's last good version, which
// is in its database. bot plan knows none, and says so.
func TestPlanSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.settings("preset: cpython\n")
	_, err := s.cpython.Push("alice:spam", ghtest.Commit{Message: "Fry", Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text("fry\n")}})
	s.check(err)
	n, err := s.cpython.OpenPR(ghtest.PR{Title: "gh-140000: Fry", Author: "alice", Head: "alice:spam"})
	s.check(err)
	for _, file := range []string{config.RepositoryFile, labeler.Path} {
		if code, _, stderr := s.plans(n); code != exitOK || strings.Contains(stderr, file) {
			t.Errorf("%d: %s", code, stderr)
		}
		_, err = s.cpython.Push("main", ghtest.Commit{Message: "Break it", Files: map[string]ghtest.File{file: ghtest.Text("x: 1\n")}})
		s.check(err)
		code, stdout, stderr := s.plans(n)
		if want := "bot: " + file + " of python/cpython has faults, so this plan ignores it"; code != exitOK ||
			!strings.Contains(stderr, want) || stdout == "" {
			t.Errorf("%d, want %q in %s", code, want, stderr)
		}
	}
}

// TestPlanShowsModes: what a rule in shadow would do is told apart from what the bot does.
func TestPlanShowsModes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.settings("preset: cpython\nmodes: {stage: shadow}\n")
	_, err := s.cpython.Push("alice:spam", ghtest.Commit{Message: "Fry", Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text("fry\n")}})
	s.check(err)
	n, err := s.cpython.OpenPR(ghtest.PR{Title: "gh-140000: Fry", Author: "alice", Head: "alice:spam"})
	s.check(err)
	code, stdout, stderr := s.plans(n)
	acts, shadow, found := strings.Cut(stdout, "in shadow, so not applied:\n")
	predicted := strings.HasPrefix(shadow, "  label +\"awaiting review\" (rule stage)\n")
	if code != exitOK || !found || strings.Contains(acts, "awaiting review") || !predicted {
		t.Errorf("%d: %s%s", code, stdout, stderr)
	}
}

// TestPlanWithTheDatabase: with the running bot's database, a plan goes by the last good
// versions of files that have faults now, and says which have none. It changes nothing.
func TestPlanWithTheDatabase(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.settings("preset: cpython\n")
	push := func(file, text string) {
		_, err := s.cpython.Push("main", ghtest.Commit{Message: "Settings", Files: map[string]ghtest.File{file: ghtest.Text(text)}})
		s.check(err)
	}
	push(config.RepositoryFile, "news: {mode: off}\n")
	s.start()
	first := s.opened("fry")
	s.eventually("the bot to work on it", func() bool { return len(s.pr(first).Labels) > 0 }, func() string { return "" })
	if s.pr(first).Statuses[newsContext].State != "" {
		t.Fatal("the repository's settings aren't in force")
	}
	s.bot.stop(s)
	push(config.RepositoryFile, "x: 1\n")
	push(labeler.Path, "x: 1\n")
	second := s.opened("boil")
	code, stdout, stderr := s.plans(second)
	if code != exitOK || !strings.Contains(stdout, newsContext) || !strings.Contains(stderr, config.RepositoryFile) {
		t.Errorf("without the database: %d: %s%s", code, stdout, stderr)
	}
	for range 2 {
		code, stdout, stderr = s.plans(second, "--database", s.environment["DATABASE_URL"])
		if code != exitOK || stdout == "" || strings.Contains(stdout, newsContext) || strings.Contains(stderr, config.RepositoryFile) ||
			!strings.Contains(stderr, labeler.Path+" of python/cpython has faults, and the bot knows no good version") {
			t.Errorf("with the database: %d: %s%s", code, stdout, stderr)
		}
	}
	if code, _, stderr = s.plans(second, "--database", s.environment["DATABASE_URL"]+"x"); code == exitOK || !strings.Contains(stderr, "--database") {
		t.Errorf("without a file: %d: %s", code, stderr)
	}
}

func (s *stage) opened(name string) int {
	s.Helper()
	_, err := s.cpython.Push("alice:"+name, ghtest.Commit{Message: name, Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text(name)}})
	s.check(err)
	n, err := s.cpython.OpenPR(ghtest.PR{Title: "gh-140000: " + name, Author: "alice", Head: "alice:" + name})
	s.check(err)
	return n
}
