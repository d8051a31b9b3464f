package main

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/setup"
)

// visitor fills in the forms of the setup and of GitHub as a person does, in a browser
// without scripts.
type visitor struct {
	*testing.T
	http.Client
}

func newVisitor(t *testing.T) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{T: t, Client: http.Client{Jar: jar}}
}

// read gives a page, and where it is.
func (v *visitor) read(answer *http.Response, err error) (string, *url.URL) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.Fatal(err)
	}
	return string(text), answer.Request.URL
}

var (
	formOf  = regexp.MustCompile(`<form method="post" action="([^"]+)"`)
	inputOf = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
)

// submit sends the first form of a page with some fields filled in.
func (v *visitor) submit(page string, at *url.URL, fields ...string) (string, *url.URL) {
	v.Helper()
	action := formOf.FindStringSubmatch(page)
	if action == nil {
		v.Fatalf("no form at %s: %s", at, page)
	}
	to, err := at.Parse(html.UnescapeString(action[1]))
	if err != nil {
		v.Fatal(err)
	}
	all := url.Values{}
	for _, input := range inputOf.FindAllStringSubmatch(page, -1) {
		all.Set(input[1], html.UnescapeString(input[2]))
	}
	for i := 0; i+1 < len(fields); i += 2 {
		all.Set(fields[i], fields[i+1])
	}
	return v.read(v.PostForm(to.String(), all))
}

// signIn enters the code that the terminal shows last.
func (v *visitor) signIn(p *process) (string, *url.URL) {
	v.Helper()
	var code string
	eventually(v.T, "a code", func() bool {
		found := regexp.MustCompile(`code: (\S+)\n`).FindAllStringSubmatch(p.out.String(), -1)
		if len(found) > 0 {
			code = found[len(found)-1][1]
		}
		return code != ""
	})
	page, at := v.read(v.Get(p.URL + setup.Path))
	return v.submit(page, at, "code", code)
}

// bare is a GitHub without the App, and the environment of a bot that knows nothing.
func bare(t *testing.T) (*ghtest.Server, *ghtest.Repo, map[string]string) {
	t.Helper()
	github, cpython := newGitHub(t, ghtest.Config{NoApp: true})
	github.Owners("python", "dana")
	github.SignIn("dana")
	dir := t.TempDir()
	return github, cpython, map[string]string{
		"GITHUB_API_URL": github.APIURL(), "GITHUB_SERVER_URL": github.URL, "BOT_APP": filepath.Join(dir, "github-app"),
		"DATABASE_URL": filepath.Join(dir, "concorde.db"), "BOT_SETTLE": "50ms",
	}
}

// `bot serve` with nothing becomes the bot in the same process, and the setup goes on
// where it was after a kill -9 in the middle.
func TestSetup(t *testing.T) {
	t.Parallel()
	github, cpython, environment := bare(t)
	p := serve(t, environment)
	github.Proxy("https://bot.example.org", p.URL)
	if ready := p.get("/readyz"); !strings.Contains(ready, "no App is set up") {
		t.Errorf("%s", ready)
	}
	v := newVisitor(t)
	page, at := v.signIn(p)
	page, at = v.submit(page, at, "owner", "organization", "organization", "python", "name", "Concorde", "url", "https://bot.example.org")
	page, at = v.submit(page, at) // to GitHub
	page, at = v.submit(page, at) // creates it there, and back
	if at.Path != setup.Path || !strings.Contains(page, "Install it on GitHub") {
		t.Fatalf("%s %s", at, page)
	}
	app, err := setup.Files{Dir: environment["BOT_APP"]}.Load()
	if err != nil || app.Secret != github.WebhookSecret() {
		t.Fatalf("%+v %v", app, err)
	}
	eventually(t, "the bot to run", func() bool { return p.metric("concorde_queue_running") >= 0 })
	if shown := p.log.String() + p.out.String(); strings.Contains(shown, app.Secret) || strings.Contains(shown, "PRIVATE KEY") {
		t.Error("a secret is shown")
	}
	p.kill()
	p = serve(t, environment)
	github.Proxy("https://bot.example.org", p.URL)
	v = newVisitor(t)
	github.Install("python")
	flush(t, github)
	page, at = v.signIn(p)
	eventually(t, "the checks", func() bool {
		page, at = v.read(v.Get(p.URL + "/setup?still=1"))
		return strings.Contains(page, "and all that it asks for is accepted")
	})
	number, err := cpython.OpenPR(ghtest.PR{Title: "gh-132004: Fix json.dump()", Author: "eric", Head: push(t, cpython)})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first label", func() bool {
		state, err := cpython.PR(number)
		return err == nil && slices.Contains(state.Labels, "awaiting review")
	})
	v.submit(page, at)
	p.kill()
	p = serve(t, environment) // the setup is over
	if page := p.get("/setup"); !strings.Contains(page, "404") {
		t.Errorf("%s", page)
	}
	if out := p.out.String(); out != "" {
		t.Errorf("the terminal shows %s", out)
	}
}

// The files are instead of the environment, for each command; what is damaged in them
// isn't taken for a fresh start.
func TestFilesOfTheSetup(t *testing.T) {
	github, _ := newGitHub(t, ghtest.Config{})
	dir := filepath.Join(t.TempDir(), "github-app")
	files := setup.Files{Dir: dir}
	app := setup.Credentials{ID: github.AppID(), Slug: "concorde", Key: github.PrivateKeyPEM(), Secret: github.WebhookSecret()}
	if err := files.Save(app); err != nil {
		t.Fatal(err)
	}
	addresses := []string{"--app", dir, "--api-url", github.APIURL(), "--server-url", github.URL}
	database := filepath.Join(t.TempDir(), "x.db")
	doctor := []string{"doctor", "--database", database, "--lifecycle-cycle-url", "", "--lifecycle-releases-url", ""}
	code, table, stderr := runCommand(t, nil, append(doctor, addresses...)...)
	if !strings.Contains(table, "GitHub knows the App concorde") {
		t.Errorf("%d %s %s", code, table, stderr)
	}
	if err := os.Remove(filepath.Join(dir, "private-key.pem")); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "setup"} {
		code, _, stderr := runCommand(t, nil, append([]string{command, "--listen", "127.0.0.1:0"}, addresses...)...)
		if code != exitMisuse || !strings.Contains(stderr, "a file is missing") {
			t.Errorf("%s: %d %s", command, code, stderr)
		}
	}
}

// For a secret store, the terminal alone gets the credentials, and a bot runs with them.
func TestSetupPrints(t *testing.T) {
	github, _, environment := bare(t)
	var out, errs lockedBuffer
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Minute)
	defer stop()
	ended := make(chan int, 1)
	args := []string{"setup", "--print", "--listen", "127.0.0.1:0", "--app", environment["BOT_APP"],
		"--database", environment["DATABASE_URL"], "--api-url", github.APIURL(), "--server-url", github.URL,
		"--lifecycle-cycle-url", "", "--lifecycle-releases-url", ""}
	go func() { ended <- run(args, streams{ctx, &out, &errs, variables(nil), time.Now}) }()
	address := regexp.MustCompile(`(http://\S+)/setup`)
	eventually(t, "the page", func() bool { return address.MatchString(out.String()) })
	p := &process{t: t, URL: address.FindStringSubmatch(out.String())[1], out: &out}
	v := newVisitor(t)
	page, at := v.signIn(p)
	page, at = v.submit(page, at, "owner", "personal", "name", "Concorde", "url", "https://bot.example.org")
	page, at = v.submit(page, at)
	page, at = v.submit(page, at)
	if !strings.Contains(page, "printed on the terminal") {
		t.Fatalf("%s %s", at, page)
	}
	v.submit(page, at) // finish
	if code := <-ended; code != exitOK || errs.String() != "" {
		t.Errorf("%d %s", code, errs.String())
	}
	if _, err := os.Stat(environment["BOT_APP"]); err == nil {
		t.Error("something is on disk")
	}
	delete(environment, "BOT_APP")
	for name, value := range map[string]string{
		"GITHUB_APP_ID": `(\d+)`, "GITHUB_WEBHOOK_SECRET": `'([^']+)'`, "GITHUB_APP_PRIVATE_KEY": `'([^']+)'`,
	} {
		printed := regexp.MustCompile(name + "=" + value + `\n`).FindStringSubmatch(out.String())
		if printed == nil {
			t.Fatalf("%s isn't in %s", name, out.String())
		}
		environment[name] = printed[1]
	}
	bot := serve(t, environment)
	eventually(t, "the bot to authenticate", func() bool { return strings.Contains(bot.log.String(), "authenticated to GitHub") })
}
