package feed

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/queue"
)

// api is a small https://peps.python.org/api.
type api struct {
	*httptest.Server
	mu       sync.Mutex
	answer   map[string]http.HandlerFunc // by path, instead of the file
	files    map[string]string
	asked    []string // path, and which conditions were there
	versions int      // of the files, for their ETags
}

func newAPI(t *testing.T) *api {
	cycle, releases := lifecycle.BuiltinFiles()
	a := &api{answer: map[string]http.HandlerFunc{}, files: map[string]string{"/cycle": string(cycle), "/releases": string(releases)}}
	a.Server = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.Close)
	return a
}

func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, r.URL.Path+" "+r.Header.Get("If-None-Match")+" "+r.Header.Get("If-Modified-Since"))
	if answer := a.answer[r.URL.Path]; answer != nil {
		answer(w, r)
		return
	}
	w.Header().Set("ETag", fmt.Sprintf(`"%d"`, a.versions))
	http.ServeContent(w, r, "file.json", time.Date(2026, time.August, 6+a.versions, 0, 0, 0, 0, time.UTC),
		strings.NewReader(a.files[r.URL.Path]))
}

// set changes the API.
func (a *api) set(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

// release lets an expected release of the built-in copy have happened.
func (a *api) release(t *testing.T, version string) {
	a.set(func() {
		old := fmt.Sprintf("\"stage\": %q,\n        \"state\": \"expected\"", version)
		if !strings.Contains(a.files["/releases"], old) {
			t.Fatalf("%s is not expected", version)
		}
		a.files["/releases"] = strings.Replace(a.files["/releases"], old, fmt.Sprintf("\"stage\": %q, \"state\": \"actual\"", version), 1)
		a.versions++
	})
}

func (a *api) sources() Config {
	return Config{Cycle: a.URL + "/cycle", Releases: a.URL + "/releases"}
}

// stand is a feed with its log.
type stand struct {
	*Feed
	log *bytes.Buffer
}

func newStand(t *testing.T, config Config, store Store) stand {
	t.Helper()
	var log bytes.Buffer
	config.Store, config.Log = store, zerolog.New(&log)
	config.Now = func() time.Time { return time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC) }
	f, err := New(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return stand{f, &log}
}

func newStore(t *testing.T) *queue.Queue {
	t.Helper()
	q, err := queue.Open(t.Context(), queue.Config{
		Database: filepath.Join(t.TempDir(), "bot.db"), Work: func(context.Context, queue.Job) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return q
}

// newest is what tells fresh data from the built-in copy.
func (c stand) newest() string {
	r, _ := c.Current().Newest()
	return r.String()
}

func TestFeedTakesWhatIsNew(t *testing.T) {
	a, store := newAPI(t), newStore(t)
	a.release(t, "3.14.8")
	c := newStand(t, a.sources(), store)
	if got := c.newest(); got != "3.14.7" {
		t.Fatalf("it starts with data up to %s, not with the built-in copy", got)
	}
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.newest(); got != "3.14.8" {
		t.Errorf("after a refresh it has data up to %s", got)
	}

	// Asked again, the API says that nothing changed.
	a.set(func() { a.asked = nil })
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.set(func() {
		for _, asked := range a.asked {
			if strings.HasPrefix(asked, "/releases") && asked != `/releases "1" Fri, 07 Aug 2026 00:00:00 GMT` {
				t.Errorf("it asked %q", asked)
			}
		}
	})

	// A restart has it, without asking.
	a.set(func() { a.asked = nil })
	again := newStand(t, a.sources(), store)
	if got := again.newest(); got != "3.14.8" {
		t.Errorf("after a restart it has data up to %s", got)
	}
	if len(a.asked) > 0 {
		t.Errorf("the start asked %q", a.asked)
	}

	// Other addresses start again, and so does nothing but the built-in copy.
	for _, flags := range []Config{{}, {Cycle: a.URL + "/cycle", Releases: a.URL + "/elsewhere"}} {
		if got := newStand(t, flags, store).newest(); got != "3.14.7" {
			t.Errorf("with %v it starts with data up to %s", flags, got)
		}
	}
	if text := c.log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "the release data was updated") {
		t.Errorf("the log:\n%s", text)
	}
}

func TestFeedTakesOneFileOfTwo(t *testing.T) {
	a := newAPI(t)
	a.release(t, "3.14.8")
	c := newStand(t, Config{Releases: a.URL + "/releases"}, nil)
	if err := c.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.newest(); got != "3.14.8" {
		t.Errorf("it has data up to %s", got)
	}
	for _, asked := range a.asked {
		if strings.HasPrefix(asked, "/cycle") {
			t.Error("it asked for the file that is not configured")
		}
	}
}

// TestFeedNotes: what an older bot kept, or what is damaged, does not take
// the place of the built-in copy.
func TestFeedNotes(t *testing.T) {
	a, store := newAPI(t), newStore(t)
	_, releases := lifecycle.BuiltinFiles()
	older := strings.Replace(string(releases), "\"stage\": \"3.14.7\",\n        \"state\": \"actual\"",
		`"stage": "3.14.7", "state": "expected"`, 1)
	for _, note := range []string{"", "x", "null", "[]", "{}", `[{}, {}]`, string(releases),
		fmt.Sprintf(`[{"url": "%s/cycle", "body": "e30="}, {"url": "%s/releases", "body": "e30="}]`, a.URL, a.URL)} {
		if err := store.Put(t.Context(), noteName, []byte(note)); err != nil {
			t.Fatal(err)
		}
		if got := newStand(t, a.sources(), store).newest(); got != "3.14.7" {
			t.Errorf("with the note %.40q it has data up to %s", note, got)
		}
	}
	kept := newStand(t, a.sources(), store)
	kept.sources[1].Body, kept.sources[1].ETag = []byte(older), `"old"`
	if err := kept.keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := newStand(t, a.sources(), store)
	if c.newest() != "3.14.7" || c.sources[1].ETag != "" {
		t.Errorf("it took older data, up to %s", c.newest())
	}
	if text := c.log.String(); !strings.Contains(text, "using the built-in copy") {
		t.Errorf("the log:\n%s", text)
	}
}

func TestFeedRuns(t *testing.T) {
	a := newAPI(t)
	a.release(t, "3.14.8")
	c := newStand(t, a.sources(), nil)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); c.Run(ctx) }()
	for deadline := time.Now().Add(2 * time.Minute); c.newest() != "3.14.8"; {
		if time.Now().After(deadline) {
			t.Fatal("it does not refresh at the start")
		}
		time.Sleep(time.Millisecond)
	}
	stop()
	<-ended

	none := newStand(t, Config{}, nil)
	none.Run(t.Context()) // has nothing to wait for
	if none.log.Len() > 0 {
		t.Errorf("the log:\n%s", none.log)
	}
}

// TestFeedStops amid a request, and does not blame the source.
func TestFeedStops(t *testing.T) {
	a := newAPI(t)
	ctx, stop := context.WithCancel(t.Context())
	a.set(func() {
		a.answer["/cycle"] = func(_ http.ResponseWriter, r *http.Request) {
			stop()
			<-r.Context().Done()
		}
	})
	c := newStand(t, a.sources(), nil)
	c.Run(ctx)
	if c.log.Len() > 0 {
		t.Errorf("the log:\n%s", c.log)
	}
}

func TestFeedAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"": "", "https://example.com/a.json": "", "http://127.0.0.1:8080/": "",
		"example.com": "expected an https address", "file:///etc/passwd": "expected an https address", "https://": "expected an https address",
		"ftp://example.com/": "expected an https address", "https://brian:hunter2@example.com/": "leave out the user name",
		"https://exa mple.com": "expected an https",
	} {
		for _, flags := range []Config{{Cycle: address}, {Releases: address}} {
			flags.Now = time.Now
			_, err := New(t.Context(), flags)
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) ||
				strings.Contains(err.Error(), "hunter2")) {
				t.Errorf("%q: got %v, want %q", address, err, want)
			}
		}
	}
}
