package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

// TestHoldOnThePage: those who may give the command stop the bot, with a day and a reason,
// and have it go on. Authors and readers can't, and nobody on an issue.
func TestHoldOnThePage(t *testing.T) {
	g := newGate(t)
	g.seePull("python/cpython")
	g.see("python/cpython", pull.View{Brief: pull.Brief{Number: 6, Issue: true, Author: "alice", State: pull.Open, Seen: at}})
	for login, rights := range map[string]Rights{"alice": {Reads: true}, "bob": {Reads: true, Acts: true}, "dana": {Reads: true, Acts: true,
		Holds: true}} {
		g.rights["python/cpython "+login] = rights
	}
	form := url.Values{"why": {" the <b>release</b>\n"}, "until": {"2026-12-05"}}
	for login, want := range map[string]int{"alice": 403, "bob": 403, "dana": 200, "mallory": 404} {
		p := g.person(login)
		_, text, _ := p.signIn("/python/cpython/pull/5")
		if button := strings.Contains(text, "<button>Put on hold"); button != (want == 200) {
			t.Errorf("%s has a button: %v", login, button)
		}
		form.Set("token", p.token("/docs"))
		if status, text := p.post("/python/cpython/pull/5/hold", form); status != want {
			t.Errorf("%s: %d %s", login, status, text)
		}
		if status, _ := p.post("/python/cpython/pull/5/resume", form); status != want {
			t.Errorf("%s: %d", login, status)
		}
		if status, _ := p.post("/python/cpython/pull/6/hold", form); status == 200 {
			t.Errorf("%s holds an issue", login)
		}
	}
	if !slices.Equal(g.checked, []string{"python/cpython#5 on hold until 2026-12-05, by dana: the <b>release</b>",
		"python/cpython#5 resumed by dana"}) {
		t.Errorf("%q", g.checked)
	}
}

// TestOddHolds: a day that has begun, that is none, and a reason that is too long do
// nothing.
func TestOddHolds(t *testing.T) {
	g := newGate(t)
	g.seePull("python/cpython")
	g.rights["python/cpython dana"] = Rights{Reads: true, Acts: true, Holds: true}
	dana := g.person("dana")
	dana.signIn("/docs")
	for name, form := range map[string]url.Values{"today": {"until": {"2026-11-30"}}, "no day": {"until": {"tomorrow"}},
		"long": {"why": {strings.Repeat("ä", maxReason+1)}}} {
		form.Set("token", dana.token("/docs"))
		if status, text := dana.post("/python/cpython/pull/5/hold", form); status != 400 {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	if len(g.checked) > 0 {
		t.Errorf("%q", g.checked)
	}
}

// TestHeldPage: the page says so, in its sentence and in the list, and offers the way back.
func TestHeldPage(t *testing.T) {
	g := newGate(t)
	g.see("python/cpython", pull.View{Brief: pull.Brief{Number: 5, Author: "alice", State: pull.Open, Seen: at,
		Hold: &pull.Hold{By: markup, Until: at.AddDate(0, 0, 5), Why: "the release."}}})
	g.rights["python/cpython dana"] = Rights{Reads: true, Acts: true, Holds: true}
	dana := g.person("dana")
	_, text, _ := dana.signIn("/python/cpython/pull/5")
	for _, want := range []string{"On hold until 5 December 2026, by &lt;script&gt;", ": the release.", "<button>Resume"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q isn't in %s", want, text)
		}
	}
	if _, text, _ := dana.open("/python/cpython"); !strings.Contains(text, ">on hold<") {
		t.Errorf("%s", text)
	}
	if text := holdText(&pull.Hold{By: "dana"}); text != "On hold, by dana." {
		t.Error(text)
	}
}
