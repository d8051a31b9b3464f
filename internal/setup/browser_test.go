package setup

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func newBrowser(s *stage) *stage {
	other := *s
	jar, err := cookiejar.New(nil)
	must(s, err)
	other.browser = &http.Client{Jar: jar}
	return &other
}

func TestOtherPagesCannotPost(t *testing.T) {
	s := newStage(t, nil)
	s.signIn()
	good := url.Values{"token": {s.token(s.get("/setup"))}, "owner": {"personal"}, "name": {"Concorde"}, "url": {"https://bot.example.org"}}
	for name, change := range map[string]func(*http.Request, url.Values){
		"another origin":                 func(r *http.Request, _ url.Values) { r.Header.Set("Origin", "https://evil.example") },
		"another site":                   func(r *http.Request, _ url.Values) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"a page in a frame":              func(r *http.Request, _ url.Values) { r.Header.Set("Origin", "null") },
		"no token":                       func(_ *http.Request, v url.Values) { v.Del("token") },
		"the token of an earlier start":  func(_ *http.Request, v url.Values) { v.Set("token", "AAAAAAAAAAAAAAAAAAAAAAAAAA") },
		"a form that is longer than all": func(_ *http.Request, v url.Values) { v.Set("name", strings.Repeat("x", maxForm+1)) },
	} {
		fields := url.Values{}
		for k, v := range good {
			fields[k] = v
		}
		r, err := http.NewRequest(http.MethodPost, s.url+"/setup/create", nil)
		must(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		change(r, fields)
		r.Body = io.NopCloser(strings.NewReader(fields.Encode()))
		if a := s.do(r); a.status != http.StatusForbidden && a.status != http.StatusBadRequest || a.has("manifest") {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	if a := s.post("/setup/create", good); a.status != http.StatusOK || !a.has(`name="manifest"`) {
		t.Errorf("%d %s", a.status, a.text)
	}
}

// A name that an attacker leads to this machine (DNS rebinding) shows nothing, nor does
// another machine's address, over which a key would travel in the clear.
func TestHostsThatAreNotServed(t *testing.T) {
	s := newStage(t, func(c *Config) { c.URL = "https://bot.example.org" })
	for host, status := range map[string]int{
		"evil.example": 421, "evil.example:8080": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421,
		"192.0.2.1:8080": 421, "0.0.0.0": 421, "": 421,
		"localhost": 200, "localhost:8080": 200, "[::1]:8080": 200, "127.8.9.10": 200, "bot.example.org": 200,
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		must(t, err)
		_, err = io.WriteString(conn, "GET /setup HTTP/1.0\r\nHost: "+host+"\r\n\r\n")
		must(t, err)
		text, err := io.ReadAll(conn)
		must(t, err)
		must(t, conn.Close())
		got, _, _ := strings.Cut(strings.TrimPrefix(string(text), "HTTP/1.0 "), " ")
		if got != strconv.Itoa(status) {
			t.Errorf("%q: %s", host, got)
		}
		if got == "421" && strings.Contains(string(text), "Set-Cookie") {
			t.Errorf("%q gets a cookie", host)
		}
	}
}

func TestPagesAllowNoCode(t *testing.T) {
	s := newStage(t, nil)
	s.signIn()
	a := s.get("/setup")
	policy := a.header.Get("Content-Security-Policy")
	start := "default-src 'none'; style-src 'self'; form-action 'self' https://github.com;"
	if !strings.HasPrefix(policy, start) || strings.Contains(policy, "unsafe") {
		t.Error(policy)
	}
	for _, odd := range []string{"<script", "style=", "onclick", "javascript:", "http://fonts", "<meta http-equiv"} {
		if a.has(odd) {
			t.Errorf("the page has %s", odd)
		}
	}
	if css := s.get("/setup/style.css"); css.status != 200 || !css.has("prefers-color-scheme: dark") || css.has("@import") {
		t.Errorf("%d", css.status)
	}
}

// What people write comes back as text.
func TestWordsAreNotMarkup(t *testing.T) {
	s := newStage(t, nil)
	s.signIn()
	evil := `"><script>alert(1)</script>`
	a := s.post("/setup/create", url.Values{
		"token": {s.token(s.get("/setup"))}, "owner": {"organization"}, "organization": {evil}, "name": {evil},
		"url": {"https://x.example/" + evil},
	})
	if a.status != http.StatusUnprocessableEntity || a.has("<script") {
		t.Errorf("%d %s", a.status, a.text)
	}
}

func TestAddressesForWebhooks(t *testing.T) {
	for server, addresses := range map[string]struct{ good, bad []string }{
		"https://github.com": {
			[]string{"https://bot.example.org", "https://bot.example.org/bots/", "https://203.0.113.7"},
			[]string{"http://bot.example.org", "https://localhost", "https://LOCALHOST:8443", "https://a.localhost", "https://127.0.0.1",
				"https://[::1]", "https://0.0.0.0", "https://10.1.2.3", "https://bot", "https://bot.local", "https://169.254.1.1",
				"https://me:pw@bot.example.org", "https://bot.example.org?x=1", "bot.example.org", "", "javascript:alert(1)"},
		},
		"https://github.example.net": {
			[]string{"https://10.1.2.3", "https://bot", "https://bot.internal"}, []string{"https://localhost", "https://127.0.0.1"},
		},
	} {
		w := &Wizard{Config: Config{ServerURL: server}}
		for _, address := range addresses.good {
			if _, fault := w.publicURL(address); fault != "" {
				t.Errorf("%s: %q: %q", server, address, fault)
			}
		}
		for _, address := range addresses.bad {
			if _, fault := w.publicURL(address); fault == "" {
				t.Errorf("%s accepts %q", server, address)
			}
		}
	}
}
