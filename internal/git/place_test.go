package git_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

// foreign is a directory of another user.
func foreign(t *testing.T, dir string) string {
	if os.Geteuid() != 0 {
		return "/usr"
	}
	if err := os.Chown(dir, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The directory of picks is the bot's alone, or the engine says what to do. A missing one
// is made so.
func TestPrivateDirectory(t *testing.T) {
	for _, c := range []struct {
		name, want string
		make       func(t *testing.T, dir string) string
	}{
		{"a link", "is a symbolic link: use the directory itself", func(t *testing.T, dir string) string {
			if err := os.Symlink(dir, dir+"-link"); err != nil {
				t.Fatal(err)
			}
			return dir + "-link"
		}},
		{"a file", "not a directory", func(t *testing.T, dir string) string {
			files("jobs/file", "x")(work{t, filepath.Dir(dir)})
			return filepath.Join(dir, "file")
		}},
		{"another user's", "belongs to another user than the bot's", foreign},
		{"readable", "is open to other users (mode 0755): run chmod 700 on it", func(t *testing.T, dir string) string {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			return dir
		}},
		{"missing", "", func(_ *testing.T, dir string) string { return filepath.Join(dir, "a", "b") }},
		{"private", "", func(_ *testing.T, dir string) string { return dir }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "jobs")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			dir = c.make(t, dir)
			_, err := git.NewEngine(git.EngineConfig{Dir: dir})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), dir) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				return
			}
			info, statErr := os.Stat(dir)
			if err != nil || statErr != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("got %v, %v, %v", err, statErr, info)
			}
		})
	}
}

// A directory that is taken over while the engine lives is refused then. That's not the
// change's fault, which is tried again once the operator did something about it.
func TestDirectoryTakenOver(t *testing.T) {
	s := newStage(t)
	e := s.engine(nil)
	if err := os.Rename(s.dir, s.dir+"-old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(s.dir+"-old", s.dir); err != nil {
		t.Fatal(err)
	}
	_, err := e.Pick(t.Context(), s.job)
	wantFailure(t, err, git.Broken, true)
	if err == nil || !strings.Contains(err.Error(), "symbolic link") {
		t.Errorf("got %v", err)
	}
}

// places are the directories that nobody named.
func places(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(os.TempDir(), "concorde-picks-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Without a name each engine has a directory of a random one. It's made again where it
// was cleaned away, and goes with the engine.
func TestTemporaryDirectory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := newStage(t)
	var all []*git.Engine
	for range 2 {
		e, err := git.NewEngine(git.EngineConfig{})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	first := places(t)
	if len(first) != 2 {
		t.Fatalf("the directories are %q", first)
	}
	info, err := os.Stat(first[0])
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("got %v, %v", info, err)
	}
	for _, dir := range first {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range all {
		s.cleanly(e)
		if err := e.Clean(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if again := places(t); len(again) != 2 || again[0] == first[0] {
		t.Errorf("the directories are %q, and were %q", again, first)
	}
	for _, e := range all {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	if left := places(t); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
}
