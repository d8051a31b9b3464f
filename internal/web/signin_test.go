package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestSignInAndOut: nothing is shown before, the page that was asked for after, and
// nothing again once somebody signed out.
func TestSignInAndOut(t *testing.T) {
	g := newGate(t)
	g.seePull("python/cpython")
	g.rights["python/cpython dana"] = Rights{Reads: true}
	dana := g.person("dana")
	for _, path := range []string{"/", "/overview.json", "/python/cpython", "/python/cpython/pull/5", "/python/cpython/settings", "/docs",
		"/nothing/here", "/no"} {
		if status, text, _ := dana.open(path); status != 401 || strings.Contains(text, "Fix of") {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	status, text, where := dana.signIn("/python/cpython/pull/5?x=1")
	if status != 200 || !strings.Contains(text, "Fix of python/cpython") || where.String() != public+"/python/cpython/pull/5?x=1" {
		t.Fatalf("%d at %s: %s", status, where, text)
	}
	if strings.Contains(text, "Check again") {
		t.Error("a reader has a button")
	}
	if status, text := dana.post(signOutPath, url.Values{"token": {dana.token("/docs")}}); status != 401 || !strings.Contains(text,
		"Sign in with GitHub") {
		t.Errorf("%d %s", status, text)
	}
	if dana.cookie(sessionCookie) != "" {
		t.Error("the browser keeps its session")
	}
	for _, hidden := range []string{"0123456789abcdef", "code="} {
		if strings.Contains(g.log.String(), hidden) {
			t.Errorf("the log has %s: %s", hidden, g.log.String())
		}
	}
}

// TestCookiesOfPages: no other host, script or unsafe connection gets them.
func TestCookiesOfPages(t *testing.T) {
	g := newGate(t)
	dana := g.person("dana")
	dana.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	var set []string
	for _, address := range []string{public + signInPath, ""} {
		if address == "" {
			answer, err := dana.Get("https://github.example/login/oauth/authorize?" + mustQuery(set[0]))
			g.ok(err)
			address = answer.Header.Get("Location")
		}
		answer, err := dana.Get(address)
		g.ok(err)
		if answer.Header.Get("Location") != "" {
			set = append(set, answer.Header.Get("Location"))
		}
		for _, c := range answer.Header.Values("Set-Cookie") {
			for _, flag := range []string{"__Host-", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Max-Age="} {
				if !strings.Contains(c, flag) || strings.Contains(c, "Domain") {
					t.Errorf("%s lacks %s", c, flag)
				}
			}
		}
	}
	if len(set) != 2 || set[1] != "/" || dana.cookie(sessionCookie) == "" || dana.cookie(leaveCookie) != "" {
		t.Errorf("%q", set)
	}
}

func mustQuery(address string) string {
	_, query, _ := strings.Cut(address, "?")
	return query
}

// TestStateOfSignIn: only the browser that left comes back, once, and within ten minutes.
func TestStateOfSignIn(t *testing.T) {
	g := newGate(t)
	// leaves begins a sign-in, and gives what GitHub sends back.
	leaves := func(p *person) url.Values {
		t.Helper()
		p.CheckRedirect = func(r *http.Request, via []*http.Request) error {
			if r.URL.Path == CallbackPath {
				return http.ErrUseLastResponse
			}
			return nil
		}
		p.signIn("/docs")
		p.CheckRedirect = nil
		back, err := url.Parse(p.sent[len(p.sent)-1])
		g.ok(err)
		return back.Query()
	}
	returns := func(p *person, q url.Values) (int, bool) {
		t.Helper()
		status, _, _ := p.open(CallbackPath + "?" + q.Encode())
		return status, p.cookie(sessionCookie) != ""
	}
	with := func(q url.Values, name, value string) url.Values {
		q = maps.Clone(q)
		q.Set(name, value)
		return q
	}
	for name, try := range map[string]func(*person) (int, bool){
		"no state":      func(p *person) (int, bool) { return returns(p, with(leaves(p), "state", "")) },
		"another state": func(p *person) (int, bool) { return returns(p, with(leaves(p), "state", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) },
		"never left":    func(p *person) (int, bool) { return returns(p, url.Values{"state": {"x"}, "code": {"dana"}}) },
		"no cookie":     func(p *person) (int, bool) { q := leaves(p); p.keep(leaveCookie, ""); return returns(p, q) },
		"a forged cookie": func(p *person) (int, bool) {
			q := leaves(p)
			p.keep(leaveCookie, strings.Repeat("A", 200))
			return returns(p, q)
		},
		"too late": func(p *person) (int, bool) { q := leaves(p); g.now = g.now.Add(leaveTime); return returns(p, q) },
		"mallory's answer in dana's browser": func(p *person) (int, bool) {
			q := leaves(g.person("mallory"))
			leaves(p)
			return returns(p, q)
		},
		"mallory's code in dana's sign-in": func(p *person) (int, bool) {
			return returns(p, with(leaves(p), "code", leaves(g.person("mallory")).Get("code")))
		},
		"refused": func(p *person) (int, bool) { return returns(p, with(leaves(p), "error", "access_denied")) },
	} {
		if status, in := try(g.person("dana")); status != http.StatusForbidden || in {
			t.Errorf("%s: %d, signed in: %v", name, status, in)
		}
	}
	for name, q := range map[string]url.Values{"no code": {"code": {""}}, "a long code": {"code": {strings.Repeat("x", 1000)}},
		"a wrong callback": {"error": {"redirect_uri_mismatch"}}, "odd": {"error": {markup}}} {
		p := g.person("dana")
		sent := leaves(p)
		maps.Copy(sent, q)
		if status, in := returns(p, sent); status != http.StatusBadGateway || in {
			t.Errorf("%s: %d, signed in: %v", name, status, in)
		}
	}
	dana := g.person("dana")
	sent := leaves(dana)
	left := dana.cookie(leaveCookie)
	if status, in := returns(dana, sent); status != 200 || !in {
		t.Fatalf("%d", status)
	}
	again := g.person("dana")
	again.keep(leaveCookie, left)
	if status, in := returns(again, sent); status != http.StatusForbidden || in {
		t.Errorf("the same state again: %d, signed in: %v", status, in)
	}
	for _, hidden := range []string{sent.Get("code"), sent.Get("state"), left} {
		if strings.Contains(g.log.String(), hidden) {
			t.Errorf("the log shows %q", hidden)
		}
	}
}

// TestSignInIsPaced: GitHub isn't asked as often as somebody likes.
func TestSignInIsPaced(t *testing.T) {
	g := newGate(t)
	statuses := map[int]int{}
	for range 40 {
		status, _, _ := g.person("mallory").signIn("/docs")
		statuses[status]++
	}
	if statuses[200] != 20 || statuses[http.StatusTooManyRequests] != 20 {
		t.Errorf("%v", statuses)
	}
	g.now = g.now.Add(time.Minute)
	if status, _, _ := g.person("dana").signIn("/docs"); status != 200 {
		t.Errorf("a minute later: %d", status)
	}
}

// TestGitHubDoesNotSayWho: the page says what to do, and only the log why.
func TestGitHubDoesNotSayWho(t *testing.T) {
	g := newGate(t)
	g.fault = errors.New("no answer from 10.1.2.3")
	if status, text, _ := g.person("dana").signIn("/"); status != http.StatusBadGateway || strings.Contains(text, "10.1.2.3") ||
		!strings.Contains(g.log.String(), "10.1.2.3") {
		t.Errorf("%d %s\n%s", status, text, g.log.String())
	}
	g.fault = ErrClient
	if status, text, _ := g.person("dana").signIn("/"); status != http.StatusBadGateway || !strings.Contains(text,
		"client secret or callback URL is wrong") {
		t.Errorf("%d %s", status, text)
	}
}

// TestReturnPaths: whoever signs in ends on these pages, wherever a link wants them.
func TestReturnPaths(t *testing.T) {
	g := newGate(t)
	for _, back := range []string{"//evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example/", "https:evil.example",
		"///evil.example",
		"/\t/evil.example", "\n//evil.example", " //evil.example", "javascript:alert(1)", "evil.example", "/sign-in?back=/", "/%zz", "",
		"/" + strings.Repeat("x", maxBack), "//user@evil.example", "/\x00", "http:/\\evil.example", "/sign-in/callback?code=1"} {
		if got := local(back); got != "/" {
			t.Errorf("%q leads to %q", back, got)
		}
	}
	for back, want := range map[string]string{"/docs": "/docs", "/python/cpython?find=%2F%2Fevil": "/python/cpython?find=%2F%2Fevil",
		"/%2F%2Fevil.example": "/%2F%2Fevil.example", "/%5Cevil.example": "/%5Cevil.example", "/docs#//evil": "/docs"} {
		if got := local(back); got != want {
			t.Errorf("%q leads to %q, not %q", back, got, want)
		}
	}
	for _, back := range []string{"//evil.example", `/\evil.example`, "https://evil.example", "/%2F%2Fevil.example", "/.//evil.example",
		"/x/..//evil.example", "/%2e%2e//evil.example"} {
		g.now = g.now.Add(time.Minute)
		if _, _, where := g.person("dana").signIn(back); where.Scheme+"://"+where.Host != public {
			t.Errorf("%q leads to %s", back, where)
		}
	}
}
