package git_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestTree(t *testing.T) {
	w := newWork(t)
	w.write("a/b/one", "1\n")
	w.write("a/b/bytes\tand\nlines", "\xff\x00\r\n")
	w.write("a/b/deep/er/two", "")
	w.write("a/bc", "not below")
	w.write("a/b/large", strings.Repeat("x", pull.MaxContent+1))
	if err := os.Symlink("one", filepath.Join(w.dir, "a/b/link")); err != nil {
		t.Fatal(err)
	}
	head := w.commit("first")
	repository := git.Repository{Dir: filepath.Join(w.dir, "a")} // any directory inside will do
	files, err := repository.Tree(t.Context(), head, "a/b")
	if err != nil {
		t.Fatal(err)
	}
	regular := func(path, data string) pull.File {
		return pull.File{Path: path, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(data)), Data: []byte(data)}}
	}
	want := []pull.File{
		regular("a/b/bytes\tand\nlines", "\xff\x00\r\n"), regular("a/b/deep/er/two", ""),
		{Path: "a/b/large", Content: &pull.Content{Kind: pull.Regular, Size: pull.MaxContent + 1}},
		{Path: "a/b/link", Content: &pull.Content{Kind: pull.Symlink, Size: 3, Data: []byte("one")}}, regular("a/b/one", "1\n"),
	}
	if diff := cmp.Diff(want, files, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if files, err = repository.Tree(t.Context(), head, "missing"); err != nil || len(files) > 0 {
		t.Errorf("a directory that doesn't exist has %v, %v", files, err)
	}
	for path, want := range map[string]bool{"a/b/one": true, "a/b": true, "b/one": false, "a/*": false} {
		if has, err := repository.Has(t.Context(), head, path); err != nil || has != want {
			t.Errorf("has %s: %t, %v", path, has, err)
		}
	}
	if _, err := repository.Tree(t.Context(), strings.Repeat("0", 40), "a/b"); err == nil {
		t.Error("a commit that doesn't exist has files")
	}
}
