package gh

import (
	"context"
	"encoding/pem"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestNewRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Config)
		says   string // "": taken
	}{
		{"all well", func(c *Config) {}, ""},
		{"GHES", func(c *Config) { c.APIURL, c.ServerURL = "https://git.example.com/api/v3/", "https://git.example.com" }, ""},
		{"ghe.com", func(c *Config) { c.APIURL, c.ServerURL = "https://api.octo.example.com", "https://octo.example.com" }, ""},
		{"local", func(c *Config) { c.APIURL = "http://127.0.0.1:8080/api/v3" }, ""},
		{"no number", func(c *Config) { c.AppID = 0 }, "not the number of a GitHub App"},
		{"no key", func(c *Config) { c.PrivateKey = nil }, "give the whole file"},
		{"another PEM", func(c *Config) {
			c.PrivateKey = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})
		}, "give the whole file"},
		{"half a key", func(c *Config) { c.PrivateKey = c.PrivateKey[:len(c.PrivateKey)/2] }, "give the whole file"},
		{"escaped line breaks", func(c *Config) { c.PrivateKey = []byte(strings.ReplaceAll(string(c.PrivateKey), "\n", `\n`)) }, "line breaks included"},
		{"plain HTTP", func(c *Config) { c.APIURL = "http://git.example.com/api/v3" }, "use https"},
		{"no address", func(c *Config) { c.APIURL = "git.example.com" }, "not a URL with a host"},
		{"no path", func(c *Config) { c.APIURL = "https://git.example.com/" }, "https://git.example.com/ is not the address of an API: add /api/v3"},
		{"another path", func(c *Config) { c.APIURL = "https://git.example.com/api" }, "add /api/v3"},
		{"the pages", func(c *Config) { c.APIURL = "https://github.com" }, "want https://api.github.com"},
		{"local, no path", func(c *Config) { c.APIURL = "http://localhost:8080" }, "add /api/v3"},
		{"user", func(c *Config) { c.APIURL = "https://secret@example.com/api/v3" }, "a user or password comes with https://example.com/api/v3"},
		{"password", func(c *Config) { c.APIURL = "https://me:secret@example.com/api/v3" }, "a user or password comes with https://example.com/api/v3"},
		{"query", func(c *Config) { c.APIURL = "https://example.com/api/v3?token=secret" }, "something comes after https://example.com/api/v3"},
		{"fragment", func(c *Config) { c.APIURL = "https://example.com/api/v3#secret" }, "something comes after https://example.com/api/v3"},
		{"bad address", func(c *Config) { c.APIURL = "https://me:secret@%zz" }, "reading the address"},
		{"password that breaks the address", func(c *Config) { c.APIURL = "https://me:secret#x@example.com" }, "reading the address"},
		{"password without a scheme", func(c *Config) { c.APIURL = "secret@example.com/api/v3" }, "reading the address"},
		{"password of the server", func(c *Config) { c.ServerURL = "https://me:secret@github.com" }, "a user or password comes with https://github.com"},
		{"GHES server, public API", func(c *Config) { c.ServerURL = "https://git.example.com" }, "set both addresses"},
		{"plain HTTP to git", func(c *Config) { c.ServerURL = "http://github.com" }, "use https"},
		{"odd server", func(c *Config) { c.ServerURL = "git.example.com" }, "reading the address of the GitHub server"},
		{"negative", func(c *Config) { c.Timeout = -1 }, "not negative"},
	} {
		cfg := Config{AppID: 7, PrivateKey: testKey()}
		test.change(&cfg)
		_, err := New(cfg)
		switch {
		case test.says == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
			t.Errorf("%s: want %q, got %v", test.name, test.says, err)
		case err != nil && (strings.Contains(err.Error(), "MII") || strings.Contains(err.Error(), "secret")):
			t.Errorf("%s: shows a secret: %v", test.name, err)
		}
	}
}

func TestGraphQLAddress(t *testing.T) {
	for api, want := range map[string]string{
		"https://api.github.com":           "https://api.github.com/graphql",
		"https://api.github.com/":          "https://api.github.com/graphql",
		"https://git.example.com/api/v3":   "https://git.example.com/api/graphql",
		"https://git.example.com/api/v3/":  "https://git.example.com/api/graphql",
		"https://api.octo.example.com":     "https://api.octo.example.com/graphql",
		"http://localhost:8080/g/api/v3//": "http://localhost:8080/g/api/graphql",
	} {
		u, err := parseAPI(api)
		must(t, err)
		if got := graphqlURL(u); got != want {
			t.Errorf("%s: %s, want %s", api, got, want)
		}
	}
}

func TestEndpoints(t *testing.T) {
	app, err := New(Config{AppID: 7, PrivateKey: testKey(), APIURL: "https://git.example.com/api/v3"})
	must(t, err)
	for request, want := range map[string]string{
		"POST https://git.example.com/api/graphql":                            graphqlEndpoint,
		"GET https://git.example.com/api/v3/app":                              "GET /app",
		"PATCH https://git.example.com/api/v3/repos/o/r/issues/comments/5":    "other",
		"GET https://git.example.com/api/v3/repos/o/r/git/ref/heads/a/b%23c":  getRef,
		"DELETE https://git.example.com/api/v3/repos/o/r/git/refs/heads/3.14": deleteRef,
		"GET https://git.example.com/api/v3/users/concorde%5Bbot%5D":          getUser,
		"PATCH https://git.example.com/api/v3/repos/o/r/labels/a%2Fb":         "PATCH /repos/{owner}/{repo}/labels/{name}",
		"GET https://git.example.com/api/v3/repositories/5/installation":      "other",
		"PUT https://git.example.com/api/v3/app":                              "other",
	} {
		method, address, _ := strings.Cut(request, " ")
		r, err := http.NewRequest(method, address, nil)
		must(t, err)
		if got := app.endpoint(r); got != want {
			t.Errorf("%s: %q, want %q", request, got, want)
		}
	}
}

func TestVerify(t *testing.T) {
	w := newWorld(t)
	slug, err := w.app.Verify(t.Context())
	must(t, err)
	if slug != "concorde" {
		t.Errorf("slug %q", slug)
	}
	cfg := w.cfg
	cfg.PrivateKey = testKey()
	other, err := New(cfg)
	must(t, err)
	_, err = other.Verify(t.Context())
	check(t, "another key", err, unauthorized, "asking GitHub for the App: GET /app: 401: A JSON web token could not be decoded: check the number of the App, its private key")
	_, err = other.Load(t.Context(), Query{Key: somePull})
	as[*Unauthorized](t, err)
	cfg = w.cfg
	cfg.AppID++
	other, err = New(cfg)
	must(t, err)
	_, err = other.Verify(t.Context())
	check(t, "another number", err, unauthorized, "404: Integration not found: check the number of the App")
	_, err = other.Load(t.Context(), Query{Key: somePull})
	as[*Unauthorized](t, err)
}

// The installation is looked up once, and again when it is not true any more.
func TestInstallation(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	lookups := func() int {
		n := 0
		for _, r := range w.srv.Requests() {
			if r.Route == "GET /repos/{owner}/{repo}/installation" {
				n++
			}
		}
		return n
	}
	load := func(installation int64) error {
		_, err := w.app.Load(t.Context(), Query{Key: key, Installation: installation})
		return err
	}
	must(t, load(w.srv.InstallationID("python")))
	if lookups() != 0 {
		t.Error("looked up although the hint names it")
	}
	must(t, load(0))
	must(t, load(0))
	if lookups() != 1 {
		t.Errorf("%d look-ups, want 1", lookups())
	}
	w.srv.Uninstall("python")
	as[*Gone](t, load(0))
	as[*Gone](t, load(0))
	w.srv.Install("python")
	must(t, load(0))
	if lookups() != 3 {
		t.Errorf("%d look-ups, want 3", lookups())
	}
	as[*Gone](t, load(4711))
}

// Looking up an account's installation may hang: another account's is found meanwhile.
func TestHangingLookups(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a": ghtest.Text("a")})
	w.fault(ghtest.Fault{Path: "^/repos/slow/.*/installation$", Times: -1, Hang: true})
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	const hanging = 16
	for i := range hanging {
		all.Go(func() {
			if _, err := w.app.Load(ctx, Query{Key: pull.Key{Owner: "slow", Repo: fmt.Sprint("r", i), Number: 1}}); err == nil {
				t.Error("loaded what hangs")
			}
		})
	}
	defer all.Wait()
	defer cancel()
	for end := time.Now().Add(20 * time.Second); len(w.srv.Requests()) < hanging; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of %d lookups hang: an account may have as many runs", len(w.srv.Requests()), hanging)
		}
	}
	w.load(Query{Key: key})
}

func TestBadKeys(t *testing.T) {
	w := newWorld(t)
	for _, key := range []pull.Key{{Owner: "python", Repo: "cpython"}, {Owner: "..", Repo: "x", Number: 1}, {Owner: "python", Repo: "..", Number: 1}, {Owner: "a/b", Repo: "x", Number: 1}, {}} {
		_, err := w.app.Load(t.Context(), Query{Key: key})
		as[*Rejected](t, err)
		if key.Validate() != nil {
			as[*Rejected](t, w.app.Apply(t.Context(), 0, key, someStatus))
			_, err = w.app.PullRequests(t.Context(), Listing{Repository: key})
			as[*Rejected](t, err)
		}
	}
	if n := len(w.srv.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// A token that GitHub revoked is replaced once; the write is not lost.
func TestRevokedToken(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.load(Query{Key: key})
	w.srv.RevokeTokens()
	w.load(Query{Key: key})
	w.srv.RevokeTokens()
	w.apply(key, pull.AddLabel{Name: "docs"})
	if got := w.pr(key).Labels; !slices.Equal(got, []string{"docs"}) {
		t.Errorf("labels %q", got)
	}
	w.srv.ResetRequests()
	w.fault(ghtest.Fault{Path: "^/graphql", Status: 401, Times: -1})
	_, err := w.app.Load(t.Context(), Query{Key: key})
	as[*Unauthorized](t, err)
	var routes []string
	for _, r := range w.srv.Requests() {
		routes = append(routes, r.Path)
	}
	if len(routes) != 3 {
		t.Errorf("want a try, a token, and a try, got %q", routes)
	}
}

// A repository that was renamed is found under its new name alone; a GET that
// leads elsewhere on the same host is followed.
func TestRedirectOnTheSameHost(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.fault(ghtest.Fault{Method: "GET", Path: "^/repos/python/cpython/pulls$", Status: 301, Redirect: w.srv.APIURL() + "repos/python/cpython/pulls?page=1"})
	numbers, err := w.app.PullRequests(t.Context(), Listing{Repository: key.Repository()})
	must(t, err)
	if !slices.Equal(numbers, []int{key.Number}) {
		t.Errorf("got %v", numbers)
	}
	w.fault(ghtest.Fault{Method: "POST", Path: "/statuses/", Redirect: w.srv.APIURL() + "repositories/1/statuses/x"})
	as[*Temporary](t, w.app.Apply(t.Context(), 0, key, someStatus))
	w.fault(ghtest.Fault{Method: "GET", Path: "^/repos/python/cpython/pulls$", Times: -1, Status: 302, Redirect: w.srv.APIURL() + "repos/python/cpython/pulls"})
	_, err = w.app.PullRequests(t.Context(), Listing{Repository: key.Repository()})
	as[*Temporary](t, err)
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	w := newWorld(t, func(_ *ghtest.Config, c *Config) { c.Metrics = registry })
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.load(Query{Key: key})
	w.apply(key, pull.AddLabel{Name: "docs"})
	for range 2 {
		_, err := w.app.PullRequests(t.Context(), Listing{Repository: key.Repository()})
		must(t, err)
	}
	outage := ghtest.BadGateway()
	outage.Times = 3
	w.fault(outage)
	_, err := w.app.Load(t.Context(), Query{Key: key})
	as[*Temporary](t, err)
	w.fault(ghtest.SecondaryLimit(0))
	_, err = w.app.Load(t.Context(), Query{Key: key})
	as[*Limited](t, err)
	want := map[string]float64{
		graphqlEndpoint + " 2xx":                                   3, // the load, the id of the label, the mutation
		graphqlEndpoint + " 5xx":                                   3, // a load asks for less, and for less again
		graphqlEndpoint + " limited":                               1,
		"POST /repos/{owner}/{repo}/labels 2xx":                    1,
		"GET /repos/{owner}/{repo}/pulls 2xx":                      1,
		"GET /repos/{owner}/{repo}/pulls 304":                      1,
		"GET /repos/{owner}/{repo}/installation 2xx":               1,
		"POST /app/installations/{installation}/access_tokens 2xx": 1,
	}
	families, err := registry.Gather()
	must(t, err)
	got, resources := map[string]float64{}, []string{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == "concorde_github_requests_total" {
				got[m.GetLabel()[0].GetValue()+" "+m.GetLabel()[1].GetValue()] = m.GetCounter().GetValue()
			} else if m.GetGauge().GetValue() > 0 {
				resources = append(resources, m.GetLabel()[1].GetValue())
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if slices.Sort(resources); !slices.Equal(resources, []string{"core", "core", "graphql"}) { // of the App; of the installation
		t.Errorf("limits of %q", resources)
	}
	if _, err := New(Config{AppID: 1, PrivateKey: testKey(), Metrics: registry}); err == nil {
		t.Error("the same metrics are registered twice")
	}
}
