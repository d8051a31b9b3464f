package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// publicPages is where people find the pages.
const publicPages = "https://bot.example.org"

// gate is a bot whose pages are for those who sign in with GitHub.
type gate struct {
	*testing.T
	*process
	github *ghtest.Server
	repo   *ghtest.Repo
	number int
	pages  *url.URL
}

// newGate starts it on a repository with a pull request of eric's. private: the repository
// is closed to strangers. more are variables of the environment.
func newGate(t *testing.T, private bool, more ...string) *gate {
	t.Helper()
	g := &gate{T: t}
	g.github, g.repo = newGitHub(t, ghtest.Config{})
	g.repo.SetPrivate(private)
	g.github.SetCallbacks(publicPages + "/sign-in/callback")
	g.ok(g.github.Team("python", "python-core", "dana", "barry"))
	environment := identity(g.github)
	environment["GITHUB_APP_CLIENT_ID"], environment["GITHUB_APP_CLIENT_SECRET"] = g.github.Client()
	environment["BOT_PAGES"], environment["BOT_PAGES_SIGN_IN"], environment["BOT_URL"] = "127.0.0.1:0", "true", publicPages
	environment["DATABASE_URL"], environment["BOT_SETTLE"] = t.TempDir()+"/concorde.db", "20ms"
	for i := 0; i+1 < len(more); i += 2 {
		environment[more[i]] = more[i+1]
	}
	g.process = serve(t, environment)
	g.github.SetHook(ghtest.Hook{URL: g.process.URL + "/webhook"})
	eventually(t, "the pages", func() bool {
		for line := range strings.SplitSeq(g.log.String(), "\n") {
			var said struct{ URL, Message string }
			if json.Unmarshal([]byte(line), &said) == nil && said.Message == "showing pages" {
				g.pages, _ = url.Parse(said.URL)
			}
		}
		return g.pages != nil
	})
	var err error
	g.number, err = g.repo.OpenPR(ghtest.PR{Title: "gh-132004: Fix json.dump()", Author: "eric", Head: push(t, g.repo)})
	g.ok(err)
	eventually(t, "the first label", func() bool {
		state, err := g.repo.PR(g.number)
		return err == nil && slices.Contains(state.Labels, "awaiting review")
	})
	eventually(t, "nothing to do", g.idle)
	return g
}

func (g *gate) ok(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

// pull is the path of the pull request's page.
func (g *gate) pull() string { return fmt.Sprint("/python/cpython/pull/", g.number) }

// browserOf is somebody's browser. A name of the DNS and a proxy that terminates TLS lead
// it to the pages.
func (g *gate) browserOf(login string) *visitor {
	g.Helper()
	jar, err := cookiejar.New(nil)
	g.ok(err)
	return &visitor{T: g.T, Client: http.Client{Jar: jar, Transport: proxied{g, login}}}
}

type proxied struct {
	*gate
	login string
}

// RoundTrip implements http.RoundTripper.
func (p proxied) RoundTrip(r *http.Request) (*http.Response, error) {
	if "https://"+r.URL.Host != publicPages {
		p.github.SignIn(p.login) // whose browser it is
		return http.DefaultTransport.RoundTrip(r)
	}
	inner := r.Clone(r.Context())
	inner.Host, inner.URL.Scheme, inner.URL.Host = r.URL.Host, "http", p.pages.Host
	answer, err := http.DefaultTransport.RoundTrip(inner)
	if err == nil {
		answer.Request = r
	}
	return answer, err
}

// open gives a page's status and text.
func (g *gate) open(v *visitor, path string) (int, string) {
	g.Helper()
	answer, err := v.Get(publicPages + path)
	g.ok(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	g.ok(err)
	return answer.StatusCode, string(text)
}

// enter signs somebody in, who authorizes the App if GitHub asks.
func (g *gate) enter(login string) *visitor {
	g.Helper()
	v := g.browserOf(login)
	page, at := v.read(v.Get(publicPages + "/sign-in?back=/docs"))
	if at.Path == "/login/oauth/authorize" {
		page, at = v.submit(page, at)
	}
	if at.String() != publicPages+"/docs" || !strings.Contains(page, login+" <button>Sign out") {
		g.Fatalf("%s ends at %s: %s", login, at, page)
	}
	return v
}

// Somebody signs in by GitHub, sees a private repository as far as GitHub lets them, has
// the bot check a pull request if a comment of theirs could, and loses that with their
// role. No secret shows anywhere, and GitHub keeps no token.
func TestSignInToPages(t *testing.T) {
	t.Parallel()
	g := newGate(t, true)
	g.ok(g.repo.Collaborator("carol", "triage"))
	g.ok(g.repo.Collaborator("rita", "read"))
	g.ok(g.repo.Collaborator("barry", "read"))
	if status, text := g.open(g.browserOf("carol"), g.pull()); status != http.StatusUnauthorized || strings.Contains(text, "json.dump") {
		t.Fatalf("nobody sees %d %s", status, text)
	}
	var shown strings.Builder
	pages := map[string]string{}
	for _, login := range []string{"carol", "rita", "barry", "mallory"} {
		v := g.enter(login)
		_, text := g.open(v, g.pull())
		pages[login] = text
		status, other := g.open(v, strings.Replace(g.pull(), "cpython", "absent", 1))
		if login == "mallory" && (status != http.StatusNotFound || other != strings.ReplaceAll(text, "cpython", "absent")) {
			t.Errorf("a stranger sees that there's a repository: %s", text)
		}
		u, _ := url.Parse(publicPages)
		for _, c := range v.Jar.Cookies(u) {
			shown.WriteString(c.Value + "\n")
			if strings.Contains(g.log.String()+text, c.Value) {
				t.Errorf("the cookie %s shows", c.Name)
			}
		}
		shown.WriteString(text)
	}
	for login, want := range map[string][2]bool{"carol": {true, true}, "rita": {true, false}, "barry": {true, true}, "mallory": {false,
		false}} {
		if reads, acts := strings.Contains(pages[login], "json.dump"), strings.Contains(pages[login], "Check again"); reads != want[0] ||
			acts != want[1] {
			t.Errorf("%s reads: %v, acts: %v", login, reads, acts)
		}
	}
	_, secret := g.github.Client()
	for _, hidden := range []string{secret, "ghu_", "ghr_", "ghs_", "code_challenge", "/sign-in/callback?"} {
		if strings.Contains(shown.String()+g.log.String()+g.out.String(), hidden) {
			t.Errorf("%q shows", hidden)
		}
	}
	if n := g.github.PersonTokens(); n != 0 {
		t.Errorf("%d tokens of people are left", n)
	}
	carol := g.enter("carol") // GitHub doesn't ask again
	_, text := g.open(carol, g.pull())
	flush(t, g.github)
	eventually(t, "nothing to do", g.idle)
	g.github.SetHook(ghtest.Hook{}) // the bot doesn't hear of what follows
	g.ok(g.repo.EditTitle(g.number, "Fix json.dump()"))
	if page, at := carol.submit(afterHeader(text), mustParse(publicPages+g.pull())); !strings.Contains(page, "The bot checks it now") {
		t.Fatalf("%s %s", at, page)
	}
	eventually(t, "the bot to see it", func() bool {
		_, text := g.open(carol, g.pull())
		return strings.Contains(text, "page, by carol")
	})
}

// Who leaves the team loses its rights with GitHub's webhook, and a page that can't ask
// GitHub says so.
func TestRightsEnd(t *testing.T) {
	t.Parallel()
	g := newGate(t, true)
	g.ok(g.repo.Collaborator("barry", "read"))
	g.ok(g.repo.Collaborator("rita", "read"))
	barry, rita := g.enter("barry"), g.enter("rita")
	if _, text := g.open(barry, g.pull()); !strings.Contains(text, "Check again") {
		t.Fatalf("%s", text)
	}
	g.ok(g.github.LeaveTeam("python", "python-core", "barry"))
	eventually(t, "the button to go", func() bool {
		status, text := g.open(barry, g.pull())
		return status == http.StatusOK && !strings.Contains(text, "Check again")
	})
	g.ok(g.github.Fault(ghtest.Fault{Path: "collaborators/rita/permission", Status: 503, Times: 1000}))
	if status, text := g.open(rita, g.pull()); status != http.StatusServiceUnavailable || !strings.Contains(text,
		"The bot can&#39;t ask GitHub what you may see") {
		t.Errorf("while GitHub is away: %d %s", status, text)
	}
	g.github.ClearFaults()
	// Somebody takes the login that barry had: the session is still barry's.
	g.github.RenameUser("barry", "barry-the-second")
	g.ok(g.repo.Collaborator("barry", "admin"))
	g.ok(g.github.JoinTeam("python", "python-core", "barry"))
	eventually(t, "the session to be of no use", func() bool {
		status, _ := g.open(barry, g.pull())
		return status == http.StatusNotFound
	})
}

// afterHeader is a page without the form that signs out.
func afterHeader(page string) string { _, rest, _ := strings.Cut(page, "</header>"); return rest }

func mustParse(address string) *url.URL { u, _ := url.Parse(address); return u }
