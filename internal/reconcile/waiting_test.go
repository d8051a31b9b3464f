package reconcile

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

func TestWhoWaitsIsRemembered(t *testing.T) {
	q, err := queue.Open(t.Context(), queue.Config{Database: filepath.Join(t.TempDir(), "queue.db"),
		Work: func(context.Context, queue.Job) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Stop(context.Background())
	r := &Reconciler{Config: Config{Store: q}}
	see := func(number int, head string, own, waits bool) {
		t.Helper()
		request := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: number}, Head: head, Own: own}
		if err := r.wait(t.Context(), request, pull.Plan{Waits: waits}); err != nil {
			t.Fatal(err)
		}
	}
	wake := func(repo, sha string, want ...string) {
		t.Helper()
		keys, err := r.Waiting(t.Context(), pull.Key{Owner: "python", Repo: repo}, sha)
		if err != nil {
			t.Fatal(err)
		}
		var have []string
		for _, key := range keys {
			have = append(have, key.String())
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%s of %s wakes (-want +have)\n%s", sha, repo, diff)
		}
	}
	wake("cpython", "a")
	see(1, "a", true, true)
	see(2, "a", true, true) // two branches at one commit
	see(1, "a", true, true)
	see(3, "c", true, false)
	wake("cpython", "a", "python/cpython#1", "python/cpython#2")
	wake("peps", "a")
	see(1, "b", true, true) // pushed
	wake("cpython", "a", "python/cpython#2")
	wake("cpython", "b", "python/cpython#1")
	see(1, "b", true, false) // merged, or GitHub merges it by itself
	wake("cpython", "b")
	for i := range maxWaiting {
		see(10+i, fmt.Sprint("h", i), true, true)
	}
	wake("cpython", "a") // the oldest
	wake("cpython", "h0", "python/cpython#10")
}
