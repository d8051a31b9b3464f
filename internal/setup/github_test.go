package setup

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

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

// GitHub's answer counts only with the state that was sent with the browser, and once.
func TestStateAndCode(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil  func(a *actor, back url.Values)
		status int
		text   string
		asked  bool // GitHub is
	}{
		"another state":     {func(_ *actor, back url.Values) { back.Set("state", "AAAAAAAAAAAAAAAAAAAAAAAAAA") }, 403, "Begin again", false},
		"no state":          {func(_ *actor, back url.Values) { back.Del("state") }, 403, "Begin again", false},
		"no code":           {func(_ *actor, back url.Values) { back.Set("code", "") }, 400, "no code", false},
		"a code of a novel": {func(_ *actor, back url.Values) { back.Set("code", strings.Repeat("x", 500)) }, 400, "no code", false},
		"an unknown code":   {func(_ *actor, back url.Values) { back.Set("code", "../../app") }, 410, "works once, and for an hour", true},
		"an old code":       {func(a *actor, _ url.Values) { a.github.Advance(61 * time.Minute) }, 410, "make a new key", true},
		"an old state": {func(a *actor, _ url.Values) {
			a.wizard.Now = func() time.Time { return time.Now().Add(61 * time.Minute) }
		}, 410, "take the App over", false},
		"a used code": {func(a *actor, back url.Values) {
			_, err := gh.Convert(a.Context(), gh.Conversion{APIURL: a.github.APIURL(), Code: back.Get("code")})
			must(a, err)
			a.github.ResetRequests()
		}, 410, "its key is lost", true},
	} {
		t.Run(name, func(t *testing.T) {
			a := newActor(t, nil)
			to := a.code(a.toGitHub())
			back := to.Query()
			a.github.ResetRequests()
			tt.spoil(a, back)
			p := a.get(to.Path + "?" + back.Encode())
			if p.status != tt.status || !p.has(tt.text) {
				t.Errorf("%d %s", p.status, p.text)
			}
			if asked := len(a.github.Requests()) > 0; asked != tt.asked {
				t.Errorf("GitHub was asked: %v", asked)
			}
			if _, err := os.Stat(a.dir); err == nil {
				t.Error("something is stored")
			}
		})
	}
}

// What GitHub answers wrong, or not at all, is said; nothing of it is stored, and a code
// that still works can be used.
func TestConversionsThatFail(t *testing.T) {
	const conversions = "^/app-manifests/"
	withKey := func(kind string) ghtest.Fault {
		return ghtest.Fault{Status: 201, Body: `{"id":1,"slug":"x","pem":"-----BEGIN ` + kind + `-----\nAAAA\n-----END ` + kind +
			`-----","webhook_secret":"0123456789abcdef0123"}`}
	}
	for name, tt := range map[string]struct {
		fault ghtest.Fault
		again bool // the same address may work later
	}{
		"502":                 {ghtest.BadGateway(), true},
		"a dropped line":      {ghtest.Fault{Drop: true}, true},
		"half an answer":      {ghtest.Fault{Truncate: true}, false}, // the code is used
		"no JSON":             {ghtest.Fault{Status: 201, Body: "<html>"}, true},
		"no key":              {ghtest.Fault{Status: 201, Body: `{"id":1,"slug":"x","webhook_secret":"0123456789abcdef0123"}`}, true},
		"a key that is none":  {withKey("RSA PRIVATE KEY"), false},
		"another certificate": {withKey("CERTIFICATE"), false},
	} {
		t.Run(name, func(t *testing.T) {
			a := newActor(t, nil)
			to := a.code(a.toGitHub())
			tt.fault.Path = conversions
			must(t, a.github.Fault(tt.fault))
			p := a.get(to.RequestURI())
			mayTry := tt.again || name == "half an answer"
			if p.status != http.StatusBadGateway || p.has("0123456789abcdef") || p.has("Try again") != mayTry {
				t.Errorf("%d %s", p.status, p.text)
			}
			if _, err := os.Stat(a.dir); err == nil {
				t.Error("something is stored")
			}
			if p := a.get(to.RequestURI()); tt.again && p.at.Path != Path || !tt.again && name == "half an answer" && p.status != http.StatusGone {
				t.Errorf("again: %s %d %s", p.at, p.status, p.text)
			}
		})
	}
}

// GitHub may choose no secret, or one that no shell should see: the bot sets its own.
func TestSecretThatGitHubDoesNotChoose(t *testing.T) {
	for _, secret := range []string{"null", `""`, `"'; rm -rf / #aaaaaaaaaaaa"`, `"short"`} {
		a := newActor(t, nil)
		to := a.code(a.toGitHub())
		key := strings.ReplaceAll(string(a.github.PrivateKeyPEM()), "\n", `\n`)
		body := `{"id":` + itoa(a.github.AppID()) + `,"slug":"<b>","pem":"` + key + `","webhook_secret":` + secret + `}`
		must(t, a.github.Fault(ghtest.Fault{Path: "^/app-manifests/", Status: 201, Body: body}))
		if p := a.get(to.RequestURI()); p.at.Path != Path || p.has("<b>") {
			t.Fatalf("%s %d %s", p.at, p.status, p.text)
		}
		if c := a.stored(); len(c.Secret) < 40 || c.Secret != a.github.WebhookSecret() || c.Slug != "" {
			t.Errorf("%s: %+v, GitHub has %s", secret, c, a.github.WebhookSecret())
		}
	}
}

// The key comes once: before it's asked for, there must be room for it; if it can't be
// stored all the same, it isn't lost.
func TestKeyThatCannotBeStored(t *testing.T) {
	a := newActor(t, nil)
	must(t, os.MkdirAll(filepath.Join(a.dir, "mine"), 0o700))
	if p := a.post("/setup/create", a.fields()); p.status != http.StatusUnprocessableEntity || !p.has("there is an App already") {
		t.Fatalf("%d %s", p.status, p.text)
	}
	must(t, os.RemoveAll(a.dir))
	to := a.code(a.toGitHub())
	must(t, os.MkdirAll(filepath.Join(a.dir, "mine"), 0o700)) // meanwhile
	p := a.get(to.RequestURI())
	if p.status != http.StatusInternalServerError || !p.has("isn't stored yet") && !p.has("isn&#39;t stored yet") {
		t.Fatalf("%d %s", p.status, p.text)
	}
	select {
	case c := <-a.got:
		t.Errorf("the bot starts with %+v", c)
	default:
	}
	if again := a.get(to.RequestURI()); again.status != http.StatusInternalServerError { // loaded again: the code is used, the key is not lost
		t.Errorf("%d", again.status)
	}
	must(t, os.RemoveAll(a.dir))
	if p = a.post("/setup/store", url.Values{"token": {a.token(p)}}); p.at.Path != Path || p.status != http.StatusOK {
		t.Fatalf("%d %s", p.status, p.text)
	}
	if c := a.stored(); c.Secret != a.github.WebhookSecret() {
		t.Errorf("%+v", c)
	}
}

// Where nothing can be stored, the terminal shows the key, and the bot goes on with it.
func TestKeyThatIsPrintedInstead(t *testing.T) {
	a := newActor(t, nil)
	to := a.code(a.toGitHub())
	must(t, os.MkdirAll(filepath.Join(a.dir, "mine"), 0o700)) // meanwhile
	p := a.get(to.RequestURI())
	p = a.post("/setup/print", url.Values{"token": {a.token(p)}})
	if p.at.Path != Path || !p.has("printed on the terminal") {
		t.Fatalf("%d %s", p.status, p.text)
	}
	if shown := a.terminal.String(); !strings.Contains(shown, "GITHUB_WEBHOOK_SECRET='"+a.github.WebhookSecret()+"'\n") {
		t.Error(shown)
	}
	if c := <-a.got; c.Secret != a.github.WebhookSecret() {
		t.Errorf("the bot got %+v", c)
	}
}

// With a secret store, or where nothing can be written, the terminal shows all, and
// nothing is written.
func TestKeyIsPrinted(t *testing.T) {
	a := newActor(t, func(c *Config) { c.Store, c.Progress = Printer{c.Terminal}, "" })
	if p := a.press(a.toGitHub(), nil); p.at.Path != Path || !p.has("printed on the terminal") {
		t.Fatalf("%d %s", p.status, p.text)
	}
	shown := a.terminal.String()
	for _, want := range []string{"GITHUB_APP_ID=" + itoa(a.github.AppID()), "GITHUB_WEBHOOK_SECRET='" + a.github.WebhookSecret() + "'"} {
		if !strings.Contains(shown, want+"\n") {
			t.Errorf("%s isn't in %s", want, shown)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(a.dir)); err != nil || len(entries) > 0 {
		t.Errorf("%v %v", entries, err)
	}
}

// An App that exists gets a new secret, which is stored before GitHub has it.
func TestAdopt(t *testing.T) {
	a := newActor(t, nil)
	a.code(a.toGitHub()) // created, and its key was lost
	old := a.github.WebhookSecret()
	key := "  junk\n" + string(a.github.PrivateKeyPEM()) + "\n"
	fields := a.fields("id", itoa(a.github.AppID()), "key", key, "url", "https://new.example.org/")
	must(t, a.github.Fault(ghtest.Fault{Method: "PATCH", Path: "^/app/hook/config$", Status: 500}))
	p := a.post("/setup/adopt", fields)
	if p.at.Path != Path || p.status != http.StatusOK {
		t.Fatalf("%d %s", p.status, p.text)
	}
	c := a.stored()
	if a.github.WebhookSecret() != old || c.Secret == old || c.Slug != "concorde-test" {
		t.Errorf("%+v", c)
	}
	a.start(a.change) // it crashed before GitHub had the secret
	a.signIn()
	p = a.get("/setup/hook")
	if !p.has(`value="https://new.example.org"`) {
		t.Errorf("%s", p.text)
	}
	if p = a.post("/setup/hook", url.Values{"token": {a.token(p)}, "url": {"https://new.example.org"}}); p.at.Path != Path {
		t.Fatalf("%d %s", p.status, p.text)
	}
	if a.github.WebhookSecret() != c.Secret {
		t.Error("GitHub has another secret")
	}
	app, err := a.wizard.Client(c)
	must(t, err)
	if hook, err := app.Hook(t.Context()); err != nil || hook.URL != "https://new.example.org/webhook" {
		t.Errorf("%+v %v", hook, err)
	}
}

func TestAdoptRefuses(t *testing.T) {
	a := newActor(t, nil)
	a.code(a.toGitHub())
	key := string(a.github.PrivateKeyPEM())
	for name, tt := range map[string]struct{ fields, text string }{
		"no number":      {"id=x", "a number from its settings page"},
		"no key":         {"key=secret", "from -----BEGIN to -----END"},
		"a broken key":   {"key=-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "private key of a GitHub App"},
		"another App":    {"id=4711", "accept this key for this App"},
		"a bad address":  {"url=https://localhost", "be reached"},
		"GitHub is away": {"", "be asked for the App"},
	} {
		fields := a.fields("id", itoa(a.github.AppID()), "key", key)
		if name, value, found := strings.Cut(tt.fields, "="); found {
			fields.Set(name, value)
		} else {
			must(t, a.github.Fault(ghtest.BadGateway()))
		}
		if name == "a bad address" {
			tt.text = "can&#39;t reach it"
		}
		p := a.post("/setup/adopt", fields)
		if p.status != http.StatusUnprocessableEntity || !p.has(tt.text) || p.has("BEGIN RSA") {
			t.Errorf("%s: %d %s", name, p.status, p.text)
		}
		if _, err := os.Stat(a.dir); err == nil {
			t.Errorf("%s: something is stored", name)
		}
	}
}

// The page shows what it has while GitHub hangs.
func TestChecksThatTakeLong(t *testing.T) {
	release := make(chan struct{})
	a := newActor(t, func(c *Config) {
		c.Examine = func(context.Context, *gh.App, string) doctor.Report {
			<-release
			finding := doctor.Finding{Check: "app", State: doctor.Problem, Text: "<i>bad</i>", Cure: "do it"}
			return doctor.Report{State: doctor.Problem, Findings: []doctor.Finding{finding}}
		}
	})
	p := a.press(a.toGitHub(), nil)
	if p.status != http.StatusOK || !p.has("Checking…") || p.header.Get("Refresh") != "5" {
		t.Errorf("%d %s", p.status, p.text)
	}
	close(release)
	deadline := time.Now().Add(time.Minute)
	for !p.has("Something needs your attention") {
		if time.Now().After(deadline) {
			t.Fatal(p.text)
		}
		p = a.get("/setup?still=1")
	}
	if p.has("<i>") || !p.has("→ do it") || p.header.Get("Refresh") != "" {
		t.Error(p.text)
	}
}

func TestNewRefuses(t *testing.T) {
	good := Config{
		Store: Files{"x"}, APIURL: "https://api.github.com", ServerURL: "https://github.com", Address: "http://127.0.0.1/setup",
		Terminal: &terminal{}, Log: zerolog.Nop(), Now: time.Now,
		Client: func(Credentials) (*gh.App, error) { return nil, nil }, Ready: func(Credentials) {},
		Examine: func(context.Context, *gh.App, string) doctor.Report { return doctor.Report{} },
	}
	for _, spoil := range []func(*Config){
		func(c *Config) { c.Store = nil },
		func(c *Config) { c.APIURL = "http://api.github.com" }, func(c *Config) { c.ServerURL = "https://github.example.net" },
		func(c *Config) { c.URL = "http://bot.example.org" }, func(c *Config) { c.URL = "https://localhost" },
	} {
		c := good
		spoil(&c)
		if _, err := New(c, nil); err == nil {
			t.Errorf("%+v", c)
		}
	}
}
