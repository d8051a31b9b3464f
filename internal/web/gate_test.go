package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

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
