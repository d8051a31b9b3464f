package trial

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/google/go-github/v60/github"
)

// JWT signs claims with a key in PEM.
func JWT(t *testing.T, pemKey []byte, alg string, claims map[string]any) string {
	t.Helper()
	block, _ := pem.Decode(pemKey)
	key := Must(x509.ParsePKCS1PrivateKey(block.Bytes))(t)
	segment := func(v any) string { return base64.RawURLEncoding.EncodeToString(Must(json.Marshal(v))(t)) }
	text := segment(map[string]string{"alg": alg, "typ": "JWT"}) + "." + segment(claims)
	sum := sha256.Sum256([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(Must(rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]))(t))
}

// Get sends one GET and returns the answer with its body read.
func Get(t *testing.T, address string, header http.Header) (*http.Response, string) {
	t.Helper()
	req := Must(http.NewRequest(http.MethodGet, address, nil))(t)
	req.Header = header
	resp := Must(http.DefaultClient.Do(req))(t)
	defer resp.Body.Close()
	return resp, string(Must(io.ReadAll(resp.Body))(t))
}

// Bearer is a header with a token.
func Bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// AppToken is a fresh token of the installation on python, with what the body requests.
func AppToken(t *testing.T, srv *ghtest.Server, body string) string {
	t.Helper()
	claims := map[string]any{"iss": srv.AppID(), "iat": time.Now().Unix(), "exp": time.Now().Unix() + 300}
	out := Send(t, srv, JWT(t, srv.PrivateKeyPEM(), "RS256", claims), fmt.Sprintf("POST /app/installations/%d/access_tokens", srv.InstallationID("python")), body)
	token, _ := At(out.Body, "token").(string)
	if token == "" {
		t.Fatalf("no token: %+v", out)
	}
	return token
}

// Answered is an answer of the REST API.
type Answered struct {
	Status int
	Body   any
	Header http.Header
}

// Problem is the message, with the fields and texts of the errors.
func (a Answered) Problem() string {
	message, _ := At(a.Body, "message").(string)
	for i := 0; At(a.Body, "errors", i) != nil; i++ {
		for _, key := range []string{"resource", "field", "code", "message"} {
			if text, ok := At(a.Body, "errors", i, key).(string); ok {
				message += " " + text
			}
		}
	}
	return fmt.Sprintf("%d %s", a.Status, message)
}

// Send makes one request, "METHOD /path", and does not follow redirects.
func Send(t *testing.T, srv *ghtest.Server, token, what, body string) Answered {
	t.Helper()
	method, path, _ := strings.Cut(what, " ")
	req := Must(http.NewRequest(method, srv.URL+path, bytes.NewReader([]byte(body))))(t)
	req.Header.Set("Authorization", "Bearer "+token)
	hc := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp := Must(hc.Do(req))(t)
	defer resp.Body.Close()
	out := Answered{Status: resp.StatusCode, Header: resp.Header}
	if resp.StatusCode != http.StatusNoContent {
		OK(t, json.NewDecoder(resp.Body).Decode(&out.Body))
	}
	return out
}

// WantProblem sends a request and compares the answer's status, message and errors.
func WantProblem(t *testing.T, srv *ghtest.Server, token, what, body, want string) {
	t.Helper()
	if got := Send(t, srv, token, what, body).Problem(); got != want {
		t.Errorf("%s %.100s:\n got %s\nwant %s", what, body, got, want)
	}
}

// Client is go-github with the token of the installation on an owner.
func Client(t *testing.T, srv *ghtest.Server, owner string) *github.Client {
	t.Helper()
	tr, err := ghinstallation.New(http.DefaultTransport, srv.AppID(), srv.InstallationID(owner), srv.PrivateKeyPEM())
	if err != nil {
		t.Fatal(err)
	}
	tr.BaseURL = strings.TrimSuffix(srv.APIURL(), "/")
	return Enterprise(t, srv, &http.Client{Transport: tr})
}

// AppClient is go-github with the App's JWT.
func AppClient(t *testing.T, srv *ghtest.Server) *github.Client {
	t.Helper()
	tr, err := ghinstallation.NewAppsTransport(http.DefaultTransport, srv.AppID(), srv.PrivateKeyPEM())
	if err != nil {
		t.Fatal(err)
	}
	return Enterprise(t, srv, &http.Client{Transport: tr})
}

// Enterprise is go-github for this server, with an HTTP client.
func Enterprise(t *testing.T, srv *ghtest.Server, hc *http.Client) *github.Client {
	t.Helper()
	c := github.NewClient(hc)
	u, err := url.Parse(srv.APIURL())
	if err != nil {
		t.Fatal(err)
	}
	c.BaseURL = u
	return c
}

// GraphQL posts a query and returns the whole answer.
func GraphQL(t *testing.T, srv *ghtest.Server, token, query string, vars map[string]any) map[string]any {
	t.Helper()
	data := Must(json.Marshal(map[string]any{"query": query, "variables": vars}))(t)
	req := Must(http.NewRequest(http.MethodPost, srv.GraphQLURL(), bytes.NewReader(data)))(t)
	req.Header.Set("Authorization", "bearer "+token)
	resp := Must(http.DefaultClient.Do(req))(t)
	defer resp.Body.Close()
	var out map[string]any
	OK(t, json.NewDecoder(resp.Body).Decode(&out))
	return out
}

// WantError ends the test if an error of go-github has another status, or another message.
func WantError(t *testing.T, err error, status int, message string) {
	t.Helper()
	var e *github.ErrorResponse
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an answer %d", err, status)
	}
	if e.Response.StatusCode != status || !strings.Contains(e.Message, message) {
		t.Fatalf("got %d %q, want %d %q", e.Response.StatusCode, e.Message, status, message)
	}
}

// IDs are the node ids that mutations need, by the aliases of the query.
func IDs(t *testing.T, srv *ghtest.Server, query string) map[string]any {
	t.Helper()
	out := GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){`+query+`}}`, nil)
	if out["errors"] != nil {
		t.Fatalf("errors: %v", out["errors"])
	}
	found := map[string]any{}
	repository, _ := At(out, "data", "repository").(map[string]any)
	for alias := range repository {
		found[alias] = At(repository, alias, "id")
	}
	return found
}
