package web

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

// TestReplay: those who may have the bot check a pull request see what rules want now beside
// what it wrote, as text, and nothing is done.
func TestReplay(t *testing.T) {
	g := newGate(t)
	g.seePull("python/cpython")
	for _, action := range []string{`label +"docs"`, `label -"docs"`, `label +"stdlib"`, `status bedevere/news failure "No" on abababa`,
		"comment news-help", "close"} {
		g.write("python/cpython#5", pull.LogEntry{Rule: "r", Action: action})
	}
	g.replayed = pull.View{Brief: pull.Brief{Number: 5, Title: markup, Seen: at, Hold: &pull.Hold{By: "dana"}},
		Plan: []pull.Wanted{{Rule: markup, What: markup, Why: markup}}, Wants: []pull.Wanted{{Rule: "labels", What: "label docs: on"},
			{Rule: "news", What: "status bedevere/news: success"}, {Rule: "news", What: "comment news-help"}, {Rule: markup, What: markup},
			{Rule: "labels", What: "label stdlib: off", Shadow: true}}}
	g.rights["python/cpython dana"] = Rights{Reads: true, Acts: true}
	g.rights["python/cpython bob"] = Rights{Reads: true}
	post := func(login string) (int, string) {
		p := g.person(login)
		p.signIn("/docs")
		return p.post("/python/cpython/pull/5/replay", url.Values{"token": {p.token("/docs")}})
	}
	status, text := post("dana")
	for _, want := range []string{
		"nothing was written. The bot would make 1 change now. On hold, by dana. Of 4 things that it wrote, the rules would now change 2.",
		`<td data-head="Wanted now">✗ on (differs)</td>`, `<td data-head="Wanted now">✗ success (differs)</td>`,
		"no rule decides it", "✓ the same"} {
		if status != 200 || !strings.Contains(text, want) {
			t.Errorf("%d, %q isn't in %s", status, want, text)
		}
	}
	if strings.Contains(text, "<script") || strings.Contains(text, "<img") || strings.Contains(text, "replay.json") || len(g.checked) > 0 {
		t.Errorf("%v %s", g.checked, text)
	}
	if status, text := post("bob"); status != 403 || strings.Contains(text, "it wrote") {
		t.Errorf("a reader: %d %s", status, text)
	}
	p := g.person("dana")
	p.signIn("/docs")
	g.fault = errors.New("GitHub is away")
	if status, text := p.post("/python/cpython/pull/5/replay", url.Values{"token": {p.token("/docs")}}); status != 503 ||
		!strings.Contains(text, "The rules can&#39;t run on it now") {
		t.Errorf("%d %s", status, text)
	}
}
