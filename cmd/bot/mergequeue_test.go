package main

import (
	"slices"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// A merge queue waits for what the branch requires on the commit of its group,
// too. The bot says it there, and the pull request is merged by that.
func TestMergeQueue(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.check(s.cpython.Protect("main", ghtest.Protection{RequiredContexts: []string{"bedevere/issue-number", newsContext}, MergeQueue: true}))
	s.start()
	number := s.change("gh-140001: Fix it", map[string]ghtest.File{
		"Lib/fixed.py": ghtest.Text("fixed\n"),
		"Misc/NEWS.d/next/Library/2026-01-02-03-04-05.gh-issue-140001.abcdef.rst": ghtest.Text("Fix the spam.\n"),
	})
	state := func() ghtest.PRState {
		state, err := s.cpython.PR(number)
		s.check(err)
		return state
	}
	group := ""
	s.eventually("the pull request to be fit for the queue", func() bool {
		var err error
		group, err = s.cpython.Queue(number)
		return err == nil
	}, func() string { return state().Statuses[newsContext].Description })
	s.eventually("the queue to merge it", func() bool { return state().Merged }, func() string { return state().State })
	if merged := state(); merged.MergeSHA != group || merged.MergedBy != "github-merge-queue[bot]" {
		t.Errorf("merged as %s by %s, want the group %s", merged.MergeSHA, merged.MergedBy, group)
	}
	eventually(s, "the bot to come to rest", s.bot.idle)
	var written []string
	for _, w := range s.cpython.Writes() {
		if w.SHA == group {
			written = append(written, w.Key)
		}
	}
	slices.Sort(written)
	if twice := len(written) - len(slices.Compact(slices.Clone(written))); twice != 0 || !slices.Contains(written, newsContext) ||
		!slices.Contains(written, "bedevere/issue-number") {
		t.Errorf("written at the group: %q", written)
	}
}
