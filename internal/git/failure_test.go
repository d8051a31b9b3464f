package git_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/concorde-bot/concorde/internal/git"
)

// stage is a repository with a fix on main and two branches that take it, served
// over HTTP.
type stage struct {
	work
	*server
	url, bare string
	job       git.Job
	dir       string // of the engine
}

func newStage(t *testing.T) *stage {
	w, s := work{t, t.TempDir()}, newServer(t)
	fixed.Do(func() { fixed.files = fixedOnMain(t) })
	if err := os.CopyFS(w.dir, fixed.files); err != nil {
		t.Fatal(err)
	}
	fix := w.head()
	st := &stage{work: w, server: s, url: s.publish(w, "r.git"), bare: filepath.Join(s.root, "r.git"), dir: filepath.Join(t.TempDir(), "jobs")}
	st.job = git.Job{Remote: st.url, Commit: fix, Committer: committer,
		Targets: []git.Target{{Branch: "3.14", Head: "backport-3.14"}, {Branch: "3.13", Head: "backport-3.13"}}}
	return st
}

// fixed is the work tree of every stage: making it takes git 14 processes.
var fixed struct {
	sync.Once
	files fstest.MapFS
}

// fixedOnMain makes it, and keeps it in memory.
func fixedOnMain(t *testing.T) fstest.MapFS {
	w := newWork(t)
	files("a", lines(), "b", "b\n")(w)
	w.commit("base")
	for _, branch := range []string{"3.13", "3.14"} {
		w.git("checkout", "-q", "-b", branch, "main")
		w.write("b", branch+"\n")
		w.write("a", lines("3:"+branch))
		w.commit("on " + branch)
	}
	w.git("checkout", "-q", "main")
	w.write("a", lines("20:fixed"))
	w.commit("gh-1: fix")
	kept := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(w.dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(w.dir, path))
		kept[path] = &fstest.MapFile{Data: text, Mode: 0o666}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func (s *stage) engine(change func(*git.EngineConfig)) *git.Engine {
	return newEngine(s.T, func(cfg *git.EngineConfig) {
		cfg.Dir = s.dir
		if change != nil {
			change(cfg)
		}
	})
}

// served runs git on the served repository.
func (s *stage) served(args ...string) string {
	s.Helper()
	return s.git(append([]string{"-C", s.bare}, args...)...)
}

// wantFailure looks at a *git.Failure.
func wantFailure(t testing.TB, err error, kind git.FailureKind, temporary bool) {
	t.Helper()
	if err == nil {
		t.Errorf("there is no failure, want %s", kind)
		return
	}
	failure, ok := errors.AsType[*git.Failure](err)
	if !ok || failure.Kind != kind || failure.Temporary != temporary {
		t.Errorf("got %v (%+v), want %s (temporary: %v)", err, failure, kind, temporary)
	}
	if strings.ContainsAny(err.Error(), "\n\x00\x1b") {
		t.Errorf("the error is not tidy: %q", err)
	}
	t.Log(err)
}

// reads are what a fetch asks for, writes what a push does.
const (
	reads  = "git-upload-pack"
	writes = "git-receive-pack"
)

// TestTroubleOfTheJob sees what keeps a whole job from being done.
func TestTroubleOfTheJob(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		change    func(*stage)
		kind      git.FailureKind
		temporary bool
	}{
		{"no such commit", func(s *stage) { s.job.Commit = strings.Repeat("12", 20) }, git.CommitMissing, false},
		{"no such commit, and a branch that is gone", func(s *stage) {
			s.job.Commit, s.job.Targets[0].Branch = strings.Repeat("12", 20), "3.9"
		}, git.CommitMissing, false},
		{"not a commit", func(s *stage) { s.job.Commit = s.served("rev-parse", "main^{tree}") }, git.CommitMissing, false},
		{"not so many commits", func(s *stage) { s.job.Commits = 5 }, git.Broken, false},
		{"404", func(s *stage) { s.breaks(on(reads, status(404))) }, git.RepositoryGone, false},
		{"no such repository", func(s *stage) { s.job.Remote = s.URL + "/other.git" }, git.RepositoryGone, false},
		{"moved", func(s *stage) {
			s.breaks(on("/r.git/", http.RedirectHandler(s.URL+"/new.git/info/refs?service=git-upload-pack", http.StatusMovedPermanently).ServeHTTP))
		}, git.RepositoryGone, false},
		{"403", func(s *stage) { s.breaks(on(reads, status(403))) }, git.Denied, false},
		{"wrong token", func(s *stage) {
			s.token.Store("right")
			s.job.Token = func(context.Context) (string, error) { return "wrong-token", nil }
		}, git.Denied, false},
		{"no token", func(s *stage) { s.token.Store("right") }, git.Denied, false},
		{"token that is none", func(s *stage) {
			s.job.Token = func(context.Context) (string, error) { return "two\nlines", nil }
		}, git.Denied, false},
		{"no token to be had", func(s *stage) {
			s.job.Token = func(context.Context) (string, error) { return "", errors.New("no") }
		}, git.Denied, true},
		{"500", func(s *stage) { s.breaks(on(reads, status(500))) }, git.Unreachable, true},
		{"502 in the second request", func(s *stage) { s.breaks(on("/r.git/git-upload-pack", status(502))) }, git.Unreachable, true},
		{"429", func(s *stage) { s.breaks(on(reads, status(429))) }, git.Unreachable, true},
		{"nobody listens", func(s *stage) { s.Server.Close() }, git.Unreachable, true},
		{"no such host", func(s *stage) { s.job.Remote = "http://nowhere.invalid/r.git" }, git.Unreachable, true},
		{"not git", func(s *stage) {
			s.breaks(on(reads, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
		}, git.Unreachable, true},
		{"branch that moves that very moment", func(s *stage) { s.breaks(s.forget) }, git.BranchMoved, true},
		{"dropped in the middle of a pack", func(s *stage) { s.breaks(s.dropPack) }, git.Unreachable, true},
		{"hanging", func(s *stage) { s.breaks(on(reads, hang)) }, git.TooSlow, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c.change(s)
			e := s.engine(func(cfg *git.EngineConfig) {
				if c.kind == git.TooSlow {
					cfg.FetchTime = 300 * time.Millisecond
				}
			})
			picked, err := e.Pick(t.Context(), s.job)
			if len(picked) != 0 {
				t.Errorf("there are results: %+v", picked)
			}
			wantFailure(t, err, c.kind, c.temporary)
			leftNothing(t, s.dir)
			noProcess(t, s.URL)
		})
	}
}

// hang holds a request until the client is gone, which shows after its body only.
func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// dropPack sends the first half of a pack.
func (s *stage) dropPack(w http.ResponseWriter, r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
		return false
	}
	whole := httptest.NewRecorder()
	s.backendOnly(whole, r)
	body := whole.Body.Bytes()
	at := strings.Index(string(body), "PACK")
	if at < 0 { // the list of branches
		_, _ = w.Write(body)
		return true
	}
	_, _ = w.Write(body[:at+(len(body)-at)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// forget does not know a commit that it has just named.
func (s *stage) forget(w http.ResponseWriter, r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	if r.Body = io.NopCloser(bytes.NewReader(body)); err != nil || !bytes.Contains(body, []byte("command=fetch")) {
		return false
	}
	w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
	line := "ERR upload-pack: not our ref " + strings.Repeat("34", 20) + "\n"
	fmt.Fprintf(w, "%04x%s", len(line)+4, line)
	return true
}

// noProcess looks for processes that still talk to a server.
func noProcess(t testing.TB, url string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		found := ""
		for pid, line := range commandLines(t) {
			if strings.Contains(line, url) {
				found += pid + ": " + line + "\n"
			}
		}
		if found == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("left running:\n%s", found)
			return
		}
	}
}

// commandLines are the arguments of all processes of the machine.
func commandLines(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{}
	for _, path := range paths {
		if line, err := os.ReadFile(path); err == nil { // others may have ended
			lines[strings.Split(path, "/")[2]] = strings.ReplaceAll(string(line), "\x00", " ")
		}
	}
	return lines
}
