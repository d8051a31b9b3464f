package snapshot

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Lists that have several pages are read to the end, all of them at once.
func TestPages(t *testing.T) {
	w := newWorld(t)
	var commits []ghtest.Commit
	for i := range 260 {
		commits = append(commits, ghtest.Commit{Message: fmt.Sprint("Commit ", i), Author: "alice",
			Files: map[string]ghtest.File{"a.txt": ghtest.Text(fmt.Sprint(i))}})
	}
	_, err := w.Repo.Push("alice:fix", commits[0])
	trial.OK(t, err)
	middle, err := w.Repo.Push("alice:fix", commits[1:120]...)
	trial.OK(t, err)
	head, err := w.Repo.Push("alice:fix", commits[120:]...)
	trial.OK(t, err)
	n, err := w.Repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: "alice:fix"})
	trial.OK(t, err)
	key := pull.Key{Owner: "python", Repo: "cpython", Number: n}
	for i := range 250 {
		_, err := w.Repo.Comment(n, "bob", fmt.Sprint("Comment ", i))
		trial.OK(t, err)
	}
	w.apply(key, pull.AddNote{Note: pull.Note{Key: "late", Body: "b"}})
	for i := range 100 {
		trial.OK(t, w.Repo.Label(n, "bob", fmt.Sprint("label ", i)))
	}
	trial.OK(t, w.Repo.SetStatus(middle, "ci", ghtest.Status{Context: "middle/ci", State: "success"}))
	w.apply(key, pull.SetStatus{SHA: head, Status: ghtrial.SomeStatus.Status})
	w.Srv.ResetRequests()

	r := w.load(Query{Key: key, Needs: ghtrial.Everything})
	if len(r.Commits) != 250 || r.CommitsOmitted != 10 || r.Commits[249].Message != "Commit 249" {
		t.Errorf("%d commits, %d omitted", len(r.Commits), r.CommitsOmitted)
	}
	if r.Notes["late"].ID == 0 || len(r.Labels) != 100 || !r.EarlierStatuses["middle/ci"] || r.Statuses["c"].State != pull.StatusSuccess {
		t.Errorf("notes %v, %d labels, statuses %v, earlier %v", r.Notes, len(r.Labels), r.Statuses, r.EarlierStatuses)
	}
	if w.Sent() > 4 { // three pages of each, and perhaps the head
		t.Errorf("%d requests", w.Sent())
	}
}

func TestManyFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	files := map[string]ghtest.File{}
	for i := range 3005 {
		files[fmt.Sprintf("dir/%05d.txt", i)] = ghtest.Text(fmt.Sprint(i))
	}
	key := w.Open(files)
	w.Srv.ResetRequests()
	r := w.load(Query{Key: key, Needs: pull.Files, Reads: func(_ *pull.Request, path string) bool { return strings.HasSuffix(path, "7.txt") }})
	if len(r.Files) != 3000 || r.FilesOmitted != 5 {
		t.Fatalf("%d files, %d omitted", len(r.Files), r.FilesOmitted)
	}
	for i, f := range r.Files {
		want := pull.File{Path: fmt.Sprintf("dir/%05d.txt", i), Change: pull.Added}
		if i%10 == 7 && i/10 < maxRead {
			want.Content = regular(fmt.Sprint(i))
		}
		if diff := cmp.Diff(want, f); diff != "" {
			t.Fatalf("file %d: %s", i, diff)
		}
	}
	if n := w.Sent(); n != 1+30+8 {
		t.Errorf("%d requests", n)
	}
}

// Renames are told with the old path where the REST API lists the files.
func TestRenamesAmongMany(t *testing.T) {
	w := newWorld(t)
	files := map[string]ghtest.File{}
	for i := range 100 {
		files[fmt.Sprintf("a%03d", i)] = ghtest.Text("x")
	}
	old := ghtest.Text(strings.Repeat("line\n", 30))
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "m", Author: "guido",
		Files: map[string]ghtest.File{"old": old, "gone": ghtest.Text("bye\n")}})
	trial.OK(t, err)
	files["old"], files["new"], files["gone"] = ghtest.Deleted(), old, ghtest.Deleted()
	r := w.load(Query{Key: w.Open(files), Needs: pull.Files, Reads: all})
	got := r.Files[slices.IndexFunc(r.Files, func(f pull.File) bool { return f.Path == "new" })]
	if diff := cmp.Diff(pull.File{Path: "new", Previous: "old", Change: pull.Renamed, Content: regular(old.Content)}, got); diff != "" {
		t.Error(diff)
	}
	if len(r.Files) != 102 || r.FilesOmitted != 0 {
		t.Errorf("%d files, %d omitted", len(r.Files), r.FilesOmitted)
	}
}

// A list without end ends.
func TestLoadTakesBoundedTime(t *testing.T) {
	app, _ := plain(t, gh.Config{Timeout: 200 * time.Millisecond}, func(w http.ResponseWriter, _ *http.Request) {
		trial.Answer(w, 200, fmt.Sprintf(`{"data":{"viewer":{"login":"concorde[bot]"},"repository":{"issueOrPullRequest":{"headRefOid":%q,`+
			`"labels":{"pageInfo":{"hasNextPage":true,"endCursor":"x"}}}}}}`, ghtrial.SomeSHA))
	})
	_, err := app.Load(t.Context(), Query{Key: ghtrial.SomePull, Installation: 1})
	want := "GitHub's answers took longer than 400ms"
	if err != nil && !strings.Contains(err.Error(), want) {
		want = "no answer within 200ms" // on a slow machine a single one takes longer
	}
	ghtrial.Check(t, "endless", err, ghtrial.Temporary, want)
}
