package triage

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func TestFullTitle(t *testing.T) {
	for _, test := range []struct{ title, body, want string }{
		{"Fix it", "", "Fix it"},
		{"Fix…", "… it \r\nWords", "Fix it"},
		{"Fix…", "…it", "Fixit"},
		{"Fix…", "Words\n… it", "Fix…"},
		{"Fix", "… it", "Fix"},
		{"Fix…", "", "Fix…"},
		{"…", "…", ""},
		{"Fix...", "... it", "Fix..."},
	} {
		if got := fullTitle(test.title, test.body); got != test.want {
			t.Errorf("%q and %q: %q, want %q", test.title, test.body, got, test.want)
		}
	}
}

func TestIssueStatusLeadsSomewhere(t *testing.T) {
	for _, test := range []struct{ title, server, want string }{
		{"gh-5: Fix it", "", "https://github.com/python/cpython/issues/5"},
		{"gh-5: Fix it", "https://git.example.com", "https://git.example.com/python/cpython/issues/5"},
		{"gh-6: Fix it", "", "https://github.com/python/cpython/issues/6"},
		{"bpo-7: Fix it", "", "https://bugs.python.org/issue7"},
		{"Fix it", "", "https://devguide.python.org/getting-started/pull-request-lifecycle.html#submitting"},
	} {
		r := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1}, Title: test.title, State: pull.Open,
			Issues: map[int]pull.Issue{5: {Exists: true}, 6: {}}}
		want := IssueNumber(config.Preset().IssueNumbers, test.server).Want(r)
		if got := want.Statuses[0].URL; got != test.want {
			t.Errorf("%q leads to %s, want %s", test.title, got, test.want)
		}
	}
}

// Where nobody could look an issue up, as in a local range, it counts as there.
func TestIssueThatNobodyLookedUp(t *testing.T) {
	r := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython"}, Title: "gh-5: Fix it", State: pull.Open}
	want := IssueNumber(config.Preset().IssueNumbers, "").Want(r)
	if got := want.Statuses[0]; got.State != pull.StatusSuccess || got.Description != "Issue number 5 found" {
		t.Errorf("the status is %+v", got)
	}
	if want := Links(config.Preset().IssueNumbers).Want(r); want.Block != nil || want.Pokes != nil {
		t.Errorf("a local range has no body, but its links are %+v", want)
	}
}

// The bodies are those that today's bot makes.
func TestLinksInBodies(t *testing.T) {
	rule := Links(config.Preset().IssueNumbers)
	r := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 6}, Me: "concorde", Title: "gh-5: Fix it", Body: "Words.", State: pull.Open,
		Issues: map[int]pull.Issue{5: {Exists: true}}}
	if got, want := rule.Want(r).Block.In(r.Body), "Words.\n\n<!-- gh-issue-number: gh-5 -->\n* Issue: gh-5\n<!-- /gh-issue-number -->"; got != want {
		t.Errorf("the pull request says %q, want %q", got, want)
	}
	issue := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 5}, Issue: true, Body: "Words.", State: pull.Open,
		Mentions: []pull.Summary{{Number: 7, Title: "gh-5: Fix it again"}, {Number: 6, Title: "gh-5: Fix it"}}}
	if got, want := rule.Want(issue).Block.In(issue.Body), "Words.\n\n<!-- gh-linked-prs -->\n### Linked PRs\n* gh-6\n* gh-7\n<!-- /gh-linked-prs -->"; got != want {
		t.Errorf("the issue says %q, want %q", got, want)
	}
}

func TestConflictOff(t *testing.T) {
	if rule := Conflict(config.Preset().Conflicts); rule.Want != nil {
		t.Error("the rule is on in the preset")
	}
}

// FuzzOrder holds the rules on issues, links, titles and branches to the laws,
// with titles and bodies of strangers.
func FuzzOrder(f *testing.F) {
	const link = "<!-- gh-issue-number: gh-7 -->\n* Issue: gh-7\n<!-- /gh-issue-number -->"
	const list = "<!-- gh-linked-prs -->\n### Linked PRs\n* gh-7\n* gh-8\n<!-- /gh-linked-prs -->"
	for bits := range uint16(64) {
		f.Add("[3.14] gh-5: Fix it (GH-6) (#7)", "Words.\r\n\r\n"+link, list, bits*37)
		f.Add("gh-5…", "…, gh-7: Fix it\n"+link+"\n"+link, list+"\n\n"+list, bits*41)
		f.Add("[3.13] ``` (#8)", "```\n"+link+"\n```\ngh-5", "```[tasklist]\n"+list, bits*43)
	}
	set := config.Preset().Rules
	conflicts := set.Conflicts
	conflicts.Mode = config.On
	rules := []pull.Rule{IssueNumber(set.IssueNumbers, ""), Links(set.IssueNumbers), Titles(set.Titles), WrongBranch(set.WrongBranch), Conflict(conflicts)}
	f.Fuzz(func(t *testing.T, title, body, other string, bits uint16) {
		r := stranger(title, body, other, bits)
		pulltest.Laws(t, r, rules)
		if better := betterTitle(fullTitle(title, body), r.Base); better != "" {
			mended := *r
			mended.Title, mended.Body = better, ""
			if !titleFits(&mended) || betterTitle(better, r.Base) != better {
				t.Errorf("the better title %q for %s is not good", better, r.Base)
			}
		}
		r.Issue, r.Title, r.Body = true, "", other
		r.Mentions = []pull.Summary{{Number: 7, Title: title, Body: body}, {Number: 8, Title: "gh-5: Fix it"}, {Number: 9, Title: "Fix it"}}
		pulltest.Laws(t, r, rules)
		for line := range strings.Lines(fullTitle(title, body)) {
			if number := issueOf(line, ""); number > 0 && !strings.Contains(strings.ToLower(line), "gh-") {
				t.Errorf("%q has no issue %d", line, number)
			}
		}
	})
}

// stranger is a pull request of which the bits choose the rest.
func stranger(title, body, other string, bits uint16) *pull.Request {
	choose := func(from ...string) string {
		chosen := from[int(bits)%len(from)]
		bits /= uint16(len(from))
		return chosen
	}
	r := &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 5}, Title: title, Body: body, Me: "concorde", Author: choose("newcomer", "dana"), Head: strings.Repeat("0a", 20),
		State: pull.State(choose("open", "open", "open", "closed", "merged")), Base: choose("main", "3.14"), DefaultBranch: "main", HeadOwner: choose("newcomer", "python"),
		HeadBranch: choose("3.14", "fix"), Draft: choose("", "draft") != "", MergeState: pull.MergeState(choose("dirty", "clean", "unknown", "")),
		Core: map[string]bool{"dana": true}, Facts: ^pull.Facts(0), Compared: map[string]pull.Comparison{"3.14": {Known: choose("", "known") != "", Ahead: len(choose("", "x"))}},
		Issues: map[int]pull.Issue{5: {Exists: true}, 6: {Exists: true, Pull: true}, 7: {Exists: true, Body: other}, 8: {Exists: true, Closed: true}},
		Checks: map[string]pull.CheckState{}, Statuses: map[string]pull.Status{},
	}
	if choose("", "failed") != "" {
		r.Checks["Title"] = pull.CheckState{ID: 1, Digest: "x"}
		r.Statuses["bedevere/maintenance-branch-pr"] = pull.Status{Context: "bedevere/maintenance-branch-pr", State: pull.StatusFailure}
	}
	return r
}
