package snapshot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestTree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Repo.Push("3.14", ghtest.Commit{Message: "m", Author: "guido", Files: map[string]ghtest.File{
		"news/one": ghtest.Text("1\n"), "news/dir/two": ghtest.Text("\ufeff2\r\n"), "news/dir/deep/three": ghtest.Text("3"),
		"news/dir/bytes": ghtest.Text("\xff\n"), "news/dir/other": ghtest.Text("\xfe\n"),
		"news/large": ghtest.Text(strings.Repeat("x", pull.MaxContent+1)), "newsletter": ghtest.Text("no"),
	}})
	trial.OK(t, err)
	regular := func(path, data string) pull.File {
		return pull.File{Path: path, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(data)), Data: []byte(data)}}
	}
	q := TreeQuery{Key: ghtrial.CPython, Ref: "refs/heads/3.14", Directory: "news"}
	w.Srv.ResetRequests()
	files, err := w.app.Tree(t.Context(), q)
	trial.OK(t, err)
	want := []pull.File{
		regular("news/dir/bytes", "\xff\n"), {Path: "news/dir/deep/"}, {Path: "news/dir/other"}, regular("news/dir/two", "\ufeff2\r\n"),
		{Path: "news/large"}, regular("news/one", "1\n"),
	}
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if w.Sent() != 2 { // one of two files that aren't UTF-8 is read by itself
		t.Errorf("it took %d requests", w.Sent())
	}
	for _, missing := range []TreeQuery{
		{Key: ghtrial.CPython, Ref: "refs/heads/3.14", Directory: "olds"}, {Key: ghtrial.CPython, Ref: "refs/heads/3.1", Directory: "news"},
		{Key: ghtrial.CPython, Ref: "refs/heads/3.14", Directory: "newsletter"},
	} {
		if files, err := w.app.Tree(t.Context(), missing); err != nil || len(files) > 0 {
			t.Errorf("%s:%s: %v, %v", missing.Ref, missing.Directory, files, err)
		}
	}
}

// TestLast: GitHub's history of a path has the commits that changed it, the newest first
// (GraphQL, Commit.history), and a commit names the pull requests that merged it.
func TestLast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var paths []string
	want := map[string]int{}
	for i := range 3 {
		path := fmt.Sprintf("Misc/NEWS.d/next/Core/%d.rst", i)
		head := fmt.Sprintf("alice:fix%d", i)
		files := map[string]ghtest.File{path: ghtest.Text("x\n"), "shared": ghtest.Text(fmt.Sprint(i))}
		_, err := w.Repo.Push(head, ghtest.Commit{Message: "Fix it", Author: "alice", Files: files})
		trial.OK(t, err)
		number, err := w.Repo.OpenPR(ghtest.PR{Title: "gh-1: Fix it", Author: "alice", Head: head})
		trial.OK(t, err)
		_, err = w.Repo.Merge(number, "guido")
		trial.OK(t, err)
		paths = append(paths, path)
		want[path], want["shared"] = number, number
	}
	byHand := map[string]ghtest.File{"hand": ghtest.Text("x\n")}
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "by hand", Author: "guido", Files: byHand})
	trial.OK(t, err)
	w.Srv.ResetRequests()
	found, err := w.app.Last(t.Context(), LastQuery{Key: ghtrial.CPython, Branch: "main", Paths: append(paths, "shared", "hand", "missing")})
	trial.OK(t, err)
	if diff := cmp.Diff(want, found); diff != "" || w.Sent() != 1 {
		t.Errorf("%d requests (-want +got):\n%s", w.Sent(), diff)
	}
	if found, err := w.app.Last(t.Context(), LastQuery{Key: ghtrial.CPython, Branch: "3.1", Paths: paths}); err != nil || len(found) > 0 {
		t.Errorf("a branch that doesn't exist: %v, %v", found, err)
	}
}

// TestBlobs: a branch's file is looked up by its id, which the first query brings from the
// second time on.
func TestBlobs(t *testing.T) {
	t.Parallel()
	w, key := newPull(t)
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "m", Author: "guido", Files: map[string]ghtest.File{"here": ghtest.Text("hello\n")}})
	trial.OK(t, err)
	q := Query{Key: key, Needs: pull.Files, Looks: func(*pull.Request) pull.Looks {
		return pull.Looks{Blobs: []string{"main:here", "main:missing", "3.1:here"}}
	}}
	want := map[string]string{"main:here": pull.BlobID([]byte("hello\n"), 40), "main:missing": "", "3.1:here": ""}
	for i := range 2 {
		w.Srv.ResetRequests()
		if diff := cmp.Diff(want, w.load(q).Blobs); diff != "" || w.Sent() != 2-i {
			t.Errorf("load %d took %d requests (-want +got):\n%s", i, w.Sent(), diff)
		}
	}
	_, err = w.Repo.Push("main", ghtest.Commit{Message: "m", Author: "guido", Files: map[string]ghtest.File{"here": ghtest.Text("bye\n")}})
	trial.OK(t, err)
	if got := w.load(q).Blobs["main:here"]; got != pull.BlobID([]byte("bye\n"), 40) {
		t.Errorf("after a push, the id is %s", got)
	}
}
