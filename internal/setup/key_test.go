package setup

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

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
		"an unknown code":   {func(_ *actor, back url.Values) { back.Set("code", "../../app") }, 410, "works only once, and only for an hour", true},
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
