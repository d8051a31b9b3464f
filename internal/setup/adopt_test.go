package setup

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/doctor"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

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
		"GitHub is away": {"", "get the App from GitHub"},
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
