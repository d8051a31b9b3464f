package gh_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

var (
	gone         = reflect.TypeFor[*gh.Gone]()
	limited      = reflect.TypeFor[*gh.Limited]()
	denied       = reflect.TypeFor[*gh.Denied]()
	unauthorized = reflect.TypeFor[*gh.Unauthorized]()
	rejected     = reflect.TypeFor[*gh.Rejected]()
	temporary    = reflect.TypeFor[*gh.Temporary]()
)

// faults are the ways an answer can go wrong, whatever was asked.
var faults = []struct {
	name  string
	fault ghtest.Fault
	want  reflect.Type
	says  string // part of the text
}{
	{"401 always", ghtest.Fault{Status: 401, Body: `{"message":"Bad credentials"}`, Times: -1}, unauthorized, "private key"},
	{"403", ghtest.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, denied,
		"403: Resource not accessible by integration"},
	{"403 naming the permission", ghtest.Fault{Status: 403, Body: `{"message":"no"}`,
		Header: http.Header{"X-Accepted-Github-Permissions": {"checks=write"}}}, denied, `"checks=write"`},
	{"403 suspended", ghtest.Fault{Status: 403, Body: `{"message":"This installation has been suspended"}`}, gone, "suspended"},
	{"403 archived", ghtest.Fault{Status: 403, Body: `{"message":"Repository was archived so is read-only."}`}, rejected, "archived"},
	{"403 primary limit", ghtest.PrimaryLimit(time.Now().Add(time.Hour)), limited, "limited until"},
	{"403 secondary limit", ghtest.SecondaryLimit(time.Minute), limited, "secondary rate limit"},
	{"403 secondary limit without a time", ghtest.SecondaryLimit(0), limited, "secondary rate limit"},
	{"429", ghtest.TooManyRequests(time.Minute), limited, "429"},
	{"429 without a time", ghtest.TooManyRequests(0), limited, "429"},
	{"404", ghtest.Fault{Status: 404}, gone, "404"},
	{"410", ghtest.Fault{Status: 410}, gone, "410"},
	{"451", ghtest.Fault{Status: 451}, gone, "451"},
	{"400", ghtest.Fault{Status: 400, Body: `{"message":"Problems parsing JSON"}`}, rejected, "Problems parsing JSON"},
	{"422", ghtest.Fault{Status: 422, Body: `{"message":"Validation Failed","errors":[{"resource":"Status","field":"state","code":"custom",` +
		`"message":"state is bad"},{"resource":"Label","field":"name","code":"invalid"},"as text"]}`}, rejected,
		"Validation Failed; state is bad; Label name invalid; \"as text\""},
	{"409", ghtest.Fault{Status: 409}, temporary, "409"},
	{"500", ghtest.Fault{Status: 500}, temporary, "500"},
	// a load asks for less, twice
	{"502 HTML", ghtest.Fault{Status: 502, Header: ghtest.BadGateway().Header, Body: ghtest.BadGateway().Body, Times: 3}, temporary,
		"502 Bad Gateway"},
	{"503 empty", ghtest.Fault{Status: 503, Body: " "}, temporary, "503: an empty answer"},
	{"200 HTML", ghtest.Fault{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>Sign in</html>"}, temporary,
		"not JSON: <html>Sign in"},
	{"200 broken JSON", ghtest.Fault{Status: 200, Body: `{"data":{"repo`}, temporary, "broken JSON"},
	{"200 null", ghtest.Fault{Status: 200, Body: `null`}, temporary, "broken JSON"},
	{"200 of another form", ghtest.Fault{Status: 200, Body: `{"data":{"repository":[7]},"errors":5,"id":"x","token":5}`}, temporary, ""},
	{"204", ghtest.Fault{Status: 204, Body: " "}, temporary, ""},
	{"truncated", ghtest.Fault{Truncate: true}, temporary, "reading the answer"},
	{"dropped", ghtest.Fault{Drop: true, Times: 2}, temporary, "sending the request"},
	{"answer lost", ghtest.Fault{DropAfter: true, Times: 2}, temporary, "sending the request"},
	{"hang", ghtest.Fault{Hang: true, Times: -1}, temporary, "no answer within"},
	{"redirect elsewhere", ghtest.Fault{Redirect: "https://example.com/login?token=secret"}, temporary,
		"redirected to https://example.com/login, which is not followed"},
	{"redirect 301 elsewhere", ghtest.Fault{Status: 301, Redirect: "https://example.com/"}, temporary, "not followed"},
	{"redirect to nowhere", ghtest.Fault{Status: 302, Body: " "}, temporary, "nowhere"},
	{"304 that nobody asked for", ghtest.Fault{Status: 304, Body: " "}, temporary, ""},
}

// Every fault in every kind of request becomes the right error, with a text
// that helps, and leaves the App able to go on.
func TestFaults(t *testing.T) {
	for _, place := range []struct {
		name, method, path string
		do                 func(w *world, key pull.Key) error
	}{
		{"looking up the installation", "GET", "^/repos/python/cpython/installation$", loadAny},
		{"minting a token", "POST", "/access_tokens$", loadAny},
		{"query", "POST", "^/graphql$", loadAny},
		{"write", "POST", "^/repos/python/cpython/statuses/", func(w *world, key pull.Key) error {
			return w.app.Apply(w.t.Context(), 0, key, pull.SetStatus{SHA: w.repo.Ref("main"), Status: someStatus.Status})
		}},
		{"read", "GET", "^/repos/python/cpython$", func(w *world, key pull.Key) error { return w.app.Here(w.t.Context(), key) }},
	} {
		t.Run(place.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
			for _, f := range faults {
				w.srv.ClearFaults()
				cfg := w.cfg
				if f.fault.Hang {
					cfg.Timeout = 500 * time.Millisecond // a load of some requests has twice as long
				}
				app, err := newHub(cfg) // a fresh one: no token, no limit in force
				must(t, err)
				w.app = app
				f.fault.Method, f.fault.Path = place.method, place.path
				w.fault(f.fault)
				err = place.do(w, key)
				if place.name != "write" && f.name == "answer lost" && err == nil {
					continue // Go sends a GET again when a used connection breaks
				}
				check(t, f.name, err, f.want, f.says)
				if strings.Contains(err.Error(), "secret") {
					t.Errorf("%s: secret in %q", f.name, err)
				}
			}
			w.srv.ClearFaults()
			w.app, _ = newHub(w.cfg)
			must(t, place.do(w, key))
		})
	}
}

func loadAny(w *world, key pull.Key) error {
	_, err := w.app.Load(w.t.Context(), snapshot.Query{Key: key, Needs: everything})
	return err
}

func check(t *testing.T, name string, err error, want reflect.Type, says string) {
	t.Helper()
	known, ok := typed(err)
	if !ok || reflect.TypeOf(known) != want {
		t.Errorf("%s: want %v, got %T: %v", name, want, known, err)
		return
	}
	if text := err.Error(); !strings.Contains(text, says) || strings.Contains(text, "\n") || len(text) > 800 {
		t.Errorf("%s: text %q", name, text)
	}
}

// Errors that GitHub's GraphQL API reports in an answer 200.
func TestGraphQLErrors(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       reflect.Type
	}{
		{"no repository", `{"data":{"repository":null},"errors":[{"type":"NOT_FOUND","path":["repository"],"message":"Could not resolve to a ` +
			`Repository"}]}`, gone},
		{"no pull request", `{"data":{"repository":{"issueOrPullRequest":null}},"errors":[{"type":"NOT_FOUND","path":["repository",` +
			`"issueOrPullRequest"],"message":"Could not resolve to a PullRequest"}]}`, gone},
		{"something else not found", `{"data":{"repository":{}},"errors":[{"type":"NOT_FOUND","path":["repository","issueOrPullRequest",` +
			`"commits","nodes",0],"message":"?"}]}`, temporary},
		{"limit", `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for installation ID 1."}]}`, limited},
		{"secondary limit", `{"errors":[{"message":"You have exceeded a secondary rate limit."}]}`, limited},
		{"forbidden", `{"data":{"repository":{}},"errors":[{"type":"FORBIDDEN","path":["repository","issueOrPullRequest","tip"],` +
			`"message":"Resource not accessible by integration"}]}`, denied},
		{"timeout", `{"data":null,"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout, ` +
			`or it could be a GitHub bug."}]}`, temporary},
		{"query not understood", `{"errors":[{"path":["query"],"extensions":{"code":"undefinedField"},"message":"Field 'x' doesn't exist"}]}`,
			rejected},
		{"no data", `{"data":null}`, temporary},
		{"nothing", `{}`, temporary},
		{"list", `[]`, temporary},
		{"null pull request without an error", `{"data":{"viewer":{"login":"concorde[bot]"},"repository":{"issueOrPullRequest":null}}}`,
			temporary},
		{"holes", `{"data":{"viewer":{"login":"concorde[bot]"},"repository":{"issueOrPullRequest":{"title":"x"}}}}`, temporary},
	} {
		app, _ := plain(t, gh.Config{}, func(w http.ResponseWriter, r *http.Request) { answer(w, 200, test.body) })
		_, err := app.Load(t.Context(), snapshot.Query{Key: somePull, Installation: 1, Needs: everything})
		check(t, test.name, err, test.want, "")
	}
}

// The token of an installation never leaves for another host, and never shows.
func TestTokensStaySecret(t *testing.T) {
	var elsewhere []*http.Request
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere = append(elsewhere, r)
		answer(w, 200, "[]")
	}))
	defer other.Close()
	var logged bytes.Buffer
	var saw []string
	app, _ := plain(t, gh.Config{Log: zerolog.New(&logged)}, func(w http.ResponseWriter, r *http.Request) {
		auth := r.Header.Get("Authorization")
		saw = append(saw, strings.Fields(auth)[1])
		switch {
		case r.URL.Path == "/api/v3/repos/python/cpython":
			http.Redirect(w, r, other.URL+"/?t="+saw[0], http.StatusFound)
		case r.Method == http.MethodGet: // answers what it was asked with
			answer(w, 400, `{"message":"bad request: Authorization: `+auth+`"}`)
		case strings.HasSuffix(r.URL.Path, "/graphql"):
			w.Header().Set("Content-Type", "text/plain; boundary="+saw[0])
			w.WriteHeader(200)
			_, _ = w.Write([]byte("headers: {\"Authorization\": \"" + auth + "\"}"))
		default:
			answer(w, 403, `{"message":"rate limit for `+saw[len(saw)-1]+`"}`)
		}
	})
	err1 := get(t.Context(), app.App)
	_, err2 := app.Verify(t.Context())
	err3 := app.Apply(t.Context(), 1, somePull, pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}})
	err4 := app.Apply(t.Context(), 1, somePull, someStatus)
	as[*gh.Temporary](t, err1)
	as[*gh.Rejected](t, err2)
	as[*gh.Temporary](t, err3)
	as[*gh.Limited](t, err4)
	text := errors.Join(err1, err2, err3, err4).Error() + logged.String()
	if len(saw) != 4 || len(elsewhere) != 0 || logged.Len() == 0 {
		t.Errorf("%d requests here, %d elsewhere, %d bytes logged", len(saw), len(elsewhere), logged.Len())
	}
	for _, secret := range saw {
		for _, part := range strings.Split(secret, ".") {
			if strings.Contains(text, part) {
				t.Errorf("%q is in %s", part, text)
			}
		}
	}
}

// What the caller gives up is the caller's own error.
func TestCancel(t *testing.T) {
	arrived := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	app, _ := plain(t, gh.Config{}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client goes
		close(arrived)
		<-r.Context().Done()
	})
	go func() { <-arrived; cancel() }()
	err := app.Apply(ctx, 1, somePull, someStatus)
	if _, ok := typed(err); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestTooLongAnswer(t *testing.T) {
	app, _ := plain(t, gh.Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		block := bytes.Repeat([]byte(" "), 1<<20)
		for range 40 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	check(t, "40 MB", app.Apply(t.Context(), 1, somePull, someStatus), temporary, "longer than")
}

// typed finds one of the errors that say what GitHub's answer means.
func typed(err error) (found error, is bool) {
	for _, as := range []func() bool{
		func() (ok bool) { found, ok = errors.AsType[*gh.Gone](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Limited](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Denied](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Unauthorized](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Rejected](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Temporary](err); return ok },
	} {
		if as() {
			return found, true
		}
	}
	return nil, false
}
