package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSessionsEnd: unused after a day, any after a week, and everywhere with the sign-out.
func TestSessionsEnd(t *testing.T) {
	g := newGate(t)
	in := func(p *person) bool { status, _, _ := p.open("/docs"); return status == 200 }
	dana := g.person("dana")
	dana.signIn("/docs")
	for hours := 0; hours < 7*24; hours += 23 {
		if !in(dana) {
			t.Fatalf("signed out after %d hours", hours)
		}
		g.now = g.now.Add(23 * time.Hour)
	}
	if in(dana) {
		t.Error("signed in for more than a week")
	}
	dana.signIn("/docs")
	g.now = g.now.Add(idleTime)
	if in(dana) {
		t.Error("signed in after a day without use")
	}
	dana.signIn("/docs")
	stolen := g.person("mallory")
	stolen.keep(sessionCookie, dana.cookie(sessionCookie))
	if !in(stolen) {
		t.Fatal("the session isn't in the cookie")
	}
	dana.post(signOutPath, url.Values{"token": {dana.token("/docs")}})
	if in(stolen) || in(dana) {
		t.Error("the session outlives the sign-out")
	}
	for _, value := range []string{"x", strings.Repeat("x", 4000), "' OR 1=1 --"} {
		stolen.keep(sessionCookie, value)
		if in(stolen) {
			t.Errorf("%q is a session", value)
		}
	}
}

// TestSessionIsNew: a session that somebody put into the browser isn't the one that
// they get, and the old one ends.
func TestSessionIsNew(t *testing.T) {
	g := newGate(t)
	mallory, dana := g.person("mallory"), g.person("dana")
	mallory.signIn("/docs")
	fixed := mallory.cookie(sessionCookie)
	dana.keep(sessionCookie, fixed)
	dana.signIn("/docs")
	if dana.cookie(sessionCookie) == fixed {
		t.Error("dana's session is the one that mallory knows")
	}
	if status, _, _ := mallory.open("/docs"); status != 401 {
		t.Errorf("mallory's session goes on: %d", status)
	}
	if _, text, _ := dana.open("/docs"); !strings.Contains(text, "dana <button>") {
		t.Errorf("%s", text)
	}
	known, err := g.site.pages.Store.Session(t.Context(), dana.cookie(sessionCookie))
	if err != nil || known.ID != "" {
		t.Errorf("the database has what the browser must know: %+v %v", known, err)
	}
}

// TestFormsNeedTheirToken: each form works from a page of the same session alone.
func TestFormsNeedTheirToken(t *testing.T) {
	g := newGate(t)
	g.seePull("python/cpython")
	g.rights["python/cpython dana"] = Rights{Reads: true, Acts: true, Holds: true}
	g.rights["python/cpython mallory"] = g.rights["python/cpython dana"]
	mallory, dana := g.person("mallory"), g.person("dana")
	mallory.signIn("/docs")
	dana.signIn("/docs")
	token := dana.token("/docs")
	for _, path := range []string{signOutPath, "/python/cpython/pull/5/check", "/python/cpython/pull/5/hold", "/python/cpython/pull/5/replay",
		"/my-feed/end",
		"/python/cpython/pull/5/resume"} {
		for name, try := range map[string]func() (int, string){
			"no token":        func() (int, string) { return dana.post(path, url.Values{}) },
			"another's token": func() (int, string) { return dana.post(path, url.Values{"token": {mallory.token("/docs")}}) },
			"in the address":  func() (int, string) { return dana.post(path+"?token="+url.QueryEscape(token), url.Values{}) },
			"another site": func() (int, string) {
				return dana.post(path, url.Values{"token": {token}}, "Sec-Fetch-Site", "cross-site")
			},
			"another origin": func() (int, string) {
				return dana.post(path, url.Values{"token": {token}}, "Origin", "https://evil.example")
			},
			"another's domain": func() (int, string) {
				return dana.post(path, url.Values{"token": {token}}, "Sec-Fetch-Site", "same-site")
			},
			"a long form": func() (int, string) {
				return dana.post(path, url.Values{"x": {strings.Repeat("x", maxForm)}, "token": {token}})
			},
		} {
			if status, _ := try(); status != http.StatusForbidden {
				t.Errorf("%s, %s: %d", path, name, status)
			}
		}
		if status, _, _ := dana.open(path); status != 404 && status != 405 {
			t.Errorf("a GET of %s: %d", path, status)
		}
		if status, _ := g.person("").post(path, url.Values{"token": {token}}); status != 401 {
			t.Errorf("%s by nobody: %d", path, status)
		}
	}
	if len(g.checked) > 0 || dana.token("/docs") != token {
		t.Errorf("something was done: %v", g.checked)
	}
	if status, text := dana.post("/python/cpython/pull/5/check", url.Values{"token": {token}}, "Sec-Fetch-Site", "same-origin", "Origin",
		public); status != 200 || !strings.Contains(text, "The bot checks it now") {
		t.Errorf("%d %s", status, text)
	}
	if !slices.Equal(g.checked, []string{"python/cpython#5 dana"}) {
		t.Errorf("%v", g.checked)
	}
}
