package links

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func TestGolden(t *testing.T) {
	pulltest.GoldenRule(t, config.Preset().Override, func(s config.Rules) pull.Rule { return Rule(s.IssueNumbers) })
}

// A local range has no body.
func TestLocalRange(t *testing.T) {
	r := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython"}, Title: "gh-5: Fix it", State: pull.Open}
	if want := Rule(config.Preset().IssueNumbers).Want(r); want.Block != nil || want.Enqueue != nil {
		t.Errorf("its links are %+v", want)
	}
}

// The bodies are those that bedevere makes.
func TestBodies(t *testing.T) {
	rule := Rule(config.Preset().IssueNumbers)
	r := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 6}, Me: "concorde", Title: "gh-5: Fix it", Body: "Words.",
		State:  pull.Open,
		Issues: map[int]pull.Issue{5: {Exists: true}}}
	if got, want := rule.Want(r).Block.In(r.Body), "Words.\n\n<!-- gh-issue-number: gh-5 -->\n* Issue: gh-5\n<!-- /gh-issue-number "+
		"-->"; got != want {
		t.Errorf("the pull request says %q, want %q", got, want)
	}
	issue := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 5}, Issue: true, Body: "Words.", State: pull.Open,
		Mentions: []pull.Summary{{Number: 7, Title: "gh-5: Fix it again"}, {Number: 6, Title: "gh-5: Fix it"}}}
	if got, want := rule.Want(issue).Block.In(issue.Body), "Words.\n\n<!-- gh-linked-prs -->\n### Linked PRs\n* gh-6\n* gh-7\n<!-- "+
		"/gh-linked-prs -->"; got != want {
		t.Errorf("the issue says %q, want %q", got, want)
	}
}
