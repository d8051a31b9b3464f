package reconcile_test

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// An issue whose body GitHub cannot write keeps nothing from the pull request
// itself, and its list is tried again.
func TestAnIssueInTroubleKeepsNothingFromItsPullRequest(t *testing.T) {
	s := newStage(t)
	issue, err := s.repo.OpenIssue(ghtest.Issue{Title: "issue", Author: "carol"})
	s.check(err)
	number := s.open("first")
	r := s.reconciler(func(c *reconcile.Config) {
		c.Rules = func(set config.Rules) []pull.Rule {
			lists := pull.Rule{Name: "lists", Looks: func(*pull.Request) pull.Looks { return pull.Looks{Issues: []int{issue}} },
				Want: func(*pull.Request) pull.Want {
					list := pull.List{Block: pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->"}, Heading: "PRs",
						Line: "* gh-%d"}
					return pull.Want{Entries: []pull.Entry{{Issue: issue, List: list, On: true}}}
				}}
			return append(titled(set), lists)
		}
	})
	for _, kind := range []string{"NOT_FOUND", "SOMETHING_NEW"} {
		s.check(s.github.Hole(ghtest.Hole{Path: "change0", Type: kind, Message: "no"}))
		s.check(s.repo.EditTitle(number, kind))
		if err := r.Run(t.Context(), s.job(number)); err == nil {
			t.Errorf("%s: the run went well", kind)
		}
		if got := s.status(number, config.Preset().News.Status); got != kind {
			t.Errorf("%s: status %q", kind, got)
		}
		s.github.ClearFaults()
	}
	s.check(r.Run(t.Context(), s.job(number)))
	if state, err := s.repo.PR(issue); err != nil || state.Body == "" {
		t.Errorf("body %q, %v", state.Body, err)
	}
}
