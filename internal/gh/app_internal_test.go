package gh

import (
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest/trial"
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
		{"no number", func(c *Config) { c.AppID = 0 }, "isn't a GitHub App's number"},
		{"no key", func(c *Config) { c.PrivateKey = nil }, "give the whole file"},
		{"another PEM", func(c *Config) {
			c.PrivateKey = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})
		}, "give the whole file"},
		{"half a key", func(c *Config) { c.PrivateKey = c.PrivateKey[:len(c.PrivateKey)/2] }, "give the whole file"},
		{"escaped line breaks", func(c *Config) { c.PrivateKey = []byte(strings.ReplaceAll(string(c.PrivateKey), "\n", `\n`)) },
			"line breaks included"},
		{"plain HTTP", func(c *Config) { c.APIURL = "http://git.example.com/api/v3" }, "use https"},
		{"no address", func(c *Config) { c.APIURL = "git.example.com" }, "not a URL with a host"},
		{"no path", func(c *Config) { c.APIURL = "https://git.example.com/" },
			"https://git.example.com/ isn't an API's address: add /api/v3"},
		{"another path", func(c *Config) { c.APIURL = "https://git.example.com/api" }, "add /api/v3"},
		{"the pages", func(c *Config) { c.APIURL = "https://github.com" }, "want https://api.github.com"},
		{"local, no path", func(c *Config) { c.APIURL = "http://localhost:8080" }, "add /api/v3"},
		{"user", func(c *Config) { c.APIURL = "https://secret@example.com/api/v3" }, "https://example.com/api/v3 has a user name or password"},
		{"password", func(c *Config) { c.APIURL = "https://me:secret@example.com/api/v3" },
			"https://example.com/api/v3 has a user name or password"},
		{"query", func(c *Config) { c.APIURL = "https://example.com/api/v3?token=secret" },
			"https://example.com/api/v3 is followed by something"},
		{"fragment", func(c *Config) { c.APIURL = "https://example.com/api/v3#secret" }, "https://example.com/api/v3 is followed by something"},
		{"bad address", func(c *Config) { c.APIURL = "https://me:secret@%zz" }, "reading the address"},
		{"password that breaks the address", func(c *Config) { c.APIURL = "https://me:secret#x@example.com" }, "reading the address"},
		{"password without a scheme", func(c *Config) { c.APIURL = "secret@example.com/api/v3" }, "reading the address"},
		{"password of the server", func(c *Config) { c.ServerURL = "https://me:secret@github.com" },
			"https://github.com has a user name or password"},
		{"GHES server, public API", func(c *Config) { c.ServerURL = "https://git.example.com" }, "set both addresses"},
		{"plain HTTP to git", func(c *Config) { c.ServerURL = "http://github.com" }, "use https"},
		{"odd server", func(c *Config) { c.ServerURL = "git.example.com" }, "reading the address of the GitHub server"},
		{"negative", func(c *Config) { c.Timeout = -1 }, "not negative"},
	} {
		cfg := Config{AppID: 7, PrivateKey: trial.Key()}
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
		trial.OK(t, err)
		if got := graphqlURL(u); got != want {
			t.Errorf("%s: %s, want %s", api, got, want)
		}
	}
}

func TestEndpoints(t *testing.T) {
	app, err := New(Config{AppID: 7, PrivateKey: trial.Key(), APIURL: "https://git.example.com/api/v3"})
	trial.OK(t, err)
	for request, want := range map[string]string{
		"POST https://git.example.com/api/graphql":                            graphqlEndpoint,
		"GET https://git.example.com/api/v3/app":                              "GET /app",
		"PATCH https://git.example.com/api/v3/repos/o/r/issues/comments/5":    "other",
		"GET https://git.example.com/api/v3/repos/o/r/git/ref/heads/a/b%23c":  GetRef,
		"DELETE https://git.example.com/api/v3/repos/o/r/git/refs/heads/3.14": DeleteRef,
		"GET https://git.example.com/api/v3/users/concorde%5Bbot%5D":          getUser,
		"PATCH https://git.example.com/api/v3/repos/o/r/labels/a%2Fb":         "PATCH /repos/{owner}/{repo}/labels/{name}",
		"GET https://git.example.com/api/v3/repositories/5/installation":      "other",
		"PUT https://git.example.com/api/v3/app":                              "other",
	} {
		method, address, _ := strings.Cut(request, " ")
		r, err := http.NewRequest(method, address, nil)
		trial.OK(t, err)
		if got := app.endpoint(r); got != want {
			t.Errorf("%s: %q, want %q", request, got, want)
		}
	}
}
