package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// commanded is a running stage with a triager, and who the bot is.
func commanded(t *testing.T, settings string) (s *stage, me string) {
	t.Helper()
	s = backportStage(t, settings)
	s.check(s.cpython.Collaborator("carol", "triage"))
	s.check(s.cpython.Collaborator("dana", "write"))
	s.start()
	return s, "@" + strings.TrimSuffix(s.github.BotLogin(), "[bot]")
}

// reacted checks the bot's reactions to a comment.
func (s *stage) reacted(number int, comment int64, want ...string) {
	s.Helper()
	var got []string
	for _, c := range s.pr(number).Comments {
		for _, r := range c.Reactions {
			if c.ID == comment && r.By == s.github.BotLogin() {
				got = append(got, r.Content)
			}
		}
	}
	if !slices.Equal(got, want) {
		s.Errorf("the bot reacted to comment %d on #%d with %q, want %q\n%s", comment, number, got, want, s.bot.log)
	}
}

// TestTriagerCommands: a triager sets labels and takes them off, on pull requests
// and on issues.
func TestTriagerCommands(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "")
	n := s.proposal("gh-140000: Fry")
	for _, number := range []int{n, 140001} {
		before := s.pr(number).Labels
		id := s.says(number, "carol", me+" label +docs +DO-NOT-MERGE +type-bug")
		s.labelled(number, append(slices.Clone(before), "docs", "DO-NOT-MERGE", "type-bug")...)
		s.reacted(number, id, "+1")
		id = s.says(number, "Carol", "Sorry.\n\n"+strings.ToUpper(me)+"[bot]: label -docs, -\"type-bug\"")
		s.labelled(number, append(slices.Clone(before), "DO-NOT-MERGE")...)
		s.reacted(number, id, "+1")
		s.answered(number)
		s.quiet(number)
	}
}

// TestOutsiderCommands: who may not is told so, once and kindly.
func TestOutsiderCommands(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "commands: {outsiders: [docs]}")
	n := s.proposal("gh-140000: Fry")
	s.then(func() error { return s.cpython.Label(n, "carol", "type-bug") })
	id := s.says(n, "mallory", me+" label +type-feature -type-bug\n"+me+" backport 3.14")
	s.labelled(n, "awaiting review", "type-bug")
	s.reacted(n, id, "confused")
	s.answered(n, "mallory, I couldn't do that")
	allowed := s.says(n, "mallory", me+" label +docs")
	s.labelled(n, "awaiting review", "docs", "type-bug")
	s.reacted(n, allowed, "+1")
	s.says(n, "mallory", "Nice!")
	s.answered(n, "mallory, I couldn't do that")
	if body := s.answers(n)[0]; strings.Contains(body, "@mallory") {
		t.Errorf("the answer mentions an outsider: %q", body)
	}
	s.quiet(n)
}

// TestEditedCommands: a comment runs once, whoever edits it, and only with its
// author's own words.
func TestEditedCommands(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "")
	n := s.proposal("gh-140000: Fry")
	id := s.says(n, "carol", me+" label +docs")
	s.then(func() error { return s.cpython.Unlabel(n, "dana", "docs") })
	s.then(func() error { return s.cpython.EditComment(n, "carol", id, me+" label +docs +tests") })
	s.labelled(n, "awaiting review")
	s.reacted(n, id, "+1")
	other := s.says(n, "dana", "Nice!")
	s.then(func() error { return s.cpython.EditComment(n, "mallory", other, me+" label +DO-NOT-MERGE") })
	s.labelled(n, "awaiting review")
	s.reacted(n, other)
	s.answered(n)
	s.quiet(n)
}

// TestNoCommands: in code and quotes nothing is a command, nor in the middle of a
// line, nor where a bot says it.
func TestNoCommands(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "")
	n := s.proposal("gh-140000: Fry")
	line := me + " label +docs"
	for _, body := range []string{"> " + line, "```\n" + line + "\n```", "    " + line, "`" + line + "`", "<!--\n" + line + "\n-->", "Say " +
		line + " for that", "@concorde-else label +docs"} {
		s.reacted(n, s.says(n, "carol", body))
	}
	s.reacted(n, s.says(n, "dependabot[bot]", line))
	s.labelled(n, "awaiting review")
	s.answered(n)
	s.quiet(n)
}

// TestBackportCommand: on a merged pull request the command opens the backport.
func TestBackportCommand(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "")
	m := s.afterMerge()
	s.github.Resume()
	s.rests()
	id := s.says(m.number, "mallory", me+" backport 3.14")
	s.reacted(m.number, id, "confused")
	id = s.says(m.number, "carol", me+" backport 3.14")
	s.shows(m.number, "| 3.14 | open: #")
	s.rests()
	s.reacted(m.number, id, "+1")
	if open := s.backports("3.14"); len(open) != 1 || len(s.backports("3.13")) != 0 {
		t.Errorf("%d backports to 3.14, %d to 3.13", len(open), len(s.backports("3.13")))
	}
	s.labelled(m.number, "skip news")
	s.quiet(m.number)
}

var whyDocs = regexp.MustCompile("\\| label `docs` \\| rule `labels` \\| [^|]+ UTC \\| `cpython.yml:([0-9]+)` \\|")

// TestWhyCommand: anyone may ask, and is told the rule and its line.
func TestWhyCommand(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "")
	n := s.proposes(ghtest.PR{Title: "gh-140000: Document", Author: "alice"},
		map[string]ghtest.File{"Doc/library/spam.rst": ghtest.Text("Spam\n====\n")})
	s.then(func() error { return s.cpython.Label(n, "carol", "type-bug") })
	id := s.says(n, "mallory", me+" why")
	s.reacted(n, id, "+1")
	s.answered(n, "| label `type-bug` | `carol` |")
	body := s.answers(n)[0]
	for _, want := range []string{"| status `bedevere/issue-number`: success | rule `issue-number` |",
		"| label `awaiting review` | rule `stage` |"} {
		if !strings.Contains(body, want) {
			t.Errorf("the answer lacks %q:\n%s", want, body)
		}
	}
	found := whyDocs.FindStringSubmatch(body)
	if found == nil {
		t.Fatalf("the answer does not name the line of the rule:\n%s", body)
	}
	preset, err := os.ReadFile("../../config/cpython.yml")
	s.check(err)
	line, err := strconv.Atoi(found[1])
	s.check(err)
	if lines := strings.Split(string(preset), "\n"); line > len(lines) || strings.TrimSpace(lines[line-1]) != "- label: docs" {
		t.Errorf("the rule on docs is not in line %d of the preset", line)
	}
	s.quiet(n)
}

// TestReadyCommand: it says that the changes are made, and marks a draft ready; the
// author alone may.
func TestReadyCommand(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "")
	n := s.proposal("gh-140000: Fry")
	s.gives(n, "dana", "CHANGES_REQUESTED")
	s.then(func() error { return s.cpython.SetDraft(n, true) })
	s.reacted(n, s.says(n, "carol", me+" ready"), "confused")
	if !s.pr(n).Draft {
		t.Error("somebody else made it ready")
	}
	s.reacted(n, s.says(n, "alice", me+" ready"), "+1")
	if s.pr(n).Draft {
		t.Error("it is a draft still")
	}
	s.labelled(n, "awaiting change review")
	s.answered(n, "@alice, thank you for your work", "only the pull request's author can do this", "@dana, please review them")
	s.quiet(n)
}

// TestManyCommands: of a comment ten commands run, and the answer is short.
func TestManyCommands(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "")
	n := s.proposal("gh-140000: Fry")
	var all strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&all, "%s label +no-such-%d\n", me, i)
	}
	id := s.says(n, "carol", all.String())
	s.labelled(n, "awaiting review")
	s.reacted(n, id, "confused")
	s.answered(n, "I've skipped the last 1490")
	for _, l := range s.cpython.Labels() {
		if strings.HasPrefix(l.Name, "no-such") {
			t.Errorf("the label %q was made", l.Name)
		}
	}
	s.quiet(n)
}
