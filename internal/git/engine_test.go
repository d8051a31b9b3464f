package git_test

import (
	"context"
	"errors"
	"net/http"
	"os"
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

// Texts in other encodings become UTF-8, as git cherry-pick makes them. What git
// couldn't read either keeps no commit from being picked, and its author stays byte
// for byte.
func TestPickOddCommits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, head, message, seen, wantHead, wantMessage string }{
		{"ISO-8859-1", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding ISO-8859-1\n", "f\xfcr\n", "für\n",
			"author Jürgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "für\n\nfür \u20ac\n"},
		{"git's latin-1", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding latin-1\n", "f\xfcr\n", "für\n",
			"author Jürgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "für\n\nfür \u20ac\n"},
		{"KOI8-R", "author \xe0\xd2\xc9\xca <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding KOI8-R\n",
			"\xfe\xc9\xce\xc9\xd4 \xd3\xd0\xc1\xcd\n", "Чинит спам\n",
			"author Юрий <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "Чинит спам\n\nfür \u20ac\n"},
		{"Shift-JIS", "author \x91\xbe\x98Y <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding Shift-JIS\n",
			"\x83X\x83p\x83\x80\x82\xf0\x92\xbc\x82\xb7\n", "スパムを直す\n",
			"author 太郎 <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "スパムを直す\n\nfür \u20ac\n"},
		{"EUC-JP", "author \xc2\xc0\xcf\xba <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding EUC-JP\n",
			"\xbd\xa4\xc0\xb5\n", "修正\n",
			"author 太郎 <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "修正\n\nfür \u20ac\n"},
		{"Windows", "author \xde\xf0\xe8\xe9 <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding cp1251\n", "\xd7\xe8\xed\xe8\xf2\n",
			"Чинит\n",
			"author Юрий <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "Чинит\n\nfür \u20ac\n"},
		{"GB18030", "author \xc0\xee <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding gb18030\n", "\xd0\xde\xb8\xb4\n", "修复\n",
			"author 李 <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "修复\n\nfür \u20ac\n"},
		{"ISO-2022-JP", "author Taro <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding ISO-2022-JP\n",
			"\x1b$B=$@5\x1b(B\n", "修正\n",
			"author Taro <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "修正\n\nfür \u20ac\n"},
		{"unknown encoding", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding x-spam\n", "f\xfcr\n", "für\n",
			"author J\xfcrgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\nencoding x-spam\n",
			"f\xfcr\n\nf\xfcr ?\n"},
		{"bytes of another encoding", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding Shift-JIS\n", "f\xfcr\n",
			"für\n",
			"author J\xfcrgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\nencoding Shift-JIS\n",
			"f\xfcr\n\nf\xfcr ?\n"},
		{"encoding that lies, in which no header can be", "author Ada <a@b.c> 1 +0000\ncommitter A <a@b> 7 +0200\nencoding IBM037\n", "Fix it\n",
			"Fix it\n",
			"author Ada <a@b.c> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\nencoding IBM037\n", "Fix it\n\nf\xfcr ?\n"},
		{"encoding that is not named", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\n", "f\xfcr", "für",
			"author J\xfcrgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "f\xfcr\nf\xfcr ?\n"},
		{"author alone", "author J\xfcrgen <j@example.com> 1 +0000\ncommitter A <a@b> 7 +0200\n", "für \u20ac\n", "für \u20ac\n",
			"author J\xfcrgen <j@example.com> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "für \u20ac\n\nfür \u20ac\n"},
		{"no message", "author A <a@b> 1 +0000\ncommitter A <a@b> 7 +0200\n", "", "",
			"author A <a@b> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "\nfür \u20ac\n"},
		{"author that is none", "author A <a@<b> someday\ncommitter A <a@b> later\n", "m\n", "m\n",
			"author A <a@b> 0 +0000\ncommitter Concorde <concorde@example.com> 0 +0000\n", "m\n\nfür \u20ac\n"},
		{"signature", "author A <a@b> 1 +0000\ncommitter A <a@b> 7 +0200\ngpgsig -----BEGIN\n author X <x@y> 1 +0000\n -----END\n", "m\n", "m\n",
			"author A <a@b> 1 +0000\ncommitter Concorde <concorde@example.com> 7 +0200\n", "m\n\nfür \u20ac\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			object := "tree " + s.git("rev-parse", "main^{tree}") + "\nparent " + s.git("rev-parse", "main^") + "\n" + c.head + "\n" + c.message
			file := filepath.Join(t.TempDir(), "commit")
			if err := os.WriteFile(file, []byte(object), 0o666); err != nil {
				t.Fatal(err)
			}
			s.job.Commit = s.served("hash-object", "-t", "commit", "-w", "--literally", file)
			s.job.Message = func(from git.Source) string {
				if from.Message != c.seen {
					t.Errorf("the message is %q, want %q", from.Message, c.seen)
				}
				return from.Message + "\nfür \u20ac\x00"
			}
			p := s.cleanly(s.engine(nil))[0]
			if p.Original.Message != c.seen || p.Original.ID != s.job.Commit {
				t.Errorf("the original is %+v", p.Original)
			}
			_, got, _ := strings.Cut(s.raw("-C", s.bare, "cat-file", "commit", p.Commit), "\nparent "+p.Tip+"\n")
			if diff := cmp.Diff(c.wantHead+"\n"+c.wantMessage, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPickRefusesBadJobs(t *testing.T) {
	s := newStage(t)
	e := s.engine(nil)
	s.breaks(func(http.ResponseWriter, *http.Request) bool {
		t.Error("git has asked")
		return false
	})
	for name, change := range map[string]func(*git.Job){
		"no address":         func(j *git.Job) { j.Remote = "" },
		"path":               func(j *git.Job) { j.Remote = s.bare },
		"ssh":                func(j *git.Job) { j.Remote = "ssh://git@example.com/r.git" },
		"helper":             func(j *git.Job) { j.Remote = "ext::sh -c true" },
		"option":             func(j *git.Job) { j.Remote = "--upload-pack=true" },
		"token in it":        func(j *git.Job) { j.Remote = "https://x:secret@example.com/r.git" },
		"fork elsewhere":     func(j *git.Job) { j.Fork = "https://example.com/r.git" },
		"short id":           func(j *git.Job) { j.Commit = j.Commit[:10] },
		"name for an id":     func(j *git.Job) { j.Commit = "main" },
		"too many commits":   func(j *git.Job) { j.Commits = 251 },
		"no targets":         func(j *git.Job) { j.Targets = nil },
		"no committer":       func(j *git.Job) { j.Committer.Email = "" },
		"branch as option":   func(j *git.Job) { j.Targets[0].Branch = "--force" },
		"branch with lines":  func(j *git.Job) { j.Targets[0].Branch = "3.14\nx" },
		"head with dots":     func(j *git.Job) { j.Targets[0].Head = "a..b" },
		"head as refspec":    func(j *git.Job) { j.Targets[0].Head = "a:main" },
		"head twice":         func(j *git.Job) { j.Targets[0].Head = j.Targets[1].Head },
		"onto itself":        func(j *git.Job) { j.Targets[0].Head = "3.14" },
		"onto another":       func(j *git.Job) { j.Targets[0].Head = "3.13" },
		"what it has is bad": func(j *git.Job) { j.Targets[0].Have = "main" },
	} {
		t.Run(name, func(t *testing.T) {
			job := s.job
			job.Targets = append([]git.Target{}, s.job.Targets...)
			change(&job)
			_, err := e.Pick(t.Context(), job)
			wantFailure(t, err, git.Broken, false)
			if strings.Contains(err.Error(), "secret") {
				t.Error("the error tells the token")
			}
		})
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
