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

// TestTroubleOfTargets sees what keeps a target from being picked onto, or its
// branch from being pushed, and that the other target does not suffer where that
// can be.
func TestTroubleOfTargets(t *testing.T) {
	t.Parallel()
	declines := func(text string) func(*stage) {
		return func(s *stage) {
			s.hook(s.T, "r.git", "pre-receive", "grep -q backport-3.14 || exit 0\ncat >&2 <<'END'\n"+text+"\nEND\nexit 1")
		}
	}
	answers := func(reason string) func(*stage) {
		return func(s *stage) {
			s.served("config", "receive.procReceiveRefs", "refs/heads/backport-3.14")
			s.hook(s.T, "r.git", "proc-receive", "GIT_TEST_ROLE=proc-receive GIT_TEST_REASON='"+reason+"' exec "+os.Args[0])
		}
	}
	const workflows = "refusing to allow a GitHub App to create or update workflow `.github/workflows/build.yml` without `workflows` " +
		"permission"
	for _, c := range []struct {
		name      string
		change    func(*stage)
		kind      git.FailureKind
		temporary bool
		both      bool // targets fail
	}{
		{"no such branch", func(s *stage) { s.job.Targets[0].Branch = "3.9" }, git.BranchMissing, false, false},
		{"no branch at all", func(s *stage) { s.job.Targets[0].Branch, s.job.Targets[1].Branch = "3.9", "3.8" }, git.BranchMissing, false, true},
		{"a tag of that name", func(s *stage) {
			s.served("tag", "3.9", "main")
			s.job.Targets[0].Branch = "3.9"
		}, git.BranchMissing, false, false},
		{"foreign branch", func(s *stage) { s.served("branch", "backport-3.14", "3.14") }, git.ForeignBranch, false, false},
		{"foreign branch that is known", func(s *stage) {
			s.served("branch", "backport-3.14", "3.14")
			s.job.Targets[0].Have = s.served("rev-parse", "3.14")
		}, git.ForeignBranch, false, false},
		{"branch that went away", func(s *stage) { s.job.Targets[0].Have = s.job.Commit }, git.BranchMoved, true, false},
		{"branch that comes before the push", func(s *stage) {
			s.breaks(before("info/refs?service="+writes, func() { s.served("branch", "backport-3.14", "3.14") }))
		}, git.BranchMoved, true, false},
		{"branch that comes during the push", func(s *stage) {
			s.breaks(before("/r.git/git-receive-pack", func() { s.served("branch", "backport-3.14", "3.14") }))
		}, git.BranchMoved, true, false},
		{"protected", declines("error: GH006: Protected branch update failed for refs/heads/backport-3.14.\nerror: Cannot create protected " +
			"branch."), git.Protected, false, false},
		{"ruleset", declines("error: GH013: Repository rule violations found for refs/heads/backport-3.14."), git.Protected, false, false},
		{"protected, by its reason", answers("protected branch hook declined"), git.Protected, false, false},
		{"ruleset, by its reason", answers("push declined due to repository rule violations"), git.Protected, false, false},
		{"secret", declines("error: GH013: Repository rule violations found for refs/heads/backport-3.14.\n\n- GITHUB PUSH PROTECTION\n  " +
			"Resolve the following violations before pushing again\n\n    - Push cannot contain secrets"), git.SecretFound, false, false},
		{"workflows", declines(workflows), git.WorkflowsPermission, false, false},
		{"workflows, by their reason", answers(workflows), git.WorkflowsPermission, false, false},
		{"quota", declines("error: this repository is over its data quota"), git.QuotaExceeded, false, false},
		{"large file", declines("error: GH001: Large files detected."), git.QuotaExceeded, false, false},
		{"hook", declines("Not on a Friday. \x1b[31mNo!"), git.HookDeclined, false, false},
		{"another reason", answers("the moon is full"), git.Broken, false, false},
		{"403 for pushes", func(s *stage) { s.breaks(on(writes, status(403))) }, git.Denied, false, true},
		{"404 for pushes", func(s *stage) { s.breaks(on(writes, status(404))) }, git.RepositoryGone, false, true},
		{"500 for pushes", func(s *stage) { s.breaks(on("/r.git/"+writes, status(500))) }, git.Unreachable, true, true},
		{"push that hangs", func(s *stage) { s.breaks(on(writes, hang)) }, git.TooSlow, true, true},
		{"push that is dropped", func(s *stage) {
			s.breaks(on("/r.git/"+writes, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		}, git.Unreachable, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c.change(s)
			e := s.engine(func(cfg *git.EngineConfig) {
				if c.kind == git.TooSlow {
					cfg.PushTime = 300 * time.Millisecond
				}
			})
			picked, err := e.Pick(t.Context(), s.job)
			if err != nil {
				t.Fatal(err)
			}
			if picked[0].Outcome != git.Failed || picked[0].Commit != "" {
				t.Errorf("got %+v", picked[0])
			}
			wantFailure(t, picked[0].Err, c.kind, c.temporary)
			if c.both {
				wantFailure(t, picked[1].Err, c.kind, c.temporary)
			} else if id := s.served("rev-parse", "backport-3.13"); picked[1].Outcome != git.Clean || picked[1].Commit != id {
				t.Errorf("the other target: %+v, its branch is at %s", picked[1], id)
			}
			leftNothing(t, s.dir)
			noProcess(t, s.URL)
		})
	}
}

// before does something once, before a request is answered.
func before(part string, do func()) func(http.ResponseWriter, *http.Request) bool {
	done := false
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if !done && strings.Contains(r.URL.String(), part) {
			done = true
			do()
		}
		return false
	}
}
