package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// lands merges a change of its own file, once the bot has seen it.
func (s *stage) lands(title string, labels ...string) *merged {
	s.Helper()
	n := s.change(title, map[string]ghtest.File{"Lib/" + strings.ReplaceAll(title, " ", "_"): ghtest.Text(title)},
		append(labels, "skip news")...)
	s.rests()
	sha, err := s.cpython.Merge(n, "dana")
	s.check(err)
	return &merged{n, sha}
}

// reports has a buildbot report on a commit.
func (s *stage) reports(sha, state string) {
	s.Helper()
	s.check(s.cpython.SetStatus(sha, "buildbot", ghtest.Status{Context: "refleak", State: state, TargetURL: "https://ci.example/" + state}))
}

// regressionNote is the comment on failing checks of a pull request, "" without one.
func (s *stage) regressionNote(number int) (note string) {
	s.Helper()
	for _, c := range s.pr(number).Comments {
		if strings.Contains(c.Body, "concorde:regressions:") {
			if note != "" {
				s.Errorf("#%d has two comments on regressions", number)
			}
			note = c.Body
		}
	}
	return note
}

// hears waits until the comment on failing checks has all of the words.
func (s *stage) hears(number int, words ...string) {
	s.Helper()
	s.eventually(fmt.Sprintf("the comment on #%d to say %q", number, words), func() bool {
		note := s.regressionNote(number)
		for _, word := range words {
			if !strings.Contains(note, word) {
				return false
			}
		}
		return note != ""
	}, func() string { return s.regressionNote(number) })
}

const watched = "regressions: {checks: [refleak]}"

// TestRegression: a status on the branch's head makes a comment on each pull request since the last good run, and on no other. When the
// check passes again, the same comments say so.
func TestRegression(t *testing.T) {
	t.Parallel()
	s := backportStage(t, watched).start()
	before, first, second := s.lands("gh-140001: One"), s.lands("gh-140001: Two"), s.lands("gh-140001: Three")
	after := s.lands("gh-140001: Four")
	s.reports(before.sha, "success")
	s.reports(second.sha, "failure")
	s.hears(first.number, "[failed](https://ci.example/failure)", second.sha[:10], "passed on "+before.sha[:10],
		fmt.Sprint("#", second.number))
	s.hears(second.number, fmt.Sprint("#", first.number))
	s.reports(after.sha, "success")
	for _, m := range []*merged{first, second} {
		s.hears(m.number, fmt.Sprintf("passes again since %s (#%d)", after.sha[:10], after.number))
		s.quiet(m.number)
	}
	for _, m := range []*merged{before, after} {
		if note := s.regressionNote(m.number); note != "" {
			t.Errorf("#%d has nothing to do with it: %s", m.number, note)
		}
	}
}

// TestRegressionWithoutWebhooks: if every report is lost, the next sweep finds the same.
func TestRegressionWithoutWebhooks(t *testing.T) {
	t.Parallel()
	s := backportStage(t, watched).start()
	before, bad := s.lands("gh-140001: One"), s.lands("gh-140001: Two")
	s.rests()
	s.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	s.github.Pause()
	s.reports(before.sha, "success")
	s.reports(bad.sha, "failure")
	s.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	s.github.Resume()
	s.bot.stop(t)
	s.start()
	s.hears(bad.number, "This is the only pull request in between.")
}

// TestFlakyCheck: a check that fails and passes on the same commit accuses nobody.
func TestFlakyCheck(t *testing.T) {
	t.Parallel()
	s := backportStage(t, watched).start()
	before, odd := s.lands("gh-140001: One"), s.lands("gh-140001: Two")
	bad, good, last := s.lands("gh-140001: Three"), s.lands("gh-140001: Four"), s.lands("gh-140001: Five")
	s.github.Pause()
	s.reports(before.sha, "success")
	s.reports(odd.sha, "failure")
	s.reports(odd.sha, "success") // all that GitHub's list shows
	s.reports(bad.sha, "failure")
	s.github.Resume()
	s.rests()
	s.reports(good.sha, "success")
	s.reports(last.sha, "failure")
	s.hears(last.number, "This is the only pull request in between.")
	for _, m := range []*merged{before, odd, bad, good} {
		if note := s.regressionNote(m.number); note != "" {
			t.Errorf("#%d is accused: %s", m.number, note)
		}
	}
}

// TestBuildbotOnPullRequests: CPython's buildbots comment on the pull request after the merge. Their comment counts like a status, at once;
// a stranger's that looks like it doesn't.
func TestBuildbotOnPullRequests(t *testing.T) {
	t.Parallel()
	s := backportStage(t, "regressions: {comments: [{by: bedevere-bot, check: buildbot, bad: has failed when building, good: has passed}]}").start()
	before, innocent, bad := s.lands("gh-140001: One"), s.lands("gh-140001: Two"), s.lands("gh-140001: Three")
	const failed = "Hi! The buildbot **ARM 3.x** has failed when building commit %s.\n\nhttps://buildbot.python.org/all/#/builders/1/builds/2"
	says := func(m *merged, by, text string) {
		s.Helper()
		_, err := s.cpython.Comment(m.number, by, text)
		s.check(err)
	}
	s.check(s.cpython.CommentOnCommit(before.sha, "bedevere-bot", "The buildbot **ARM 3.x** has passed."))
	says(innocent, "bedevere-bot", "The buildbot **ARM 3.x** has passed on commit "+innocent.sha)
	s.rests()
	says(bad, "mallory", fmt.Sprintf(failed, bad.sha))
	s.rests()
	if note := s.regressionNote(bad.number); note != "" {
		t.Errorf("a stranger accuses: %s", note)
	}
	says(bad, "bedevere-bot", fmt.Sprintf(failed, bad.sha))
	s.hears(bad.number, "`buildbot ARM 3.x` [failed](https://buildbot.python.org/all/#/builders/1/builds/2)", "passed on "+innocent.sha[:10],
		"This is the only pull request in between.")
	for _, m := range []*merged{before, innocent} {
		if note := s.regressionNote(m.number); note != "" {
			t.Errorf("#%d has nothing to do with it: %s", m.number, note)
		}
	}
}

// TestRegressionWithoutReverts: that GitHub doesn't list open reverts keeps nobody from hearing of a regression.
func TestRegressionWithoutReverts(t *testing.T) {
	t.Parallel()
	s := backportStage(t, watched).start()
	s.check(s.github.Fault(ghtest.Fault{Path: "^/graphql$", Contains: `from0:pullRequests(headRefName`, Status: 502}))
	before, bad := s.lands("gh-140001: One"), s.lands("gh-140001: Two")
	s.reports(before.sha, "success")
	s.reports(bad.sha, "failure")
	s.hears(bad.number, "[failed](https://ci.example/failure)", "passed on "+before.sha[:10])
}
