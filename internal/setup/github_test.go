package setup

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/access"
	"github.com/concorde-bot/concorde/internal/doctor"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

// actor is a stage before a GitHub on which nobody has created the App.
type actor struct {
	*stage
	github *ghtest.Server
	change func(*Config)
}

// newActor has dana, an owner of the organization python, in front of the browser.
func newActor(t *testing.T, change func(*Config)) *actor {
	t.Helper()
	github, err := ghtest.New(ghtest.Config{NoApp: true})
	must(t, err)
	t.Cleanup(func() { must(t, github.Close()) })
	github.Owners("python", "dana")
	github.SignIn("dana")
	a := &actor{github: github}
	a.change = func(c *Config) {
		c.APIURL, c.ServerURL = github.APIURL(), github.URL
		c.Examine = func(ctx context.Context, app *gh.App, webhook string) doctor.Report {
			return doctor.Report{State: doctor.OK, Findings: []doctor.Finding{{Check: "webhook", State: doctor.OK, Text: "at " + webhook}}}
		}
		if change != nil {
			change(c)
		}
	}
	a.stage = newStage(t, a.change)
	a.signIn()
	return a
}

// fields of a form that an owner fills in.
func (a *actor) fields(more ...string) url.Values {
	a.Helper()
	v := url.Values{
		"token": {a.token(a.get("/setup"))}, "owner": {"organization"}, "organization": {"python"}, "name": {"Concorde Test"},
		"url": {"https://bot.example.org"}, "want-workflows": {"on"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

var (
	actionOf = regexp.MustCompile(`<form method="post" action="([^"]+)"`)
	hiddenOf = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
)

// press sends the first form of a page, in the browser, with other fields besides the
// hidden ones.
func (a *actor) press(page answer, fields url.Values) answer {
	a.Helper()
	action := actionOf.FindStringSubmatch(page.text)
	if action == nil {
		a.Fatalf("no form in %s", page.text)
	}
	to, err := page.at.Parse(html.UnescapeString(action[1]))
	must(a, err)
	all := url.Values{}
	for k, v := range fields {
		all[k] = v
	}
	for _, h := range hiddenOf.FindAllStringSubmatch(page.text, -1) {
		all.Set(h[1], html.UnescapeString(h[2]))
	}
	r, err := http.NewRequest(http.MethodPost, to.String(), strings.NewReader(all.Encode()))
	must(a, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return a.do(r)
}

// toGitHub goes to GitHub's page that creates the App.
func (a *actor) toGitHub(more ...string) answer {
	a.Helper()
	leave := a.post("/setup/create", a.fields(more...))
	if leave.status != http.StatusOK {
		a.Fatalf("%d %s", leave.status, leave.text)
	}
	return a.press(leave, nil)
}

// code is what GitHub sends the browser back with, which doesn't follow.
func (a *actor) code(review answer) *url.URL {
	a.Helper()
	follow := a.browser.CheckRedirect
	defer func() { a.browser.CheckRedirect = follow }()
	a.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	back := a.press(review, nil)
	to, err := url.Parse(back.header.Get("Location"))
	must(a, err)
	if to.Query().Get("code") == "" {
		a.Fatalf("%d %s %s", back.status, to, back.text)
	}
	return to
}

// stored are the credentials on disk.
func (a *actor) stored() Credentials {
	a.Helper()
	c, err := Files{a.dir}.Load()
	must(a, err)
	return c
}

func TestCreate(t *testing.T) {
	a := newActor(t, nil)
	review := a.toGitHub()
	if !review.has("Create GitHub App for python") {
		t.Fatalf("%d %s", review.status, review.text)
	}
	done := a.press(review, nil)
	if done.at.Path != Path || done.at.RawQuery != "" || !done.has("Install it on GitHub") {
		t.Fatalf("%s: %d %s", done.at, done.status, done.text)
	}
	a.created(done)
	if !Unfinished(a.dir) {
		t.Error("a restart would forget the last step")
	}
	finished := a.post("/setup/finish", url.Values{"token": {a.token(done)}})
	if finished.status != http.StatusOK || Unfinished(a.dir) {
		t.Errorf("%d", finished.status)
	}
}

// created checks the App on GitHub, and that nobody sees its secrets.
func (a *actor) created(done answer) {
	a.Helper()
	c := a.stored()
	if c.ID != a.github.AppID() || c.Slug != "concorde-test" || c.Secret != a.github.WebhookSecret() {
		a.Errorf("%+v", c)
	}
	if got := <-a.got; got.ID != c.ID {
		a.Errorf("the bot got %+v", got)
	}
	id, secret := a.github.Client()
	if back := a.github.Callbacks(); c.Client != (Client{id, secret}) || !slices.Equal(back,
		[]string{"https://bot.example.org/sign-in/callback"}) {
		a.Errorf("%+v, sent back to %v", c.Client, back)
	}
	for _, secret := range []string{c.Secret, c.Client.Secret, strings.Split(string(c.Key), "\n")[1]} {
		if strings.Contains(done.text+a.terminal.String(), secret) {
			a.Error("a secret is shown")
		}
	}
	app, err := a.wizard.Client(c)
	must(a, err)
	found, err := app.Registration(a.Context())
	must(a, err)
	want := access.Choose(func(p access.Permission) bool { return p.Name == "workflows" })
	if found.Owner != "python" || !found.Organization || len(found.Permissions) != len(want) || found.Permissions["workflows"] != "write" {
		a.Errorf("%+v", found)
	}
	if hook, err := app.Hook(a.Context()); err != nil || hook.URL != "https://bot.example.org/webhook" || !hook.HasSecret {
		a.Errorf("%+v %v", hook, err)
	}
	if again := a.get("/setup/created?code=x&state=y"); again.at.Path != Path { // somebody goes back
		a.Errorf("%s", again.at)
	}
}

func TestCreateForAPerson(t *testing.T) {
	a := newActor(t, nil)
	if done := a.press(a.toGitHub("owner", "personal"), nil); done.at.Path != Path {
		t.Fatalf("%s", done.at)
	}
	app, err := a.wizard.Client(a.stored())
	must(t, err)
	if found, err := app.Registration(t.Context()); err != nil || found.Owner != "dana" || found.Organization {
		t.Errorf("%+v %v", found, err)
	}
}

// Who isn't an owner sees 404 on GitHub; the page before says what that means.
func TestCreateByAMember(t *testing.T) {
	a := newActor(t, nil)
	a.github.SignIn("bob")
	leave := a.post("/setup/create", a.fields())
	if !leave.has("neither an owner nor an App manager of python") {
		t.Error(leave.text)
	}
	if review := a.press(leave, nil); review.status != http.StatusNotFound {
		t.Errorf("%d", review.status)
	}
}

// What GitHub would refuse isn't sent there.
func TestCreateWithoutAPublicAddress(t *testing.T) {
	a := newActor(t, func(c *Config) { c.ServerURL = "https://github.com"; c.APIURL = "https://api.github.com" })
	for _, address := range []string{"https://localhost:8080", "http://bot.example.org", "https://192.168.1.2"} {
		p := a.post("/setup/create", a.fields("url", address))
		if p.status != http.StatusUnprocessableEntity || p.has(`name="manifest"`) || !p.has("cloudflared tunnel") {
			t.Errorf("%s: %d %s", address, p.status, p.text)
		}
	}
}

// Behind a proxy that doesn't pass on its name, GitHub sends the browser back to the
// public address all the same.
func TestCreateThroughAProxy(t *testing.T) {
	a := newActor(t, func(c *Config) { c.URL = "https://bot.example.org/" })
	fields := a.fields()
	r, err := http.NewRequest(http.MethodPost, a.url+"/setup/create", strings.NewReader(fields.Encode()))
	must(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://bot.example.org")
	leave := a.do(r)
	back := `"redirect_url":"https://bot.example.org/setup/created"`
	if leave.status != http.StatusOK || !strings.Contains(html.UnescapeString(leave.text), back) {
		t.Errorf("%d %s", leave.status, leave.text)
	}
}

// A restart between any two steps loses nothing.
func TestRestarts(t *testing.T) {
	a := newActor(t, nil)
	review := a.toGitHub()
	a.start(a.change) // while somebody is on GitHub
	to := a.code(review)
	to.Host = strings.TrimPrefix(a.url, "http://") // in life the port is the same
	p := a.get(to.RequestURI())
	if !p.has("Enter the code") {
		t.Fatalf("%d", p.status)
	}
	p = a.press(p, url.Values{"code": {a.terminal.code()}})
	if p.at.Path != Path || !p.has("Install it on GitHub") {
		t.Fatalf("%s %d %s", p.at, p.status, p.text)
	}
	c := a.stored()
	a.start(a.change) // before the App is installed
	a.signIn()
	if p := a.get(Path); !p.has("Install it on GitHub") || !p.has("at https://bot.example.org/webhook") {
		t.Errorf("%s", p.text)
	}
	if again := a.stored(); again.Secret != c.Secret {
		t.Error("the secret changed")
	}
}
