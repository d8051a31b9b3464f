package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestStrangersBackport: a pull request of a stranger that is titled like a
// backport is none; that of a member is, and the status comment says whose it is.
func TestStrangersBackport(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	s.check(s.cpython.Collaborator("dana", "write"))
	number := s.change("gh-140001: Fix it", acks, "needs backport to 3.14", "needs backport to 3.13", "skip news")
	byPeople := func(author, association, base string) int {
		head := author + ":" + base
		_, err := s.cpython.Push(head, ghtest.Commit{Message: "Evil", From: base,
			Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import evil\n")}})
		s.check(err)
		n, err := s.cpython.OpenPR(ghtest.PR{Title: fmt.Sprintf("[%s] gh-140001: Fix it (GH-%d)", base, number), Head: head, Base: base,
			Association: association})
		s.check(err)
		return n
	}
	evil, good := byPeople("mallory", "NONE", "3.14"), byPeople("carol", "MEMBER", "3.13")
	s.merge(number)
	s.github.Resume()
	s.shows(number, fmt.Sprintf("| 3.14 | open: #%d |", good+1),
		fmt.Sprintf("| 3.13 | open: #%d | opened by carol, not by the bot", good))
	byPeople("mallory2", "CONTRIBUTOR", "3.14")
	for _, n := range []int{evil, good} {
		_, err := s.cpython.Review(n, "dana", "APPROVED", "")
		s.check(err)
	}
	s.quiet(number)
	s.shows(number, fmt.Sprintf("| 3.14 | open: #%d |", good+1), fmt.Sprintf("| 3.13 | open: #%d | opened by carol", good))
	if strings.Count(s.statusComment(number), "opened by") != 1 {
		t.Errorf("one of two was opened by a person: %s", s.statusComment(number))
	}
	for _, n := range []int{evil, good} {
		if state := s.pr(n); state.Merged || state.AutoMerge != "" || slices.Contains(state.Labels, "skip news") {
			t.Errorf("the bot lets #%d pass: %+v", n, state)
		}
	}
	s.check(s.cpython.Close(good, "dana"))
	s.asks(number, "3.13")
	s.shows(number, fmt.Sprintf("| 3.13 | open: #%d |", good+3))
	s.quiet(number)
	s.inPlace()
}

// TestTitleOfBackportIsEdited to name another original: the status comment still shows it,
// and no other is made.
func TestTitleOfBackportIsEdited(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	s.check(s.cpython.Collaborator("dana", "write"))
	m := s.afterMerge("needs backport to 3.14")
	s.github.Resume()
	s.shows(m.number, "| 3.14 | open: #")
	s.rests()
	p := s.fromBranch(m.branch("3.14"))
	for _, title := range []string{"[3.14] gh-140001: Fix it (GH-9999)", "[3.13] gh-140001: Fix it (GH-1)", "gh-140001: Fix it",
		fmt.Sprintf("[3.14] Me (GH-%d)", p.Number), "[3.14] x (GH-99999999999)"} {
		s.check(s.cpython.EditTitle(p.Number, title))
		s.quiet(m.number)
	}
	s.shows(m.number, fmt.Sprintf("| 3.14 | open: #%d |", p.Number))
	if n := len(s.backports("3.14")); n != 1 {
		t.Errorf("%d backports", n)
	}
	s.check(s.cpython.EditTitle(p.Number, p.Title))
	_, err := s.cpython.Review(p.Number, "dana", "APPROVED", "")
	s.check(err)
	s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
}

var statusData = regexp.MustCompile(`(<!-- concorde:backports:[0-9a-f]{16}):([A-Za-z0-9_-]*) -->`)

// TestStatusCommentIsDamaged: a status comment that people deleted, or edited down to its hidden
// data, comes back as it was.
func TestStatusCommentIsDamaged(t *testing.T) {
	t.Parallel()
	s := backportStage(t)
	s.check(s.cpython.Collaborator("dana", "write"))
	number := s.twoTargets()
	_, err := s.cpython.Merge(number, "dana")
	s.check(err)
	s.ends(number)
	damage := func(name string, change func(id int64, body, data string)) {
		state, err := s.cpython.PR(number)
		s.check(err)
		for _, c := range state.Comments {
			if found := statusData.FindStringSubmatch(c.Body); found != nil {
				data, err := base64.RawURLEncoding.DecodeString(found[2])
				s.check(err)
				change(c.ID, c.Body, string(data))
			}
		}
		s.check(s.cpython.EditBody(number, name))
		s.rests()
		s.ends(number)
		t.Logf("%s: done", name)
	}
	replace := func(data string) func(int64, string, string) {
		return func(id int64, body, _ string) {
			s.edits(id, statusData.ReplaceAllString(body, "${1}:"+base64.RawURLEncoding.EncodeToString([]byte(data))+" -->"))
		}
	}
	damage("deleted", func(id int64, _, _ string) { s.check(s.cpython.DeleteComment(number, "dana", id)) })
	damage("without its marker", func(id int64, _, _ string) { s.edits(id, "I like it better so.") })
	damage("with broken data", func(id int64, body, _ string) { s.edits(id, statusData.ReplaceAllString(body, "${1}:A -->")) })
	damage("without data", func(id int64, body, _ string) { s.edits(id, statusData.ReplaceAllString(body, "${1} -->")) })
	for _, data := range []string{
		"null", "[]", `"x"`, "\xff\x00", strings.Repeat("[", 5000),
		`{"sha":1,"rows":{"3.14":{"pr":"x"}}}`, `{"version":2,"sha":"x","rows":[{"branch":"3.14"}]}`,
		`{"rows":{"3.14":{"state":"a later state","pr":2,"later":{"x":[1]}},` +
			`"--upload-pack=x":{"state":"open","pr":1},"":{"state":"merged","pr":-1}}}`,
		`{"rows":{"3.14":{"state":"error","outcome":"error","temporary":true,"tries":-5,"at":-9223372036854775808,"pr":99999999999},` +
			`"99.99":{"state":"merged","pr":3}}}`,
	} {
		damage("with other data", replace(data))
	}
	s.quiet(number)
	s.inPlace()
}

// edits has a maintainer edit a comment of the bot.
func (s *stage) edits(id int64, body string) {
	s.Helper()
	text, err := json.Marshal(map[string]string{"body": body})
	s.check(err)
	request, err := http.NewRequest(http.MethodPatch, fmt.Sprintf("%srepos/python/cpython/issues/comments/%d", s.github.APIURL(), id),
		strings.NewReader(string(text)))
	s.check(err)
	request.Header.Set("Authorization", "Bearer "+s.github.UserToken("dana"))
	answer, err := http.DefaultClient.Do(request)
	s.check(err)
	defer answer.Body.Close()
	if said, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		s.Fatalf("editing a comment: %d %s %v", answer.StatusCode, said, err)
	}
}

// TestReleaseDataIsNonsense: whatever the operator says of branches is answered
// with a sentence.
func TestReleaseDataIsNonsense(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.settings(`
preset: cpython
backport:
  overrides:
    - {version: "3.15", phase: feature}
    - {version: "3.14", phase: final freeze}
    - {version: "3.13", phase: end-of-life}
    - {version: "9.9", phase: bugfix}
    - {version: "3.16", phase: bugfix}
`)
	s.start()
	m := s.afterMerge("needs backport to 3.15", "needs backport to 3.14", "needs backport to 3.13", "needs backport to 9.9",
		"needs backport to 3.16")
	s.github.Resume()
	s.shows(m.number,
		"| 9.9 | not allowed | the repository has no branch 9.9; set the label again once it's cut |",
		"| 3.16 | not allowed | the repository has no branch 3.16; set the label again once it's cut |",
		"| 3.15 | waiting | the branch exists, but the release data doesn't list 3.15 yet",
		"| 3.14 | waiting | 3.14 is frozen for a release, so this will be backported after the freeze; to backport it now, hugovk can",
		"| 3.13 | not allowed | 3.13 has reached its end of life and accepts no more changes |")
	s.quiet(m.number)
	s.check(s.cpython.Unlabel(m.number, "hugovk", "needs backport to 3.14"))
	s.check(s.cpython.Label(m.number, "hugovk", "needs backport to 3.14"))
	s.shows(m.number, "| 3.14 | open: #")
	s.quiet(m.number)
	s.inPlace()
}
