package git_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

// A file system of a few kilobytes fills at other steps for each size.
func TestDiskThatFills(t *testing.T) {
	s := newStage(t)
	full := 0
	for _, size := range []string{"8k", "16k", "32k", "48k", "64k", "96k", "128k", "160k", "192k", "256k"} {
		dir := t.TempDir()
		if err := syscall.Mount("none", dir, "tmpfs", 0, "size="+size); err != nil {
			t.Skipf("mounting a small file system: %v", err)
		}
		t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
		e, err := git.NewEngine(git.EngineConfig{Dir: filepath.Join(dir, "jobs"), MaxDisk: 1})
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.job.Targets {
			s.job.Targets[i].Head = s.job.Targets[i].Branch + "-" + size
		}
		picked, err := e.Pick(t.Context(), s.job)
		for _, p := range picked {
			err = errors.Join(err, p.Err)
		}
		if err != nil {
			full++
			failure, ok := errors.AsType[*git.Failure](err)
			if !ok || failure.Kind != git.DiskFull && failure.Kind != git.TooLarge {
				t.Errorf("%s: got %v", size, err)
			}
		}
		leftNothing(t, filepath.Join(dir, "jobs"))
	}
	if full == 0 {
		t.Error("no disk was ever full")
	}
}

// The token is in no argument of any process and in no file while git fetches and
// pushes, and comes by its header.
func TestTokenStaysInTheEnvironment(t *testing.T) {
	s := newStage(t)
	const token = "ghs_0123456789secret"
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token))
	s.token.Store(token)
	s.job.Token = func(context.Context) (string, error) { return token, nil }
	e, looks := s.engine(nil), 0
	s.breaks(func(_ http.ResponseWriter, r *http.Request) bool {
		looks++
		if got := r.Header.Get("Authorization"); got != "basic "+basic {
			t.Errorf("%s: the header is %q", r.URL, got)
		}
		talking := false
		for pid, line := range commandLines(t) {
			talking = talking || strings.Contains(line, "remote-http")
			if strings.Contains(line, token) || strings.Contains(line, basic) {
				t.Errorf("%s: the token is in the arguments of %s: %s", r.URL, pid, line)
			}
		}
		if !talking {
			t.Error("no process of git was found to look at")
		}
		notInFiles(t, s.dir, token, basic)
		return false
	})
	s.cleanly(e)
	if looks < 7 {
		t.Errorf("only %d requests were looked at", looks)
	}
	s.breaks(func(w http.ResponseWriter, r *http.Request) bool { // a server that tells it
		http.Error(w, r.Header.Get("Authorization")+" "+token, http.StatusForbidden)
		return true
	})
	_, err := e.Pick(t.Context(), s.job)
	wantFailure(t, err, git.Denied, false)
	if text := err.Error(); strings.Contains(text, "secret") || strings.Contains(text, basic) || !strings.Contains(text, "[token]") {
		t.Errorf("the error tells the token: %s", text)
	}
}

// notInFiles reads all files below a directory, of which some may vanish meanwhile.
func notInFiles(t *testing.T, dir string, secrets ...string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		files++
		text, _ := os.ReadFile(path)
		for _, secret := range secrets {
			if strings.Contains(string(text), secret) {
				t.Errorf("a token is in %s", path)
			}
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%d files were read (%v)", files, err)
	}
}
