package git_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// server serves all repositories of a directory by git http-backend.
type server struct {
	*httptest.Server
	root     string
	token    atomic.Value // a string; who has none is told so; "" lets everybody in
	requests atomic.Int64
	bytes    atomic.Int64 // of bodies, both ways
	fault    atomic.Pointer[func(http.ResponseWriter, *http.Request) bool]
	backend  string
	config   string // the file that git reads
}

func newServer(t testing.TB) *server {
	t.Helper()
	s, err := startServer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func startServer(root string) (*server, error) {
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		return nil, err
	}
	config, err := filepath.Abs(filepath.Join("testdata", "gitconfig"))
	if err != nil {
		return nil, err
	}
	s := &server{root: root, config: config, backend: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")}
	s.token.Store("")
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s, nil
}

// breaks lets a function answer; it says whether it did.
func (s *server) breaks(fault func(http.ResponseWriter, *http.Request) bool) { s.fault.Store(&fault) }

// on answers requests that contain a text in their address.
func on(part string, answer http.HandlerFunc) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.String(), part) {
			return false
		}
		answer(w, r)
		return true
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	if f := s.fault.Load(); f != nil && (*f)(w, r) {
		return
	}
	if _, password, _ := r.BasicAuth(); password != s.token.Load() {
		w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
		http.Error(w, "log in", http.StatusUnauthorized)
		return
	}
	s.backendOnly(w, r)
}

// backendOnly answers by git, whoever asks.
func (s *server) backendOnly(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body) // pushes come in chunks, which CGI does not know
	if err != nil {
		return
	}
	s.bytes.Add(int64(len(body)))
	inner := r.Clone(r.Context())
	inner.Body, inner.ContentLength, inner.TransferEncoding = io.NopCloser(bytes.NewReader(body)), int64(len(body)), nil
	inner.Header.Del("Authorization")
	env := []string{"PATH=" + os.Getenv("PATH"), "GIT_PROJECT_ROOT=" + s.root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=git",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=" + s.config, "GIT_PROTOCOL=" + r.Header.Get("Git-Protocol")}
	(&cgi.Handler{Path: s.backend, Root: "/", Dir: s.root, Env: env, Stderr: io.Discard}).ServeHTTP(&counter{w, &s.bytes}, inner)
}

type counter struct {
	http.ResponseWriter
	sum *atomic.Int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.sum.Add(int64(len(p)))
	return c.ResponseWriter.Write(p)
}

// hook installs a script as a hook of a served repository.
func (s *server) hook(t testing.TB, repository, name, script string) {
	t.Helper()
	dir := filepath.Join(s.root, repository, "hooks")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
}

// publish makes a bare repository of a work tree, with all its branches, and
// gives its address. It is laid out by hand, with the objects of the work tree as
// its alternates: git would run eleven processes for it.
func (s *server) publish(w work, name string) string {
	w.Helper()
	dir := filepath.Join(s.root, name)
	files("HEAD", "ref: refs/heads/main\n", "config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
		"objects/info/alternates", filepath.Join(w.dir, ".git", "objects")+"\n")(work{w.T, dir})
	if err := os.CopyFS(filepath.Join(dir, "refs", "heads"), os.DirFS(filepath.Join(w.dir, ".git", "refs", "heads"))); err != nil {
		w.Fatal(err)
	}
	return s.URL + "/" + name
}
