package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// TestPrivateRepositoryLooksMissing: for those who may not read it, all answers are as for
// one that doesn't exist, byte by byte, and lists don't have it.
func TestPrivateRepositoryLooksMissing(t *testing.T) {
	for _, open := range []bool{false, true} {
		g := newGate(t, func(s *SignIn) { s.Public = open })
		g.seePull("python/covert")
		g.seePull("python/cpython")
		g.rights["python/cpython bob"] = Rights{Reads: true}
		g.rights["python/cpython "] = Rights{Reads: true}
		g.rights["python/covert dana"] = Rights{Reads: true}
		bob, anybody, dana := g.person("bob"), g.person(""), g.person("dana")
		bob.signIn("/docs")
		dana.signIn("/docs")
		paths := []string{"/pull/6", "/stages.atom", "?find=x"}
		for _, a := range addresses {
			if path, found := strings.CutPrefix(a.path, "/{owner}/{repo}"); found {
				path = strings.Replace(path, "{number}", "5", 1)
				paths = append(paths, path, path+".json", path+".csv")
			}
		}
		for _, path := range paths {
			g.now = g.now.Add(time.Minute) // new questions
			for _, p := range []*person{bob, anybody} {
				status, want, _ := p.open("/python/absent" + path)
				for _, name := range []string{"/python/covert", "/PYTHON/Covert", "/foreign/place"} {
					at, text, _ := p.open(name + path)
					if text = strings.ReplaceAll(text, url.QueryEscape(name), url.QueryEscape("/python/absent")); at != status || text != want {
						t.Errorf("%s%s for %q: %d, and %d for a missing one:\n%s\n%s", name, path, p.login, at, status, text, want)
					}
				}
			}
		}
		if status, _, _ := dana.open("/python/covert/pull/5"); status != 200 {
			t.Errorf("dana sees %d", status)
		}
		for _, path := range []string{"/", "/overview.json"} {
			for _, p := range []*person{bob, anybody} {
				if _, text, _ := p.open(path); strings.Contains(text, "covert") || strings.Contains(text, "cpython") != (open || p == bob) {
					t.Errorf("%s for %q: %s", path, p.login, text)
				}
			}
		}
	}
}

// TestPublicPages: with --pages-public, anybody sees what's public, and no more.
func TestPublicPages(t *testing.T) {
	g := newGate(t, func(s *SignIn) { s.Public = true })
	g.seePull("python/cpython")
	g.rights["python/cpython "] = Rights{Reads: true, Acts: true}
	anybody := g.person("")
	for _, path := range []string{"/", "/python/cpython", "/docs"} {
		status, text, _ := anybody.open(path)
		if status != 200 || !strings.Contains(text, "/sign-in?back="+url.QueryEscape(path)) || strings.Contains(text, "v1.2.3\n") {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	if _, text, _ := anybody.open("/python/cpython/pull/5"); !strings.Contains(text, "Fix of") || strings.Contains(text, "Check again") {
		t.Errorf("%s", text)
	}
}

// TestRightsAreAskedSeldom: GitHub's answer counts for two minutes, and for a quarter of
// an hour while it's away; then a page says so. Who lost a right loses it with the next
// answer.
func TestRightsAreAskedSeldom(t *testing.T) {
	g := newGate(t)
	g.seePull("python/cpython")
	g.rights["python/cpython dana"] = Rights{Reads: true, Acts: true}
	dana := g.person("dana")
	sees := func() int { status, _, _ := dana.open("/python/cpython/pull/5"); return status }
	dana.signIn("/docs")
	for range 5 {
		if sees() != 200 {
			t.Fatal("dana doesn't see it")
		}
	}
	if len(g.asked) != 1 {
		t.Errorf("asked %q", g.asked)
	}
	g.away = true
	g.now = g.now.Add(awayTime - time.Second)
	if status := sees(); status != 200 || len(g.asked) < 2 {
		t.Errorf("while GitHub is away: %d, asked %q", status, g.asked)
	}
	g.now = g.now.Add(time.Second)
	if status := sees(); status != 503 {
		t.Errorf("away for too long: %d", status)
	}
	if _, text, _ := dana.open("/python/cpython"); !strings.Contains(text, "ask GitHub what you may see") || strings.Contains(text,
		"Fix of") {
		t.Errorf("%s", text)
	}
	g.away = false
	if status := sees(); status != 200 {
		t.Errorf("GitHub is back: %d", status)
	}
	delete(g.rights, "python/cpython dana")
	g.now = g.now.Add(rightsTime - time.Second)
	before := sees()
	g.now = g.now.Add(time.Second)
	if after := sees(); before != 200 || after != 404 {
		t.Errorf("removed: %d, then %d", before, after)
	}
}

// TestQuestionsAreBounded: a page asks twice at most, and nobody keeps others from asking.
func TestQuestionsAreBounded(t *testing.T) {
	g := newGate(t)
	for n := range 50 {
		g.seePull(fmt.Sprintf("python/r%02d", n))
		g.rights[fmt.Sprintf("python/r%02d dana", n)] = Rights{Reads: true}
		g.rights[fmt.Sprintf("python/r%02d mallory", n)] = Rights{Reads: true}
	}
	mallory, dana := g.person("mallory"), g.person("dana")
	mallory.signIn("/docs")
	dana.signIn("/docs")
	_, text, _ := dana.open("/")
	if g.cost != asksAPage || !strings.Contains(text, "python/r01") || strings.Contains(text, "python/r02") ||
		!strings.Contains(text, "There may be more") {
		t.Errorf("asked %q", g.asked)
	}
	for range 24 {
		_, text, _ = dana.open("/")
		g.now = g.now.Add(2 * time.Second)
	}
	if !strings.Contains(text, "python/r20") {
		t.Errorf("reloading shows no more: %s", text)
	}
	g.cost = 0
	if status, _, _ := dana.open("/python/r01/backports"); status != 200 || g.cost > asksAPage {
		t.Errorf("%d, %d requests", status, g.cost)
	}
	g.asked = nil
	for n := range 50 {
		mallory.open(fmt.Sprintf("/python/r%02d", n))
	}
	if len(g.asked) != askAtOnce {
		t.Errorf("mallory asked %d times", len(g.asked))
	}
	g.now = g.now.Add(time.Minute) // dana has asked a lot above
	if status, _, _ := dana.open("/python/r40"); status != 200 {
		t.Errorf("dana can't ask: %d", status)
	}
}

// TestWhoMayCheck: the author, and those who may by a comment.
func TestWhoMayCheck(t *testing.T) {
	g := newGate(t)
	g.seePull("python/cpython")
	for login, rights := range map[string]Rights{"alice": {Reads: true}, "bob": {Reads: true}, "dana": {Reads: true, Acts: true}} {
		g.rights["python/cpython "+login] = rights
	}
	for login, want := range map[string]int{"alice": 200, "bob": 403, "dana": 200, "mallory": 404} {
		p := g.person(login)
		p.signIn("/docs")
		_, text, _ := p.open("/python/cpython/pull/5")
		if button := strings.Contains(text, "<button>Check again"); button != (want == 200) {
			t.Errorf("%s has a button: %v", login, button)
		}
		if status, text := p.post("/PYTHON/cpython/pull/5/check", url.Values{"token": {p.token("/docs")}}); status != want {
			t.Errorf("%s: %d %s", login, status, text)
		}
		if status, _ := p.post("/python/cpython/pull/77/check", url.Values{"token": {p.token("/docs")}}); status != 404 {
			t.Errorf("%s, what nobody saw: %d", login, status)
		}
	}
	slices.Sort(g.checked)
	if !slices.Equal(g.checked, []string{"python/cpython#5 alice", "python/cpython#5 dana"}) {
		t.Errorf("%q", g.checked)
	}
}

// TestOperators: problems and what was given up may name private repositories.
func TestOperators(t *testing.T) {
	g := newGate(t, func(s *SignIn) { s.Operators = []string{"Dana"} })
	g.seePull("python/cpython")
	g.health = Health{Alerts: []string{"python/covert is broken"}, Notes: []string{"python/covert is odd"}}
	for login, sees := range map[string]bool{"bob": false, "dana": true} {
		p := g.person(login)
		for _, path := range []string{"/", "/overview.json"} {
			_, text, _ := p.signIn(path)
			if strings.Contains(text, "covert") != sees || !sees && !strings.Contains(text, "operators can see what") {
				t.Errorf("%s: %s", login, text)
			}
		}
	}
}

// TestMarkupInLogins: GitHub has no such logins; a page would be safe all the same.
func TestMarkupInLogins(t *testing.T) {
	g := newGate(t)
	g.see("python/cpython", pull.View{Brief: pull.Brief{Number: 5, Author: markup, State: pull.Open, Seen: at}})
	g.rights["python/cpython "+strings.ToLower(markup)] = Rights{Reads: true, Acts: true}
	p := g.person(markup)
	status, text, _ := p.signIn("/python/cpython/pull/5?" + url.QueryEscape(markup))
	if status != 200 || !strings.Contains(text, "Sign out") || strings.Contains(text, "<script") || strings.Contains(text, "<img") {
		t.Errorf("%d %s", status, text)
	}
	if _, text, _ := g.person("").open("/" + markup); strings.Contains(text, "<script") || strings.Contains(text, "<img") {
		t.Errorf("%s", text)
	}
}

// TestHostsWithSignIn: the public address is served besides this machine's names, and
// what a name shows there needs a sign-in, too: a proxy may call the pages by it.
func TestHostsWithSignIn(t *testing.T) {
	g := newGate(t)
	for host, want := range map[string]int{"bot.example.org": 401, "BOT.example.org:443": 401, "localhost:8081": 401, "127.0.0.1": 401,
		"evil.example": 403, "bot.example.org.evil.example": 403, "bot.example.org:80": 403, "": 403} {
		r := g.get("/", hosted(host))
		if r.Code != want {
			t.Errorf("%q: %d, want %d", host, r.Code, want)
		}
	}
	for _, wrong := range []string{"http://bot.example.org", "", "bot.example.org", "https://", "https://bot.example.org/path",
		"https://u@bot.example.org"} {
		cfg := g.site.pages.Config
		s := *cfg.SignIn
		s.URL, cfg.SignIn = wrong, &s
		if _, err := New(cfg); err == nil {
			t.Errorf("%q is a public address", wrong)
		}
	}
}

func hosted(host string) func(*http.Request) { return func(r *http.Request) { r.Host = host } }
