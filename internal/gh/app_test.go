package gh_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestVerify(t *testing.T) {
	w := newWorld(t)
	slug, err := w.app.Verify(t.Context())
	trial.OK(t, err)
	if slug != "concorde" {
		t.Errorf("slug %q", slug)
	}
	cfg := w.Cfg
	cfg.PrivateKey = trial.Key()
	other, err := newHub(cfg)
	trial.OK(t, err)
	_, err = other.Verify(t.Context())
	ghtrial.Check(t, "another key", err, ghtrial.Unauthorized,
		"asking GitHub for the App: GET /app: 401: A JSON web token could not be decoded: check the "+
			"number of the App, its private key")
	_, err = other.Load(t.Context(), snapshot.Query{Key: ghtrial.SomePull})
	trial.As[*gh.Unauthorized](t, err)
	cfg = w.Cfg
	cfg.AppID++
	other, err = newHub(cfg)
	trial.OK(t, err)
	_, err = other.Verify(t.Context())
	ghtrial.Check(t, "another number", err, ghtrial.Unauthorized, "404: Integration not found: check the number of the App")
	_, err = other.Load(t.Context(), snapshot.Query{Key: ghtrial.SomePull})
	trial.As[*gh.Unauthorized](t, err)
}

// The installation is looked up once, and again when it is not true any more.
func TestInstallation(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	lookups := func() int {
		n := 0
		for _, r := range w.Srv.Requests() {
			if r.Route == "GET /repos/{owner}/{repo}/installation" {
				n++
			}
		}
		return n
	}
	load := func(installation int64) error {
		_, err := w.app.Load(t.Context(), snapshot.Query{Key: key, Installation: installation})
		return err
	}
	trial.OK(t, load(w.Srv.InstallationID("python")))
	if lookups() != 0 {
		t.Error("looked up although the hint names it")
	}
	trial.OK(t, load(0))
	trial.OK(t, load(0))
	if lookups() != 1 {
		t.Errorf("%d look-ups, want 1", lookups())
	}
	w.Srv.Uninstall("python")
	trial.As[*gh.Gone](t, load(0))
	trial.As[*gh.Gone](t, load(0))
	w.Srv.Install("python")
	trial.OK(t, load(0))
	if lookups() != 3 {
		t.Errorf("%d look-ups, want 3", lookups())
	}
	trial.As[*gh.Gone](t, load(4711))
}

// Looking up an account's installation may hang: another account's is found meanwhile.
func TestHangingLookups(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a": ghtest.Text("a")})
	w.Fault(ghtest.Fault{Path: "^/repos/slow/.*/installation$", Times: -1, Hang: true})
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	const hanging = 16
	for i := range hanging {
		all.Go(func() {
			if _, err := w.app.Load(ctx, snapshot.Query{Key: pull.Key{Owner: "slow", Repo: fmt.Sprint("r", i), Number: 1}}); err == nil {
				t.Error("loaded what hangs")
			}
		})
	}
	defer all.Wait()
	defer cancel()
	for end := time.Now().Add(20 * time.Second); len(w.Srv.Requests()) < hanging; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of %d lookups hang: an account may have as many runs", len(w.Srv.Requests()), hanging)
		}
	}
	w.load(snapshot.Query{Key: key})
}

func TestBadKeys(t *testing.T) {
	w := newWorld(t)
	for _, key := range []pull.Key{{Owner: "python", Repo: "cpython"}, {Owner: "..", Repo: "x", Number: 1},
		{Owner: "python", Repo: "..", Number: 1}, {Owner: "a/b", Repo: "x", Number: 1}, {}} {
		_, err := w.app.Load(t.Context(), snapshot.Query{Key: key})
		trial.As[*gh.Rejected](t, err)
		if key.Validate() != nil {
			trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, ghtrial.SomeStatus))
			_, err = w.app.Numbers(t.Context(), snapshot.List{Key: key})
			trial.As[*gh.Rejected](t, err)
		}
	}
	if n := len(w.Srv.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// A token that GitHub revoked is replaced once; the write is not lost.
func TestRevokedToken(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.load(snapshot.Query{Key: key})
	w.Srv.RevokeTokens()
	w.load(snapshot.Query{Key: key})
	w.Srv.RevokeTokens()
	w.apply(key, pull.AddLabel{Name: "docs"})
	if got := w.PR(key).Labels; !slices.Equal(got, []string{"docs"}) {
		t.Errorf("labels %q", got)
	}
	w.Srv.ResetRequests()
	w.Fault(ghtest.Fault{Path: "^/graphql", Status: 401, Times: -1})
	_, err := w.app.Load(t.Context(), snapshot.Query{Key: key})
	trial.As[*gh.Unauthorized](t, err)
	var routes []string
	for _, r := range w.Srv.Requests() {
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
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.Fault(ghtest.Fault{Method: "GET", Path: "^/repos/python/cpython$", Status: 301, Redirect: w.Srv.APIURL() +
		"repos/python/cpython?page=1"})
	trial.OK(t, w.app.Here(t.Context(), key))
	w.Fault(ghtest.Fault{Method: "POST", Path: "/statuses/", Redirect: w.Srv.APIURL() + "repositories/1/statuses/x"})
	trial.As[*gh.Temporary](t, w.app.Apply(t.Context(), 0, key, ghtrial.SomeStatus))
	w.Fault(ghtest.Fault{Method: "GET", Path: "^/repos/python/cpython$", Times: -1, Status: 302, Redirect: w.Srv.APIURL() +
		"repos/python/cpython"})
	trial.As[*gh.Temporary](t, w.app.Here(t.Context(), key))
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Metrics = registry })
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.load(snapshot.Query{Key: key})
	w.apply(key, pull.AddLabel{Name: "docs"})
	for range 2 {
		trial.OK(t, w.app.Here(t.Context(), key))
	}
	outage := ghtest.BadGateway()
	outage.Times = 3
	w.Fault(outage)
	_, err := w.app.Load(t.Context(), snapshot.Query{Key: key})
	trial.As[*gh.Temporary](t, err)
	w.Fault(ghtest.SecondaryLimit(0))
	_, err = w.app.Load(t.Context(), snapshot.Query{Key: key})
	trial.As[*gh.Limited](t, err)
	want := map[string]float64{
		"POST /graphql 2xx":                                        3, // the load, the id of the label, the mutation
		"POST /graphql 5xx":                                        3, // a load asks for less, and for less again
		"POST /graphql limited":                                    1,
		"POST /repos/{owner}/{repo}/labels 2xx":                    1,
		"GET /repos/{owner}/{repo} 2xx":                            1,
		"GET /repos/{owner}/{repo} 304":                            1,
		"GET /repos/{owner}/{repo}/installation 2xx":               1,
		"POST /app/installations/{installation}/access_tokens 2xx": 1,
	}
	families, err := registry.Gather()
	trial.OK(t, err)
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
	if _, err := gh.New(gh.Config{AppID: 1, PrivateKey: trial.Key(), Metrics: registry}); err == nil {
		t.Error("the same metrics are registered twice")
	}
}
