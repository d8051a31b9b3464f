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
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// faults are the ways an answer can go wrong, whatever was asked.
var faults = []struct {
	name  string
	fault ghtest.Fault
	want  reflect.Type
	says  string // part of the text
}{
	{"401 always", ghtest.Fault{Status: 401, Body: `{"message":"Bad credentials"}`, Times: -1}, ghtrial.Unauthorized, "private key"},
	{"403", ghtest.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, ghtrial.Denied,
		"403: Resource not accessible by integration"},
	{"403 naming the permission", ghtest.Fault{Status: 403, Body: `{"message":"no"}`,
		Header: http.Header{"X-Accepted-Github-Permissions": {"checks=write"}}}, ghtrial.Denied, `"checks=write"`},
	{"403 suspended", ghtest.Fault{Status: 403, Body: `{"message":"This installation has been suspended"}`}, ghtrial.Gone, "suspended"},
	{"403 archived", ghtest.Fault{Status: 403, Body: `{"message":"Repository was archived so is read-only."}`}, ghtrial.Rejected, "archived"},
	{"403 primary limit", ghtest.PrimaryLimit(time.Now().Add(time.Hour)), ghtrial.Limited, "limited until"},
	{"403 secondary limit", ghtest.SecondaryLimit(time.Minute), ghtrial.Limited, "secondary rate limit"},
	{"403 secondary limit without a time", ghtest.SecondaryLimit(0), ghtrial.Limited, "secondary rate limit"},
	{"429", ghtest.TooManyRequests(time.Minute), ghtrial.Limited, "429"},
	{"429 without a time", ghtest.TooManyRequests(0), ghtrial.Limited, "429"},
	{"404", ghtest.Fault{Status: 404}, ghtrial.Gone, "404"},
	{"410", ghtest.Fault{Status: 410}, ghtrial.Gone, "410"},
	{"451", ghtest.Fault{Status: 451}, ghtrial.Gone, "451"},
	{"400", ghtest.Fault{Status: 400, Body: `{"message":"Problems parsing JSON"}`}, ghtrial.Rejected, "Problems parsing JSON"},
	{"422", ghtest.Fault{Status: 422, Body: `{"message":"Validation Failed","errors":[{"resource":"Status","field":"state","code":"custom",` +
		`"message":"state is bad"},{"resource":"Label","field":"name","code":"invalid"},"as text"]}`}, ghtrial.Rejected,
		"Validation Failed; state is bad; Label name invalid; \"as text\""},
	{"409", ghtest.Fault{Status: 409}, ghtrial.Temporary, "409"},
	{"500", ghtest.Fault{Status: 500}, ghtrial.Temporary, "500"},
	// a load asks for less, twice
	{"502 HTML", ghtest.Fault{Status: 502, Header: ghtest.BadGateway().Header, Body: ghtest.BadGateway().Body, Times: 3}, ghtrial.Temporary,
		"502 Bad Gateway"},
	{"503 empty", ghtest.Fault{Status: 503, Body: " "}, ghtrial.Temporary, "503: an empty answer"},
	{"200 HTML",
		ghtest.Fault{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>Sign in</html>"}, ghtrial.Temporary,
		"not JSON: <html>Sign in"},
	{"200 broken JSON", ghtest.Fault{Status: 200, Body: `{"data":{"repo`}, ghtrial.Temporary, "broken JSON"},
	{"200 null", ghtest.Fault{Status: 200, Body: `null`}, ghtrial.Temporary, "broken JSON"},
	{"200 of another form", ghtest.Fault{Status: 200, Body: `{"data":{"repository":[7]},"errors":5,"id":"x","token":5}`},
		ghtrial.Temporary, ""},
	{"204", ghtest.Fault{Status: 204, Body: " "}, ghtrial.Temporary, ""},
	{"truncated", ghtest.Fault{Truncate: true}, ghtrial.Temporary, "reading the answer"},
	{"dropped", ghtest.Fault{Drop: true, Times: 2}, ghtrial.Temporary, "sending the request"},
	{"answer lost", ghtest.Fault{DropAfter: true, Times: 2}, ghtrial.Temporary, "sending the request"},
	{"hang", ghtest.Fault{Hang: true, Times: -1}, ghtrial.Temporary, "no answer within"},
	{"redirect elsewhere", ghtest.Fault{Redirect: "https://example.com/login?token=secret"}, ghtrial.Temporary,
		"redirected to https://example.com/login, which is not followed"},
	{"redirect 301 elsewhere", ghtest.Fault{Status: 301, Redirect: "https://example.com/"}, ghtrial.Temporary, "not followed"},
	{"redirect to nowhere", ghtest.Fault{Status: 302, Body: " "}, ghtrial.Temporary, "nowhere"},
	{"304 that nobody asked for", ghtest.Fault{Status: 304, Body: " "}, ghtrial.Temporary, ""},
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
			return w.app.Apply(w.T.Context(), 0, key, pull.SetStatus{SHA: w.Repo.Ref("main"), Status: ghtrial.SomeStatus.Status})
		}},
		{"read", "GET", "^/repos/python/cpython$", func(w *world, key pull.Key) error { return w.app.Here(w.T.Context(), key) }},
	} {
		t.Run(place.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
			for _, f := range faults {
				w.Srv.ClearFaults()
				cfg := w.Cfg
				if f.fault.Hang {
					cfg.Timeout = 500 * time.Millisecond // a load of some requests has twice as long
				}
				app, err := newHub(cfg) // a fresh one: no token, no limit in force
				trial.OK(t, err)
				w.app = app
				f.fault.Method, f.fault.Path = place.method, place.path
				w.Fault(f.fault)
				err = place.do(w, key)
				if place.name != "write" && f.name == "answer lost" && err == nil {
					continue // Go sends a GET again when a used connection breaks
				}
				ghtrial.Check(t, f.name, err, f.want, f.says)
				if strings.Contains(err.Error(), "secret") {
					t.Errorf("%s: secret in %q", f.name, err)
				}
			}
			w.Srv.ClearFaults()
			w.app, _ = newHub(w.Cfg)
			trial.OK(t, place.do(w, key))
		})
	}
}

func loadAny(w *world, key pull.Key) error {
	_, err := w.app.Load(w.T.Context(), snapshot.Query{Key: key, Needs: ghtrial.Everything})
	return err
}

// Errors that GitHub's GraphQL API reports in an answer 200.
func TestGraphQLErrors(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       reflect.Type
	}{
		{"no repository", `{"data":{"repository":null},"errors":[{"type":"NOT_FOUND","path":["repository"],"message":"Could not resolve to a ` +
			`Repository"}]}`, ghtrial.Gone},
		{"no pull request", `{"data":{"repository":{"issueOrPullRequest":null}},"errors":[{"type":"NOT_FOUND","path":["repository",` +
			`"issueOrPullRequest"],"message":"Could not resolve to a PullRequest"}]}`, ghtrial.Gone},
		{"something else not found", `{"data":{"repository":{}},"errors":[{"type":"NOT_FOUND","path":["repository","issueOrPullRequest",` +
			`"commits","nodes",0],"message":"?"}]}`, ghtrial.Temporary},
		{"limit", `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for installation ID 1."}]}`, ghtrial.Limited},
		{"secondary limit", `{"errors":[{"message":"You have exceeded a secondary rate limit."}]}`, ghtrial.Limited},
		{"forbidden", `{"data":{"repository":{}},"errors":[{"type":"FORBIDDEN","path":["repository","issueOrPullRequest","tip"],` +
			`"message":"Resource not accessible by integration"}]}`, ghtrial.Denied},
		{"timeout", `{"data":null,"errors":[{"message":"Something went wrong while executing your query. This may be the result of a timeout, ` +
			`or it could be a GitHub bug."}]}`, ghtrial.Temporary},
		{"query not understood", `{"errors":[{"path":["query"],"extensions":{"code":"undefinedField"},"message":"Field 'x' doesn't exist"}]}`,
			ghtrial.Rejected},
		{"no data", `{"data":null}`, ghtrial.Temporary},
		{"nothing", `{}`, ghtrial.Temporary},
		{"list", `[]`, ghtrial.Temporary},
		{"null pull request without an error", `{"data":{"viewer":{"login":"concorde[bot]"},"repository":{"issueOrPullRequest":null}}}`,
			ghtrial.Temporary},
		{"holes", `{"data":{"viewer":{"login":"concorde[bot]"},"repository":{"issueOrPullRequest":{"title":"x"}}}}`, ghtrial.Temporary},
	} {
		app, _ := plain(t, gh.Config{}, func(w http.ResponseWriter, r *http.Request) { trial.Answer(w, 200, test.body) })
		_, err := app.Load(t.Context(), snapshot.Query{Key: ghtrial.SomePull, Installation: 1, Needs: ghtrial.Everything})
		ghtrial.Check(t, test.name, err, test.want, "")
	}
}

// The token of an installation never leaves for another host, and never shows.
func TestTokensStaySecret(t *testing.T) {
	var elsewhere []*http.Request
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere = append(elsewhere, r)
		trial.Answer(w, 200, "[]")
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
			trial.Answer(w, 400, `{"message":"bad request: Authorization: `+auth+`"}`)
		case strings.HasSuffix(r.URL.Path, "/graphql"):
			w.Header().Set("Content-Type", "text/plain; boundary="+saw[0])
			w.WriteHeader(200)
			_, _ = w.Write([]byte("headers: {\"Authorization\": \"" + auth + "\"}"))
		default:
			trial.Answer(w, 403, `{"message":"rate limit for `+saw[len(saw)-1]+`"}`)
		}
	})
	err1 := get(t.Context(), app.App)
	_, err2 := app.Verify(t.Context())
	err3 := app.Apply(t.Context(), 1, ghtrial.SomePull, pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}})
	err4 := app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus)
	trial.As[*gh.Temporary](t, err1)
	trial.As[*gh.Rejected](t, err2)
	trial.As[*gh.Temporary](t, err3)
	trial.As[*gh.Limited](t, err4)
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
	err := app.Apply(ctx, 1, ghtrial.SomePull, ghtrial.SomeStatus)
	if _, ok := ghtrial.Typed(err); ok || !errors.Is(err, context.Canceled) {
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
	ghtrial.Check(t, "40 MB", app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus), ghtrial.Temporary, "longer than")
}
