package git_test

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

func TestCancelledJobLeavesNothing(t *testing.T) {
	for _, step := range []string{"info/refs?service=" + reads, "/r.git/" + reads, "info/refs?service=" + writes, "/r.git/" + writes} {
		t.Run(step, func(t *testing.T) {
			s := newStage(t)
			ctx, cancel := context.WithCancel(t.Context())
			s.breaks(on(step, func(w http.ResponseWriter, r *http.Request) {
				cancel()
				hang(w, r)
			}))
			_, err := s.engine(nil).Pick(ctx, s.job)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			leftNothing(t, s.dir)
			noProcess(t, s.URL)
		})
	}
}

func TestPanicLeavesNothing(t *testing.T) {
	s := newStage(t)
	e := s.engine(nil)
	s.job.Message = func(git.Source) string { panic("ouch") }
	defer func() {
		if v := recover(); v != "ouch" {
			t.Errorf("recovered %v", v)
		}
		leftNothing(t, s.dir)
	}()
	s.pick(e)
}

// The limit is watched while git works: here it waits for the contents.
func TestTooLarge(t *testing.T) {
	s := newStage(t)
	e := s.engine(func(cfg *git.EngineConfig) { cfg.MaxDisk = 1000 })
	fetches := 0
	s.breaks(on("info/refs?service="+reads, func(w http.ResponseWriter, r *http.Request) {
		if fetches++; fetches == 2 {
			hang(w, r)
			return
		}
		s.backendOnly(w, r)
	}))
	_, err := e.Pick(t.Context(), s.job)
	wantFailure(t, err, git.TooLarge, false)
	leftNothing(t, s.dir)
	noProcess(t, s.URL)
}

func TestNoJobStartsOnAFullDisk(t *testing.T) {
	s := newStage(t)
	e := s.engine(func(cfg *git.EngineConfig) { cfg.MaxDisk = 1 << 60 })
	_, err := e.Pick(t.Context(), s.job)
	wantFailure(t, err, git.DiskFull, true)
	if n := s.requests.Load(); n > 0 {
		t.Errorf("%d requests were made", n)
	}
}

// pickAlone is a process that picks until it is killed.
func pickAlone() {
	e, err := git.NewEngine(git.EngineConfig{Dir: os.Getenv("GIT_TEST_ROOT")})
	if err != nil {
		panic(err)
	}
	_, err = e.Pick(context.Background(), git.Job{Remote: os.Getenv("GIT_TEST_REMOTE"), Commit: os.Getenv("GIT_TEST_COMMIT"),
		Committer: committer, Targets: []git.Target{{Branch: "3.14", Head: "x"}}})
	panic(err)
}

// Git and its children die with a killed process. What it leaves is removed by the next
// one; what a running process works in is left alone. So it is in a directory with a
// name, and in one without.
func TestKilledProcess(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := newStage(t)
	t.Run("named", func(t *testing.T) { s.killed(t, s.dir, s.dir) })
	t.Run("temporary", func(t *testing.T) { s.killed(t, "", filepath.Join(os.TempDir(), "concorde-picks-*")) })
	s.breaks(func(http.ResponseWriter, *http.Request) bool { return false })
	s.cleanly(s.engine(nil))
}

func (s *stage) killed(t *testing.T, dir, pattern string) {
	jobs := func() []string {
		found, err := filepath.Glob(filepath.Join(pattern, "job-*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	alone := s.hangs(t, dir)
	before := jobs()
	e, err := git.NewEngine(git.EngineConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := jobs(); len(before) != 2 || strings.Join(before, " ") != strings.Join(after, " ") {
		t.Errorf("a running process had %v, and now has %v", before, after)
	}
	if err := alone.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = alone.Wait()
	noProcess(t, s.URL) // though the server still hangs
	if after := jobs(); len(after) != 2 {
		t.Errorf("the killed process left %v: there is nothing to test", after)
	}
	if err := e.Clean(t.Context()); err != nil {
		t.Error(err)
	}
	if after := jobs(); len(after) > 0 {
		t.Errorf("left over: %v", after)
	}
	s.CloseClientConnections()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if left := places(t); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
}

// hangs starts a process that picks, and waits until the server keeps it waiting.
func (s *stage) hangs(t *testing.T, dir string) *exec.Cmd {
	held, ended := make(chan struct{}, 10), make(chan struct{})
	s.breaks(on("/r.git/"+reads, func(w http.ResponseWriter, r *http.Request) {
		held <- struct{}{}
		hang(w, r)
	}))
	alone := exec.Command(os.Args[0])
	alone.Env = append(os.Environ(), "GIT_TEST_ROLE=pick", "GIT_TEST_ROOT="+dir, "GIT_TEST_REMOTE="+s.url, "GIT_TEST_COMMIT="+s.job.Commit)
	out, err := alone.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := alone.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { // where it ends by itself
		for lines := bufio.NewScanner(out); lines.Scan(); {
			t.Log(lines.Text())
		}
		close(ended)
	}()
	select {
	case <-held:
	case <-ended:
		t.Fatal("the process ended by itself")
	}
	return alone
}

func TestCleanLeavesOtherFilesAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "jobs")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"notes", "job-1.lock", "job-2/git/HEAD"} {
		files(name, "x")(work{t, dir})
	}
	e, err := git.NewEngine(git.EngineConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Clean(t.Context()); err != nil {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(dir, "notes")); err != nil {
		t.Error(err)
	}
	leftNothing(t, dir)
}
