package setup

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/doctor"
	"github.com/concorde-bot/concorde/internal/gh"
)

// stage is a setup that is served, and a browser in front of it.
type stage struct {
	*testing.T
	dir      string
	terminal *terminal
	wizard   *Wizard
	url      string
	browser  *http.Client
	got      chan Credentials // that were stored
}

// terminal is what the operator sees.
type terminal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (o *terminal) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *terminal) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var shownCode = regexp.MustCompile(`code: (\S+)`)

// code is the last one shown.
func (o *terminal) code() string {
	all := shownCode.FindAllStringSubmatch(o.String(), -1)
	return all[len(all)-1][1]
}

// newStage starts a setup; change may alter its configuration.
func newStage(t *testing.T, change func(*Config)) *stage {
	t.Helper()
	s := &stage{T: t, dir: filepath.Join(t.TempDir(), "github-app")}
	s.start(change)
	return s
}

// start starts it, again if need be, with a new browser.
func (s *stage) start(change func(*Config)) {
	s.Helper()
	s.terminal, s.got = &terminal{}, make(chan Credentials, 1)
	c := Config{
		Store: Files{s.dir}, Progress: s.dir, APIURL: "https://api.github.com", ServerURL: "https://github.com",
		Terminal: s.terminal, Log: zerolog.Nop(), Now: time.Now,
		Callback: "/sign-in/callback", Ready: func(c Credentials) { s.got <- c },
	}
	served := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.wizard.ServeHTTP(w, r) }))
	c.Address = "http://" + served.Listener.Addr().String() + Path
	if change != nil {
		change(&c)
	}
	if c.Client == nil {
		c.Client = func(k Credentials) (*gh.App, error) {
			return gh.New(gh.Config{AppID: k.ID, PrivateKey: k.Key, APIURL: c.APIURL, ServerURL: c.ServerURL, Log: zerolog.Nop()})
		}
	}
	if c.Examine == nil {
		c.Examine = func(context.Context, *gh.App, string) doctor.Report { return doctor.Report{State: doctor.OK} }
	}
	var have *Credentials
	if known, err := (Files{s.dir}).Load(); err == nil {
		have = &known
	}
	var err error
	s.wizard, err = New(c, have)
	must(s, err)
	served.Start()
	s.Cleanup(served.Close)
	s.url = served.URL
	jar, err := cookiejar.New(nil)
	must(s, err)
	s.browser = &http.Client{Jar: jar, Timeout: time.Minute}
}

// has reports whether the page's HTML has some text.
func (a answer) has(text string) bool { return strings.Contains(a.text, text) }

// answer is a page as the browser shows it.
type answer struct {
	status int
	text   string
	header http.Header
	at     *url.URL // after redirects
}

func (s *stage) do(r *http.Request) answer {
	s.Helper()
	resp, err := s.browser.Do(r)
	must(s, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(s, err)
	return answer{resp.StatusCode, string(text), resp.Header, resp.Request.URL}
}

func (s *stage) get(path string) answer {
	s.Helper()
	r, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	must(s, err)
	return s.do(r)
}

func (s *stage) post(path string, fields url.Values) answer {
	s.Helper()
	r, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(fields.Encode()))
	must(s, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", s.url)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.do(r)
}

func (s *stage) signIn() {
	s.Helper()
	if a := s.post("/setup/code", url.Values{"code": {strings.ToLower(s.terminal.code())}}); a.status != http.StatusOK {
		s.Fatalf("%d %s", a.status, a.text)
	}
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// token is the one of the forms on a page.
func (s *stage) token(a answer) string {
	s.Helper()
	found := tokenField.FindStringSubmatch(a.text)
	if found == nil {
		s.Fatalf("no form in %s", a.text)
	}
	return found[1]
}

func TestNothingWithoutTheCode(t *testing.T) {
	s := newStage(t, nil)
	for _, path := range []string{"/setup", "/setup/created?code=c&state=s", "/setup/hook"} {
		if a := s.get(path); a.status != http.StatusOK || !a.has("Enter the code") || a.has(`name="token"`) {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	for _, path := range []string{"create", "adopt", "hook", "store", "print", "finish"} {
		if a := s.post("/setup/"+path, url.Values{"token": {""}}); a.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	s.signIn()
	if a := s.get("/setup"); a.status != http.StatusOK || !a.has("Create a GitHub App") {
		t.Errorf("%d %s", a.status, a.text)
	}
}

// What comes after a restart of the bot in the middle: the browser has no session, but
// brings GitHub's code, which isn't lost while somebody signs in.
func TestSignInKeepsTheWay(t *testing.T) {
	s := newStage(t, nil)
	a := s.get("/setup/created?code=abc&state=x%22%3E")
	if !a.has(`name="back" value="code=abc&amp;state=x%22%3E"`) {
		t.Fatal(a.text)
	}
	a = s.post("/setup/code", url.Values{"code": {s.terminal.code()}, "back": {"code=abc&state=x%22%3E&evil=1"}})
	if a.at.Path != "/setup/created" || a.at.RawQuery != "code=abc&state=x%22%3E" {
		t.Errorf("%s", a.at)
	}
	if a.status != http.StatusForbidden { // a state that nobody made
		t.Errorf("%d", a.status)
	}
}

func TestCodeWorksOnce(t *testing.T) {
	s := newStage(t, nil)
	first := s.terminal.code()
	s.signIn()
	if s.terminal.code() == first {
		t.Error("the terminal shows no new code")
	}
	other := newBrowser(s)
	if a := other.post("/setup/code", url.Values{"code": {first}}); a.status != http.StatusForbidden {
		t.Errorf("the code works twice: %d", a.status)
	}
	other.signIn()
}

// Guessing is bounded: in pace, and by a new code after some wrong ones.
func TestCodeCannotBeGuessed(t *testing.T) {
	s := newStage(t, nil)
	first, d := s.terminal.code(), s.wizard.door
	if d.pace.Limit() > 1 || d.pace.Burst() > 10 {
		t.Errorf("%v guesses a second, %d at once", d.pace.Limit(), d.pace.Burst())
	}
	d.pace = rate.NewLimiter(0, 3) // as if no time passed
	for i := range 5 {
		want := http.StatusForbidden
		if i >= 3 {
			want = http.StatusTooManyRequests
		}
		if a := s.post("/setup/code", url.Values{"code": {"AAAA-AAAA-AAAA"}}); a.status != want {
			t.Errorf("guess %d: %d %s", i, a.status, a.text)
		}
	}
	d.pace = rate.NewLimiter(rate.Inf, 1)
	for range maxGuesses {
		_, _ = d.enter("AAAA")
	}
	if s.terminal.code() == first {
		t.Error("the code is still the first one")
	}
}

func TestFinishedIsClosed(t *testing.T) {
	s := newStage(t, nil)
	s.signIn()
	token := s.token(s.get("/setup"))
	if a := s.post("/setup/finish", url.Values{"token": {token}}); a.at.Path != "/setup" || a.status != 200 {
		t.Errorf("it can be finished without an App: %d", a.status)
	}
	s.wizard.have = &some
	if a := s.post("/setup/finish", url.Values{"token": {token}}); a.status != 200 || !a.has("Done") {
		t.Errorf("%d %s", a.status, a.text)
	}
	<-s.wizard.Done()
	if a := s.get("/setup"); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
