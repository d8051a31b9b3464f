package trial

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// Server is a small GitHub that ends with the test.
func Server(t *testing.T, cfg ghtest.Config) *ghtest.Server {
	t.Helper()
	srv, err := ghtest.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

// Repo is a new repository.
func Repo(t *testing.T, srv *ghtest.Server, name string) *ghtest.Repo {
	t.Helper()
	repo, err := srv.Repo(name, ghtest.RepoOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// OK ends the test at an error.
func OK(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// As is err as one of its types, or the end of the test.
func As[E error](t testing.TB, err error) E {
	t.Helper()
	e, ok := errors.AsType[E](err)
	if !ok {
		t.Fatalf("want %T, got %T: %v", e, err, err)
	}
	return e
}

// Must is for calls that return a value.
func Must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		OK(t, err)
		return v
	}
}

// OpenPR opens a pull request from alice's fork that changes one file, and returns its number.
func OpenPR(t *testing.T, repo *ghtest.Repo) int {
	t.Helper()
	_, err := repo.Push("alice:fix", ghtest.Commit{Message: "Fix it", Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import sys\n")}})
	OK(t, err)
	return Must(repo.OpenPR(ghtest.PR{Title: "gh-1: Fix it", Head: "alice:fix", Labels: []string{"type-bug"}}))(t)
}

// At walks into decoded JSON: strings are keys, ints are indexes.
func At(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

// Flush waits until every delivery was answered.
func Flush(t *testing.T, srv *ghtest.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	OK(t, srv.Flush(ctx))
}

// DropWaiting drops what waits, so that a test sees the events of its own acts only.
func DropWaiting(srv *ghtest.Server) {
	srv.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
}

// OpenWith opens a pull request from a branch of alice's fork.
func OpenWith(repo *ghtest.Repo, branch string, pr ghtest.PR) (int, error) {
	if _, err := repo.Push("alice:"+branch, ghtest.Commit{Files: map[string]ghtest.File{branch: ghtest.Text(branch)}}); err != nil {
		return 0, err
	}
	pr.Head = "alice:" + branch
	return repo.OpenPR(pr)
}
