package main

import (
	"strings"
	"testing"
)

// Where anybody can see the pages, statuses without a better address lead there, and so
// does the answer to why. Once the repository is private, new ones don't.
func TestLinksToPages(t *testing.T) {
	g := newGate(t, false, "BOT_PAGES_PUBLIC", "true")
	page := publicPages + g.pull()
	news := func(state, address string) {
		t.Helper()
		eventually(t, "news to be a "+state+" that leads to "+address, func() bool {
			now, err := g.repo.PR(g.number)
			issue := now.Statuses["bedevere/issue-number"].TargetURL
			of := now.Statuses["bedevere/news"]
			return err == nil && of.State == state && of.TargetURL == address && strings.HasSuffix(issue, "/issues/132004")
		})
	}
	const help = "https://devguide.python.org/getting-started/pull-request-lifecycle/#news-entry"
	news("failure", help)
	g.ok(g.repo.Label(g.number, "dana", "skip news"))
	news("success", page)
	g.comment("eric", "@concorde why")
	eventually(t, "the answer with the page", func() bool { return g.says("(" + page + ")") })
	if status, text := g.open(g.browserOf("nobody"), g.pull()); status != 200 || !strings.Contains(text, "json.dump") {
		t.Errorf("the page: %d %s", status, text)
	}
	g.repo.SetPrivate(true)
	g.ok(g.repo.Unlabel(g.number, "dana", "skip news"))
	news("failure", help)
	g.ok(g.repo.Label(g.number, "dana", "skip news"))
	news("success", "")
}
