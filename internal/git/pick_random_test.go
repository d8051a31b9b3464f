package git_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/suite"
)

// forger changes a work tree at random. Names, lines and texts come from small
// sets, so that changes meet.
type forger struct {
	work
	*rand.Rand
}

var (
	forgedNames = []string{"a", "b", "c", "d/a", "d/b", "d/e/f", "e", "e/a", "ü ñ", "d/\t\"x"}
	forgedRules = []string{"a merge=union\n", "* -merge\n", "d/* binary\n", "b merge=union\n* -merge\n", ""}
)

// files are those of the work tree.
func (f forger) files() []string {
	names := strings.Split(strings.Trim(f.raw("ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00"), "\x00")
	return slices.DeleteFunc(names, func(name string) bool {
		info, err := os.Lstat(filepath.Join(f.dir, name))
		return err != nil || !info.Mode().IsRegular() || strings.HasSuffix(name, ".gitattributes")
	})
}

func (f forger) one(of []string) string { return of[f.IntN(len(of))] }

// put writes a file where nothing else is in the way.
func (f forger) put(name, text string) {
	full := filepath.Join(f.dir, name)
	if info, err := os.Lstat(full); err == nil && (info.IsDir() || info.Mode()&os.ModeSymlink != 0) {
		return
	}
	if os.MkdirAll(filepath.Dir(full), 0o777) == nil {
		_ = os.WriteFile(full, []byte(text), 0o666) // a symlink may be in the way
	}
}

func (f forger) change() {
	names := f.files()
	if len(names) == 0 {
		f.put(f.one(forgedNames), lines())
		return
	}
	name := f.one(names)
	full := filepath.Join(f.dir, name)
	old, err := os.ReadFile(full)
	if err != nil {
		f.Fatal(err)
	}
	text := string(old)
	switch f.IntN(14) {
	case 0:
		f.put(f.one(forgedNames), f.one([]string{"", "new\n", "other\n", lines(), "\x00binary\n", crlf(lines())}))
	case 1:
		_ = os.Remove(full)
	case 2, 3:
		to := filepath.Join(f.dir, f.one(forgedNames))
		if _, err := os.Lstat(to); err != nil && os.MkdirAll(filepath.Dir(to), 0o777) == nil {
			_ = os.Rename(full, to)
		}
	case 4:
		_ = os.Chmod(full, 0o755)
	case 5:
		if os.Remove(full) == nil {
			_ = os.Symlink(f.one(forgedNames), full)
		}
	case 6:
		f.put(f.one([]string{".gitattributes", "d/.gitattributes"}), f.one(forgedRules))
	case 7:
		f.put(name, text+f.one([]string{"end\n", "end", "other end\n"}))
	default:
		rows := strings.SplitAfter(text, "\n")
		rows[f.IntN(len(rows))] = f.one([]string{"changed\n", "changed too\n", "", "two\nrows\n"})
		f.put(name, strings.Join(rows, ""))
	}
}

func (f forger) changes(from, branch string, n int) {
	f.git("checkout", "-q", "-f", "-B", branch, from)
	f.git("clean", "-q", "-ffdx")
	for range n {
		f.change()
	}
	f.commit(branch)
}

// TestPickEqualsCherryPickAtRandom compares as TestPickEqualsCherryPick does, on
// histories that nobody thought of.
func TestPickEqualsCherryPickAtRandom(t *testing.T) {
	t.Parallel()
	histories := suite.Sizes[int]{Normal: 6, Long: 26, Full: 100}.Size()
	const branches = 4
	s, e, w := newServer(t), newEngine(t, nil), newWork(t)
	for h := range histories {
		f := forger{w, rand.New(rand.NewPCG(uint64(h), 7))}
		f.git("checkout", "-q", "--orphan", fmt.Sprintf("h%d", h))
		f.try("rm", "-q", "-r", "-f", ".") // nothing the first time
		for _, name := range forgedNames[:6] {
			f.put(name, name+"\n"+lines())
		}
		base := f.commit("base")
		f.changes(base, fmt.Sprintf("h%d", h), 1+f.IntN(4))
		for b := range branches {
			f.changes(base, fmt.Sprintf("h%d-%d", h, b), 1+f.IntN(6))
		}
	}
	url, count := s.publish(w, "r.git"), map[git.Outcome]int{}
	for h := range histories {
		commit := w.git("rev-parse", fmt.Sprintf("h%d", h))
		job := git.Job{Remote: url, Commit: commit, Committer: committer, Markers: true}
		for b := range branches {
			job.Targets = append(job.Targets, git.Target{Branch: fmt.Sprintf("h%d-%d", h, b), Head: fmt.Sprintf("backport-%d-%d", h, b)})
		}
		picked, err := e.Pick(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range picked {
			want := w.cherryPick(p.Branch, commit, 1)
			got := w.engineVerdict(p, filepath.Join(s.root, "r.git"), commit)
			if diff := diffVerdicts(want, got); diff != "" {
				t.Errorf("%s: cherry-pick (-) and the engine (+) differ:\n%s", p.Branch, diff)
			}
			count[p.Outcome]++
		}
	}
	t.Logf("outcomes: %v", count)
	if count[git.Clean] < histories*3/4 || count[git.Conflicted] < histories*3/4 {
		t.Errorf("outcomes: %v: too much of one kind", count)
	}
}
