package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// public is where people find the pages.
const public = "https://bot.example.org"

// people are those whom GitHub knows.
var people = map[string]Person{"alice": {1, "alice"}, "bob": {2, "bob"}, "dana": {3, "dana"}, "mallory": {4, "mallory"}, markup: {5,
	markup}}

// gate is a site on which people sign in, with a clock, and what GitHub would say.
type gate struct {
	*site
	rights   map[string]Rights // by repository and login: "python/cpython dana"
	away     bool              // GitHub
	asked    []string
	cost     int // of that, in requests
	checked  []string
	fault    error // of Arrive, and of a replay
	replayed pull.View
}

func newGate(t testing.TB, change ...func(*SignIn)) *gate {
	t.Helper()
	g := &gate{site: newSite(t), rights: map[string]Rights{}}
	s := &SignIn{
		URL: public, ClientID: "Iv1.0123", Secret: "0123456789abcdef", Sessions: g.queue, Feeds: g.queue,
		Arrive: func(_ context.Context, a Arrival) (Person, error) {
			code, verifier := a.Code[:len(a.Code)-44], a.Code[len(a.Code)-43:]
			if a.Callback != public+CallbackPath || verifier != challengeOf(a.Verifier) {
				return Person{}, ErrCode
			}
			return people[code], g.fault
		},
		Rights: func(_ context.Context, key pull.Key, who Person, only Only) (Rights, error) {
			name := key.String() + " " + who.Login
			g.asked, g.cost = append(g.asked, name), g.cost+only.cost()
			if g.away {
				return Rights{}, errors.New("GitHub is away")
			}
			return g.rights[strings.ToLower(name)], nil
		},
		Again: func(_ context.Context, key pull.Key, login string) error {
			g.checked = append(g.checked, key.String()+" "+login)
			return nil
		},
		Replay: func(context.Context, pull.Key) (pull.View, error) { return g.replayed, g.fault },
		Hold: func(_ context.Context, key pull.Key, h pull.Hold) error {
			g.checked = append(g.checked, key.String()+" "+h.String())
			return nil
		},
		Resume: func(_ context.Context, key pull.Key, login string) error {
			g.checked = append(g.checked, key.String()+" resumed by "+login)
			return nil
		},
	}
	for _, c := range change {
		c(s)
	}
	cfg := g.site.pages.Config
	cfg.SignIn = s
	var err error
	g.site.pages, err = New(cfg)
	g.ok(err)
	return g
}

// challengeOf is PKCE's S256 (RFC 7636).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// person is a browser in which somebody is signed in at GitHub.
type person struct {
	*gate
	http.Client
	login string
	sent  []string // where GitHub sent it back to
}

func (g *gate) person(login string) *person {
	g.Helper()
	jar, err := cookiejar.New(nil)
	g.ok(err)
	p := &person{gate: g, login: login}
	p.Client = http.Client{Jar: jar, Transport: p}
	return p
}

// RoundTrip has the pages and GitHub answer. GitHub sends everyone back who authorizes
// the App: its code says whose it is, and for which challenge.
func (p *person) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r.URL.Host == "github.example" {
		q := r.URL.Query()
		back := q.Get("redirect_uri") + "?" + url.Values{"state": {q.Get("state")}, "code": {p.login + " " + q.Get("code_challenge")}}.Encode()
		p.sent = append(p.sent, back)
		http.Redirect(w, r, back, http.StatusFound)
	} else {
		inner := r.Clone(r.Context())
		inner.Host, inner.RequestURI = r.URL.Host, r.URL.RequestURI()
		if inner.Body == nil {
			inner.Body = http.NoBody
		}
		p.site.pages.ServeHTTP(w, inner)
	}
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

// open gives a page's status, text and address.
func (p *person) open(path string) (int, string, *url.URL) {
	p.Helper()
	answer, err := p.Get(public + path)
	return p.read(answer, err)
}

func (p *person) read(answer *http.Response, err error) (int, string, *url.URL) {
	p.Helper()
	p.ok(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	p.ok(err)
	return answer.StatusCode, string(text), answer.Request.URL
}

// signIn signs in, and ends at a path.
func (p *person) signIn(back string) (int, string, *url.URL) {
	p.Helper()
	return p.open(signInPath + "?back=" + url.QueryEscape(back))
}

// cookie is what the browser keeps under a name.
func (p *person) cookie(name string) string {
	u, err := url.Parse(public)
	p.ok(err)
	for _, c := range p.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func (p *person) keep(name, value string) {
	u, err := url.Parse(public)
	p.ok(err)
	p.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Secure: true, Path: "/"}})
}

var tokenOf = regexp.MustCompile(`name="token" value="([^"]+)"`)

func (p *person) token(path string) string {
	p.Helper()
	_, text, _ := p.open(path)
	if found := tokenOf.FindStringSubmatch(text); found != nil {
		return found[1]
	}
	return ""
}

func (p *person) post(path string, form url.Values, head ...string) (int, string) {
	p.Helper()
	r, err := http.NewRequest("POST", public+path, strings.NewReader(form.Encode()))
	p.ok(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	answer, err := p.Do(r)
	status, text, _ := p.read(answer, err)
	return status, text
}

// seePull has a pull request of alice's in a repository.
func (g *gate) seePull(repository string) {
	g.Helper()
	g.see(repository, pull.View{Brief: pull.Brief{Number: 5, Title: "Fix of " + repository, Author: "alice", State: pull.Open, Seen: at}})
}

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
