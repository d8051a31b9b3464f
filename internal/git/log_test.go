package git_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestLog(t *testing.T) {
	w := newWork(t)
	w.write("a", "1\n")
	from := w.commit("first")
	w.git("tag", "v3.15.0a1")
	w.write("a", "2\n")
	w.write("b\nc", "x")
	second := w.commit("second (#2)\n\n* more\x02")
	third := w.commit("empty")
	w.git("checkout", "-q", "-b", "side")
	w.write("side", "s")
	w.commit("on the side")
	w.git("checkout", "-q", "-")
	w.git("mv", "a", "d")
	w.git("rm", "-q", "b\nc")
	fourth := w.commit("fourth")
	w.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
	merge := w.git("rev-parse", "HEAD")
	w.git("tag", "-a", "-m", "x", "v3.15.0a2")

	all, err := git.Repository{Dir: w.dir}.Log(t.Context(), from, merge, func(path string) bool { return path != "d" })
	if err != nil {
		t.Fatal(err)
	}
	regular := func(change pull.Change, path, data string) pull.File {
		return pull.File{Path: path, Change: change, Content: &pull.Content{Kind: pull.Regular, Size: int64(len(data)), Data: []byte(data)}}
	}
	want := []git.Landed{
		{ID: second, Message: "second (#2)\n\n* more\x02", Files: []pull.File{regular(pull.Modified, "a", "2\n"),
			regular(pull.Added, "b\nc", "x")}},
		{ID: third, Message: "empty"},
		{ID: fourth, Message: "fourth", Files: []pull.File{{Path: "a", Change: pull.Removed}, {Path: "b\nc", Change: pull.Removed},
			{Path: "d", Change: pull.Added}}},
		{ID: merge, Message: "Merge side", Files: []pull.File{regular(pull.Added, "side", "s")}},
	}
	if diff := cmp.Diff(want, all, cmpopts.IgnoreFields(git.Landed{}, "Date")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if all[0].Date.IsZero() {
		t.Error("a commit has no date")
	}
	tags, err := git.Repository{Dir: w.dir}.Tags(t.Context(), "v3.15.")
	if err != nil || strings.Join(tags, " ") != "v3.15.0a1 v3.15.0a2" {
		t.Errorf("the tags are %v, %v", tags, err)
	}
	if all, err := (git.Repository{Dir: w.dir}).Log(t.Context(), merge, merge, func(string) bool { return true }); err != nil || len(all) > 0 {
		t.Errorf("nothing is %v, %v", all, err)
	}
}
