package snapshot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

const settingsPath = ".github/concorde.yml"

// A pull request with ghtrial.Everything on it comes as it is.
func TestLoad(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	key, first, head := w.openTwoCommits(t)
	trial.OK(t, w.Repo.Label(key.Number, "guido", "topic"))
	trial.OK(t, w.Repo.SetStatus(first, "ci", ghtest.Status{Context: "old/ci", State: "failure"}))
	trial.OK(t, w.Repo.SetStatus(head, "ci", ghtest.Status{Context: "new/ci", State: "pending", Description: "running",
		TargetURL: "https://example.com/1"}))
	trial.OK(t, w.Repo.SetStatus(head, "ci", ghtest.Status{Context: "new/ci", State: "error"}))
	status := pull.Status{Context: "bedevere/news", State: pull.StatusFailure, Description: "No news entry"}
	w.apply(key, pull.SetStatus{SHA: head, Status: status})
	check := pull.Check{Name: "NEWS", Conclusion: pull.Neutral, Title: "T", Summary: "S"}
	w.apply(key, pull.SetCheck{SHA: head, Check: pull.Check{Name: "NEWS", Conclusion: pull.Success, Title: "Older"}})
	w.apply(key, pull.SetCheck{SHA: head, Check: check})
	note := pull.Note{Key: "news-help", Body: "Hello", Data: `{"asked":["3.14"]}`}
	body, err := gh.Mark(pull.Note{Key: "other", Body: "a forgery"})
	trial.OK(t, err)
	_, err = w.Repo.Comment(key.Number, "mallory", body)
	trial.OK(t, err)
	w.apply(key, pull.AddNote{Note: note})

	posted, err := gh.Mark(note)
	trial.OK(t, err)
	got := w.load(Query{Key: key, Needs: ghtrial.Everything, Reads: all, SettingsPath: settingsPath})
	const alice = "alice <alice@users.noreply.github.com>"
	want := &pull.Request{
		Key: key, Now: now, Title: "gh-5: Fix", Body: "Why\n", State: pull.Open, Draft: true, Author: "alice",
		Public: true, Association: "FIRST_TIME_CONTRIBUTOR",
		Base: "main", DefaultBranch: "main", Head: head, HeadBranch: "fix", HeadOwner: "alice",
		Labels:   []string{"docs", "skip news", "topic"},
		Settings: []byte("rules: {}\n"), Facts: ghtrial.Everything,
		Files: []pull.File{
			{Path: "edited.txt", Change: pull.Modified, Content: regular("2\n")},
			{Path: "gone.txt", Change: pull.Removed},
			{Path: "new.txt", Change: pull.Added, Content: regular("new\n")},
			{Path: "renamed.txt", Previous: "old.txt", Change: pull.Renamed, Content: regular(staying)},
		},
		Commits: []pull.Commit{{SHA: first, Message: "First\n\nWith a body.", Author: alice},
			{SHA: head, Message: "Second", Author: alice}},
		Statuses:        map[string]pull.Status{"new/ci": {Context: "new/ci", State: "error"}, "bedevere/news": status},
		EarlierStatuses: map[string]bool{"old/ci": true, "new/ci": true, "bedevere/news": true},
		Checks:          map[string]pull.CheckState{"NEWS": {Digest: check.Digest(), Conclusion: pull.Neutral}},
		Notes:           map[string]pull.PostedNote{"news-help": {Digest: note.Digest(), Data: note.Data}},
		Events:          []pull.Event{{Kind: pull.Labeled, Subject: "topic", By: "guido"}},
		Comments: []pull.Comment{
			{By: "mallory", Body: body},
			{By: "concorde[bot]", Bot: true, Own: true, Body: posted},
		},
		Reviews:    map[string]pull.Review{},
		MergeState: "draft", Heard: true,
		Me: "concorde", Additions: 2, Deletions: 2,
	}
	ignore := cmp.Options{cmpopts.IgnoreFields(pull.Request{}, "CreatedAt", "UpdatedAt", "BodyAt", "HeadSeen", "HeadDated"),
		cmpopts.IgnoreFields(pull.CheckState{}, "ID"), cmpopts.IgnoreFields(pull.PostedNote{}, "ID", "Node"), cmpopts.IgnoreFields(pull.Event{},
			"At"), cmpopts.IgnoreFields(pull.Comment{}, "ID", "Node", "At")}
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if age := now.Sub(got.UpdatedAt); age < -time.Minute || age > time.Minute || got.CreatedAt.After(got.UpdatedAt) || got.CreatedAt.IsZero() {
		t.Errorf("created at %v, updated at %v", got.CreatedAt, got.UpdatedAt)
	}
}

var staying = strings.Repeat("A line that stays.\n", 20)

// openTwoCommits makes a pull request that adds, edits, renames and removes.
func (w *world) openTwoCommits(t *testing.T) (key pull.Key, first, head string) {
	t.Helper()
	base := map[string]ghtest.File{
		settingsPath: ghtest.Text("rules: {}\n"),
		"old.txt":    ghtest.Text(staying),
		"edited.txt": ghtest.Text("1\n"),
		"gone.txt":   ghtest.Text("1\n"),
	}
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "Start", Author: "guido", Files: base})
	trial.OK(t, err)
	first, err = w.Repo.Push("alice:fix", ghtest.Commit{Message: "First\n\nWith a body.", Author: "alice",
		Files: map[string]ghtest.File{"new.txt": ghtest.Text("new\n")}})
	trial.OK(t, err)
	head, err = w.Repo.Push("alice:fix", ghtest.Commit{Message: "Second", Author: "alice", Files: map[string]ghtest.File{
		"old.txt": ghtest.Deleted(), "renamed.txt": base["old.txt"], "edited.txt": ghtest.Text("2\n"), "gone.txt": ghtest.Deleted(),
	}})
	trial.OK(t, err)
	n, err := w.Repo.OpenPR(ghtest.PR{Title: "gh-5: Fix", Body: "Why\n", Author: "alice", Association: "FIRST_TIME_CONTRIBUTOR",
		Head: "alice:fix", Draft: true, Labels: []string{"docs", "skip news"}})
	trial.OK(t, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: n}, first, head
}

func regular(s string) *pull.Content {
	return &pull.Content{Kind: pull.Regular, Size: int64(len(s)), Data: []byte(s)}
}

// What nobody asked for is not there, and costs one request.
func TestLoadLittle(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.apply(key, pull.SetStatus{SHA: w.Repo.Ref("alice:fix"), Status: ghtrial.SomeStatus.Status})
	w.apply(key, pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}})
	w.apply(key, pull.AddLabel{Name: "docs"})
	for needs := range ghtrial.Everything + 1 {
		w.Srv.ResetRequests()
		r := w.load(Query{Key: key, Needs: needs})
		for fact, empty := range map[pull.Facts]bool{
			pull.Files: len(r.Files) == 0, pull.Commits: len(r.Commits) == 0, pull.Statuses: len(r.Statuses)+len(r.EarlierStatuses) == 0,
			pull.Checks: r.Checks == nil, pull.Notes: r.Notes == nil, pull.Events: len(r.Events) == 0, pull.Reviews: r.Reviews == nil,
			pull.Merging: r.MergeState == "",
		} {
			if empty != (needs&fact == 0) {
				t.Errorf("needs %b: fact %b empty: %v", needs, fact, empty)
			}
		}
		if r.Settings != nil || r.Facts != needs || w.Sent() != 1 {
			t.Errorf("needs %b: settings %q, facts %b, %d requests", needs, r.Settings, r.Facts, w.Sent())
		}
	}
}

func TestLoadStates(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	state := func(want pull.State) {
		t.Helper()
		if got := w.load(Query{Key: key, Needs: ghtrial.Everything, Reads: all}); got.State != want || got.Head == "" || len(got.Files) != 1 {
			t.Errorf("state %q of %q with %d files, want %q", got.State, got.Head, len(got.Files), want)
		}
	}
	state(pull.Open)
	trial.OK(t, w.Repo.Close(key.Number, "alice"))
	state(pull.Closed)
	trial.OK(t, w.Repo.Reopen(key.Number, "alice"))
	trial.OK(t, w.Repo.DeleteFork("alice"))
	state(pull.Open)
	_, err := w.Repo.Merge(key.Number, "guido")
	trial.OK(t, err)
	state(pull.Merged)

	issue, err := w.Repo.OpenIssue(ghtest.Issue{Title: "An issue", Author: "bob"})
	trial.OK(t, err)
	key = pull.Key{Owner: "python", Repo: "cpython", Number: issue}
	if got := w.load(Query{Key: key, Needs: ghtrial.Everything, Reads: all}); !got.Issue ||
		got.State != pull.Open || got.Title != "An issue" {
		t.Errorf("an issue: %+v", got)
	}
	_, err = w.app.Load(t.Context(), Query{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 4711}})
	trial.As[*gh.Gone](t, err)
}

// The contents of a deleted fork are still in the base repository.
func TestDeletedFork(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n"), "b.bin": ghtest.Text("\x00b")})
	trial.OK(t, w.Repo.DeleteFork("alice"))
	r := w.load(Query{Key: key, Needs: ghtrial.Everything, Reads: all})
	want := []pull.File{{Path: "a.txt", Change: pull.Added, Content: regular("A\n")},
		{Path: "b.bin", Change: pull.Added, Content: regular("\x00b")}}
	if diff := cmp.Diff(want, r.Files); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMergeCommit(t *testing.T) {
	w := newWorld(t)
	data := fmt.Sprintf(`{"data":{"viewer":{"login":"concorde[bot]"},"repository":{"issueOrPullRequest":{"headRefOid":%q,
		"commits":{"totalCount":300,"nodes":[
		{"commit":{"oid":"1","message":"m","parents":{"totalCount":2}}},
		{"commit":{"oid":"2","message":"n","parents":{"totalCount":1}}}]}}}}}`, ghtrial.SomeSHA)
	w.Fault(ghtest.Fault{Path: "^/graphql", Status: 200, Body: data})
	r := w.load(Query{Key: ghtrial.SomePull, Needs: pull.Commits, Installation: w.Srv.InstallationID("python")})
	want := []pull.Commit{{SHA: "1", Message: "m", Merge: true}, {SHA: "2", Message: "n"}}
	if diff := cmp.Diff(want, r.Commits); diff != "" || r.CommitsOmitted != 298 {
		t.Errorf("%d omitted (-want +got):\n%s", r.CommitsOmitted, diff)
	}
}

// A pull request of a bot shows the login that the rest of GitHub uses.
func TestAuthors(t *testing.T) {
	for _, test := range []struct {
		actor *actorData
		want  string
	}{
		{nil, "ghost"}, {&actorData{Typename: "User", Login: "alice"}, "alice"},
		{&actorData{Typename: "Bot", Login: "dependabot"}, "dependabot[bot]"}, {&actorData{Typename: "Bot", Login: "x[bot]"}, "x[bot]"},
	} {
		if got := test.actor.login(); got != test.want {
			t.Errorf("%v: %q", test.actor, got)
		}
	}
}

// Comments of the bot that people deleted are counted, those of others not.
func TestDeletedNotes(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.apply(key, pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}})
	other, err := w.Repo.Comment(key.Number, "bob", "hello")
	trial.OK(t, err)
	before := w.load(Query{Key: key, Needs: pull.Notes})
	trial.OK(t, w.Repo.DeleteComment(key.Number, "bob", other))
	trial.OK(t, w.Repo.DeleteComment(key.Number, "alice", before.Notes["k"].ID))
	after := w.load(Query{Key: key, Needs: pull.Notes})
	if len(before.Notes) != 1 || before.NotesDeleted != 0 || len(after.Notes) != 0 || after.NotesDeleted != 1 {
		t.Errorf("before %v %d, after %v %d", before.Notes, before.NotesDeleted, after.Notes, after.NotesDeleted)
	}
}
