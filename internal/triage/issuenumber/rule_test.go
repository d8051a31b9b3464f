package issuenumber

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func TestGolden(t *testing.T) {
	pulltest.GoldenRule(t, config.Preset().Override, func(s config.Rules) pull.Rule { return Rule(s.IssueNumbers, "") })
}

func TestURL(t *testing.T) {
	for _, test := range []struct{ title, server, want string }{
		{"gh-5: Fix it", "", "https://github.com/python/cpython/issues/5"},
		{"gh-5: Fix it", "https://git.example.com", "https://git.example.com/python/cpython/issues/5"},
		{"gh-6: Fix it", "", "https://github.com/python/cpython/issues/6"},
		{"bpo-7: Fix it", "", "https://bugs.python.org/issue7"},
		{"Fix it", "", "https://devguide.python.org/getting-started/pull-request-lifecycle.html#submitting"},
	} {
		r := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1}, Title: test.title, State: pull.Open,
			Issues: map[int]pull.Issue{5: {Exists: true}, 6: {}}}
		want := Rule(config.Preset().IssueNumbers, test.server).Want(r)
		if got := want.Statuses[0].URL; got != test.want {
			t.Errorf("%q leads to %s, want %s", test.title, got, test.want)
		}
	}
}

// Where no issue can be looked up, as in a local range, it counts as existing.
func TestNothingLookedUp(t *testing.T) {
	r := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython"}, Title: "gh-5: Fix it", State: pull.Open}
	want := Rule(config.Preset().IssueNumbers, "").Want(r)
	if got := want.Statuses[0]; got.State != pull.StatusSuccess || got.Description != "Issue number 5 found" {
		t.Errorf("the status is %+v", got)
	}
}
