package git_test

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/git"
)

// stageOf has one target and a change that both sides make.
func stageOf(t *testing.T, base, ours, theirs func(work)) *stage {
	w, s := newWork(t), newServer(t)
	base(w)
	w.commit("base")
	w.git("checkout", "-q", "-b", "3.14")
	ours(w)
	w.commit("ours")
	w.git("checkout", "-q", "main")
	theirs(w)
	st := &stage{work: w, server: s, dir: t.TempDir() + "/jobs"}
	st.job = git.Job{Commit: w.commit("theirs"), Committer: committer, Targets: []git.Target{{Branch: "3.14", Head: "backport-3.14"}}}
	st.url, st.bare = s.publish(w, "r.git"), s.root+"/r.git"
	st.job.Remote = st.url
	return st
}

// A merge of short lines takes 250 times the size of the file. It ends at the limit of
// memory, by the change and not by the machine, and with more memory it's clean.
func TestMemoryLimit(t *testing.T) {
	text := strings.Repeat("\n", 500_000)
	s := stageOf(t, files("a", text), files("a", "ours\n"+text), files("a", text+"theirs\n"))
	got := s.pick(s.engine(func(cfg *git.EngineConfig) { cfg.MaxMemory = 32 << 20 }))
	wantFailure(t, got[0].Err, git.TooCostly, false)
	s.cleanly(s.engine(nil))
}

// slow makes a merge that takes git ten seconds: it looks for the shortest difference
// between texts where every second line differs.
func slow(n int) (base, ours, theirs string) {
	random := rand.New(rand.NewPCG(1, 2))
	var b, o, th strings.Builder
	for i := range n {
		line := strconv.FormatUint(random.Uint64()%1e10, 36) + "\n"
		left, right := line, line
		switch i % 4 {
		case 0:
			left = "oooo\n"
		case 2:
			right = "tttt\n"
		}
		b.WriteString(line)
		o.WriteString(left)
		th.WriteString(right)
	}
	return b.String(), o.String(), th.String()
}

func TestCPULimit(t *testing.T) {
	t.Parallel()
	base, ours, theirs := slow(150_000)
	s := stageOf(t, files("a", base), files("a", ours), files("a", theirs))
	got := s.pick(s.engine(func(cfg *git.EngineConfig) { cfg.MaxCPU = time.Second }))
	wantFailure(t, got[0].Err, git.TooCostly, false)
}

// Whom the system kills to get memory back may try again, unlike who asked for too much.
func TestKilledByTheSystem(t *testing.T) {
	for _, victim := range []string{"/git fetch ", "/git-remote-http "} {
		t.Run(victim, func(t *testing.T) {
			s := newStage(t)
			var killed atomic.Int32
			s.breaks(on("/r.git/"+reads, func(w http.ResponseWriter, r *http.Request) {
				for pid, line := range commandLines(t) {
					ours := strings.Contains(line, s.job.Commit) || strings.Contains(line, s.URL)
					if id, err := strconv.Atoi(pid); ours && err == nil && strings.Contains(line, victim) && !strings.HasPrefix(line, "/bin/sh ") {
						killed.Add(1) // before the pick ends
						if err := syscall.Kill(id, syscall.SIGKILL); err != nil {
							t.Error(err)
						}
					}
				}
				hang(w, r)
			}))
			_, err := s.engine(nil).Pick(t.Context(), s.job)
			if n := killed.Load(); n != 1 {
				t.Fatalf("%d processes were killed: %v", n, err)
			}
			wantFailure(t, err, git.Killed, true)
		})
	}
}

// What only one side changed is taken over at any size, which costs no memory: of a
// blob that inflates to 64 MB, too. What both sides changed is left to people where it is
// too large, by its name, whichever version is; other files aren't named.
func TestLargeFiles(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("\x00", 64<<20)
	large := func(end string) string { return strings.Repeat("a line of a large text\n", 1<<12) + end }
	for _, c := range []struct {
		name               string
		base, ours, theirs func(work)
		want               string // files that are too large
	}{
		{"changed here alone", files("a", lines(), "z", "z"), files("a", lines("1:ours")),
			files("a", lines("20:theirs"), "z", zeros, "new", large("")), ""},
		{"changed there alone", files("a", lines(), "z", "z"), files("a", lines("1:ours"), "z", zeros), files("a", lines("20:theirs")), ""},
		{"grew here", files("a", lines(), "b", "b"), files("a", "ours\n"+lines()), files("a", large("theirs\n"), "b", "c"), "a"},
		{"grew there", files("a", lines()), files("a", large("ours\n")), files("a", "theirs\n"+lines()), "a"},
		{"was large", files("a", large("")), files("a", "ours\n"), files("a", "theirs\n"), "a"},
		{"added on both sides", files("b", "b"), files("a", large("ours\n"), "c", large("")), files("a", large("theirs\n"), "c", large("")), "a"},
		{"several", files("a", large(""), "b", large("")), files("a", large("o"), "b", large("o")), files("a", large("t"), "b", large("t")),
			"a b"},
		{"removed here", files("a", large(""), "b", "b"), files("a", large("ours\n")), all(remove("a"), files("b", "c")), "conflict"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stageOf(t, c.base, c.ours, c.theirs)
			e := s.engine(func(cfg *git.EngineConfig) { cfg.MaxMerge, cfg.MaxMemory = 64<<10, 48<<20 })
			switch c.want {
			case "":
				s.cleanly(e)
				return
			case "conflict":
				if got := s.pick(e)[0]; got.Outcome != git.Conflicted {
					t.Errorf("got %+v", got)
				}
				return
			}
			got, names := s.pick(e)[0], ""
			wantFailure(t, got.Err, git.FileTooLarge, false)
			for _, file := range got.Conflicts {
				names += " " + file.Path
			}
			if names != " "+c.want {
				t.Errorf("the large files are%s, want %s", names, c.want)
			}
		})
	}
}
