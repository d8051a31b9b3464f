package git_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

// pick does the job of a stage, which must be possible.
func (s *stage) pick(e *git.Engine) []git.Picked {
	s.Helper()
	picked, err := e.Pick(s.Context(), s.job)
	if err != nil {
		s.Fatal(err)
	}
	return picked
}

// cleanly does it, and wants all targets to be clean.
func (s *stage) cleanly(e *git.Engine) []git.Picked {
	s.Helper()
	picked := s.pick(e)
	for _, p := range picked {
		if p.Outcome != git.Clean || s.served("rev-parse", p.Head) != p.Commit || s.served("rev-parse", p.Commit+"^") != p.Tip {
			s.Errorf("got %+v (%v)", p, p.Err)
		}
	}
	return picked
}

func TestPickMakesTheCommit(t *testing.T) {
	s := newStage(t)
	s.job.Message = func(from git.Source) string {
		return "[picked] " + from.Message + "\n(cherry picked from commit " + from.ID + ")\n\n\n"
	}
	p := s.cleanly(s.engine(nil))[0]
	original := strings.SplitN(s.raw("cat-file", "commit", s.job.Commit), "\n", 4)
	got := strings.SplitN(s.raw("-C", s.bare, "cat-file", "commit", p.Commit), "\n", 5)
	want := []string{got[0], "parent " + s.served("rev-parse", "3.14"), original[2],
		"committer Concorde <concorde@example.com> " + s.git("log", "-1", "--format=%ct", s.job.Commit) + " +0000",
		"\n[picked] gh-1: fix\n\n(cherry picked from commit " + s.job.Commit + ")\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A merge commit may be picked with another message and author, and its date.
func TestPickInstead(t *testing.T) {
	s := newStage(t)
	s.job.Instead = &git.Source{Message: "gh-1: für \u20ac", Author: "Jürgen <j@example.com>"}
	s.job.Message = func(from git.Source) string { return from.Message + "\n\nBy " + from.Author }
	p := s.cleanly(s.engine(nil))[0]
	got := strings.SplitN(s.raw("-C", s.bare, "cat-file", "commit", p.Commit), "\n", 5)
	want := []string{"author Jürgen <j@example.com> " + s.git("log", "-1", "--format=%at", s.job.Commit) + " +0000",
		"\ngh-1: für \u20ac\n\nBy Jürgen <j@example.com>\n"}
	if diff := cmp.Diff(want, []string{got[2], got[4]}); diff != "" {
		t.Error(diff)
	}
}

// The same job again finds what is done, whether the caller knows of it or not.
func TestPickAgain(t *testing.T) {
	s, e := newStage(t), newEngine(t, nil)
	s.job.Targets[1].Head = "backport-3.1" // the other's name begins with it
	first := s.cleanly(e)
	s.breaks(on(writes, func(http.ResponseWriter, *http.Request) { t.Error("something is pushed again") }))
	if diff := cmp.Diff(first, s.cleanly(e)); diff != "" {
		t.Error(diff)
	}
	for i := range s.job.Targets {
		s.job.Targets[i].Have = first[i].Commit
	}
	for i, p := range s.cleanly(e) {
		if p.Commit != first[i].Commit {
			t.Errorf("%s: %s the first time, now %s", p.Head, first[i].Commit, p.Commit)
		}
	}
}

// A branch of the engine's own is brought up to date, if it is where the caller
// believes it to be.
func TestPickOntoAMovedBranch(t *testing.T) {
	s, e := newStage(t), newEngine(t, nil)
	first := s.cleanly(e)
	s.git("checkout", "-q", "3.14")
	s.write("new", "new\n")
	s.commit("3.14 moves on")
	s.git("push", "-q", s.bare, "3.14")
	wantFailure(t, s.pick(e)[0].Err, git.BranchMoved, true)
	s.job.Targets[0].Have = first[0].Commit
	if p := s.cleanly(e)[0]; p.Commit == first[0].Commit {
		t.Error("it was not pushed again")
	}
}

// The target may be force-pushed or deleted before the push: its old tip is what
// was picked onto.
func TestPickWhileTheTargetMoves(t *testing.T) {
	for name, change := range map[string][]string{"force-pushed": {"update-ref", "refs/heads/3.14", "main"},
		"deleted": {"update-ref", "-d", "refs/heads/3.14"}} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.breaks(before("info/refs?service="+writes, func() { s.served(change...) }))
			s.cleanly(s.engine(nil))
		})
	}
}

func TestPickWithOtherServers(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*stage){
		"without filters": func(s *stage) { s.served("config", "uploadpack.allowFilter", "false") },
		"old protocol": func(s *stage) {
			s.served("config", "uploadpack.allowAnySHA1InWant", "true")
			s.breaks(func(_ http.ResponseWriter, r *http.Request) bool {
				r.Header.Del("Git-Protocol")
				return false
			})
		},
		"with a token": func(s *stage) {
			s.token.Store("ghs_secret")
			s.job.Token = func(context.Context) (string, error) { return "ghs_secret", nil }
		},
		"with a token that changes": func(s *stage) {
			token := "ghs_secret"
			s.job.Token = func(context.Context) (string, error) {
				token += "x"
				s.token.Store(token)
				return token, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			change(s)
			s.cleanly(s.engine(nil))
		})
	}
}

func TestPickFromFiles(t *testing.T) {
	s := newStage(t)
	s.job.Remote = "file://" + s.bare
	_, err := s.engine(nil).Pick(t.Context(), s.job)
	wantFailure(t, err, git.Broken, false)
	s.cleanly(s.engine(func(cfg *git.EngineConfig) { cfg.AllowFile = true }))
}

// A fork that has the tips takes picks; one that lacks them refuses what is
// shallow.
func TestPickToAFork(t *testing.T) {
	s, e := newStage(t), newEngine(t, nil)
	s.job.Fork = s.publish(s.work, "fork.git")
	fork := filepath.Join(s.root, "fork.git")
	first := s.pick(e)
	for _, p := range first {
		if p.Outcome != git.Clean || s.git("-C", fork, "rev-parse", p.Head) != p.Commit {
			t.Errorf("got %+v (%v)", p, p.Err)
		}
	}
	if diff := cmp.Diff(first, s.pick(e)); diff != "" { // the server says that it is there
		t.Error(diff)
	}
	s.job.Targets[0].Have = first[0].Commit
	s.job.Targets[1].Have = first[1].Commit
	if diff := cmp.Diff(first[0].Commit, s.pick(e)[0].Commit); diff != "" {
		t.Error(diff)
	}
	s.git("-C", fork, "update-ref", "refs/heads/backport-3.14", s.job.Commit)
	second := s.pick(e)
	wantFailure(t, second[0].Err, git.ForeignBranch, false)
	if diff := cmp.Diff(first[1].Commit, second[1].Commit); diff != "" {
		t.Error(diff)
	}

	s.job.Targets[0].Have, s.job.Targets[1].Have = "", ""
	s.git("init", "-q", "--bare", filepath.Join(s.root, "stale.git"))
	s.git("-C", filepath.Join(s.root, "stale.git"), "config", "http.receivepack", "true")
	s.job.Fork = s.URL + "/stale.git"
	wantFailure(t, s.pick(e)[0].Err, git.ShallowRefused, false)
}

// A trial is one commit with one file on each branch, pushed like picks.
func TestTrial(t *testing.T) {
	s := newStage(t)
	s.job.Trial = "TOKEN = 1\n"
	for _, p := range s.pick(s.engine(nil)) {
		if p.Err != nil || p.Outcome != git.Clean || s.served("rev-parse", p.Head, p.Head+"^") != p.Commit+"\n"+p.Tip {
			t.Errorf("%+v", p)
		}
		if text := s.served("show", p.Head+":trial.txt"); text != "TOKEN = 1" {
			t.Errorf("%s has %q", p.Head, text)
		}
	}
}

func TestPickWithoutMarkers(t *testing.T) {
	s := newStage(t)
	s.git("checkout", "-q", "3.14")
	s.write("a", lines("20:other"))
	s.commit("conflict")
	s.git("push", "-q", s.bare, "3.14")
	e := s.engine(nil)
	got := s.pick(e)
	if p := got[0]; p.Outcome != git.Conflicted || p.Commit != "" || len(p.Conflicts) != 1 || got[1].Outcome != git.Clean {
		t.Errorf("got %+v", got)
	}
	if out, err := s.try("-C", s.bare, "rev-parse", "--verify", "-q", "refs/heads/backport-3.14"); err == nil {
		t.Errorf("the branch is at %s", out)
	}
	s.job.Markers = true
	p := s.pick(e)[0]
	want := []git.Conflict{{Path: "a", Kind: "content", Hunks: []git.Hunk{{First: 20, Last: 24}}}}
	if diff := cmp.Diff(want, p.Conflicts); diff != "" {
		t.Error(diff)
	}
	text := s.served("show", "backport-3.14:a")
	rows := strings.Split(text, "\n")
	if rows[19] != "<<<<<<< heads/3.14" || rows[23] != ">>>>>>> "+s.job.Commit || !git.HasMarkers([]byte(text)) {
		t.Errorf("the markers are not there:\n%s", text)
	}
}

// A job without a turn holds up nobody: it's told so at once. One repository gets half
// of the turns, whatever it does with them.
func TestPickWithoutATurn(t *testing.T) {
	s, other := newStage(t), newStage(t)
	e := s.engine(func(cfg *git.EngineConfig) { cfg.Jobs = 2 })
	asked, release := make(chan struct{}), make(chan struct{})
	s.job.Token = func(context.Context) (string, error) {
		close(asked)
		<-release
		return "", errors.New("enough")
	}
	ended := make(chan error)
	go func() {
		_, err := e.Pick(t.Context(), s.job)
		ended <- err
	}()
	<-asked
	second := s.job
	second.Token = func(context.Context) (string, error) {
		t.Error("two jobs of a repository at once")
		return "", errors.New("no")
	}
	if _, err := e.Pick(t.Context(), second); !errors.Is(err, pull.ErrBusy) || e.Free(second.Remote) {
		t.Errorf("the second job of a repository: %v, and free is %t", err, e.Free(second.Remote))
	}
	if !e.Free(other.job.Remote) {
		t.Error("another repository has no turn")
	}
	other.cleanly(e)
	close(release)
	wantFailure(t, <-ended, git.Denied, true)
	if s.job.Token = nil; !e.Free(s.job.Remote) {
		t.Error("the turn isn't free again")
	}
	s.cleanly(e)
}
