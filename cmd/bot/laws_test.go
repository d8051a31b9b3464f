package main

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

// FuzzLaws holds all rules together to the laws, with titles and bodies of strangers.
func FuzzLaws(f *testing.F) {
	const link = "<!-- gh-issue-number: gh-7 -->\n* Issue: gh-7\n<!-- /gh-issue-number -->"
	const list = "<!-- gh-linked-prs -->\n### Linked PRs\n* gh-7\n* gh-8\n<!-- /gh-linked-prs -->"
	for bits := range uint16(64) {
		f.Add("[3.14] gh-5: Fix it (GH-6) (#7)", "Words.\r\n\r\n"+link, list, bits*37)
		f.Add("gh-5…", "…, gh-7: Fix it\n"+link+"\n"+link, list+"\n\n"+list, bits*41)
		f.Add("[3.13] ``` (#8)", "```\n"+link+"\n```\ngh-5", "```[tasklist]\n"+list, bits*43)
	}
	preset := config.Preset()
	preset.Conflicts.Mode = config.On
	rules := surroundings{central: preset}.rules(preset.Rules)
	f.Fuzz(func(t *testing.T, name, body, other string, bits uint16) {
		r := strangers(name, body, other, bits)
		pulltest.Laws(t, r, rules)
		r.Issue, r.Title, r.Body = true, "", other
		r.Mentions = []pull.Summary{{Number: 7, Title: name, Body: body}, {Number: 8, Title: "gh-5: Fix it"}, {Number: 9, Title: "Fix it"}}
		pulltest.Laws(t, r, rules)
	})
}

// strangers is a pull request of which the bits choose the rest.
func strangers(title, body, other string, bits uint16) *pull.Request {
	choose := func(from ...string) string {
		chosen := from[int(bits)%len(from)]
		bits /= uint16(len(from))
		return chosen
	}
	r := &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 5}, Title: title, Body: body, Me: "concorde", Author: choose("newcomer", "dana"),
		Head:  strings.Repeat("0a", 20),
		State: pull.State(choose("open", "open", "open", "closed", "merged")), Base: choose("main", "3.14"), DefaultBranch: "main",
		HeadOwner:  choose("newcomer", "python"),
		HeadBranch: choose("3.14", "fix"), Draft: choose("", "draft") != "", MergeState: pull.MergeState(choose("dirty", "clean", "unknown", "")),
		Core: map[string]bool{"dana": true}, Facts: ^pull.Facts(0),
		Compared: map[string]pull.Comparison{"3.14": {Known: choose("", "known") != "", Ahead: len(choose("", "x"))}},
		Issues: map[int]pull.Issue{5: {Exists: true}, 6: {Exists: true, Pull: true}, 7: {Exists: true, Body: other},
			8: {Exists: true, Closed: true}},
		Checks: map[string]pull.CheckState{}, Statuses: map[string]pull.Status{},
	}
	if choose("", "failed") != "" {
		r.Checks["Title"] = pull.CheckState{ID: 1, Digest: "x"}
		r.Statuses["bedevere/maintenance-branch-pr"] = pull.Status{Context: "bedevere/maintenance-branch-pr", State: pull.StatusFailure}
	}
	return r
}
