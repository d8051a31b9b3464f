package snapshot

import (
	"context"
	"fmt"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// inquiry is one of the questions that the bot asks by GraphQL.
type inquiry struct {
	name   string
	places int // where an error can stand in the answers, at least
	do     func(context.Context) (any, error)
}

// full is a repository with something of ghtrial.Everything: a pull request and an issue
// with a long story, one that was merged, merge queues, and lists of two pages.
type full struct {
	*world
	open, merged, issue pull.Key
	looks               pull.Looks
}

func newFull(w *world) full {
	f := full{world: w}
	check := func(err error) { w.T.Helper(); trial.OK(w.T, err) }
	for _, login := range []string{"guido", "barry"} {
		check(w.Repo.Collaborator(login, "write"))
	}
	issue, err := w.Repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob"})
	check(err)
	f.issue = pull.Key{Owner: "python", Repo: "cpython", Number: issue}
	f.merged, err = w.mergedPull(issue)
	check(err)
	f.open = w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n"), "b.bin": ghtest.Text("\x00")})
	_, err = w.Repo.ForcePush("alice:fix", "main", ghtest.Commit{Message: "Again",
		Files: map[string]ghtest.File{"a.txt": ghtest.Text("B\n"), "b.bin": ghtest.Text("\x00")}})
	check(err)
	head := w.PR(f.open).HeadSHA
	for _, key := range []pull.Key{f.open, f.issue} {
		w.apply(key, pull.AddNote{Note: pull.Note{Key: "board", Body: "b"}})
		said, err := w.Repo.Comment(key.Number, "alice", "hello")
		check(err)
		other, err := w.Repo.Comment(key.Number, "bob", "bye")
		check(err)
		check(w.Repo.EditComment(key.Number, "guido", said, "hello!"))
		check(w.Repo.DeleteComment(key.Number, "bob", other))
		check(w.Repo.Label(key.Number, "bob", "docs"))
		check(w.Repo.Label(key.Number, "bob", "type-bug"))
		check(w.Repo.Unlabel(key.Number, "bob", "type-bug"))
		check(w.Repo.Assign(key.Number, "guido", "guido"))
		check(w.Repo.Close(key.Number, "guido"))
		check(w.Repo.Reopen(key.Number, "guido"))
	}
	for _, draft := range []bool{true, false} {
		check(w.Repo.SetDraft(f.open.Number, draft))
	}
	check(w.Repo.RequestReview(f.open.Number, "alice", "guido", "barry"))
	id, err := w.Repo.Review(f.open.Number, "guido", "CHANGES_REQUESTED", "no")
	check(err)
	check(w.Repo.DismissReview(f.open.Number, "alice", id, "stale"))
	_, err = w.Repo.Review(f.open.Number, "guido", "APPROVED", "")
	check(err)
	w.apply(f.open, pull.SetStatus{SHA: head, Status: ghtrial.SomeStatus.Status})
	w.apply(f.open, pull.SetCheck{SHA: head, Check: pull.Check{Name: "NEWS", Conclusion: pull.Success, Title: "t", Summary: "s"}})
	check(w.Repo.CheckRun(head, "github-actions", "build", "success"))
	_, err = w.Repo.Push("other", ghtest.Commit{Message: "Cut"})
	check(err)
	check(w.Repo.EditBase(f.open.Number, "other"))
	check(w.Repo.EditBase(f.open.Number, "main"))
	check(w.Repo.Protect("main", ghtest.Protection{RequiredReviews: 2}))
	check(w.Repo.RequireReview("main", ghtest.RequiredReview{Required: 1, LastPush: true}))
	check(w.Repo.AutoMerge(f.open.Number, "guido", "squash"))
	check(w.Repo.Label(f.issue.Number, "bob", "type-bug"))
	check(w.Repo.Label(f.open.Number, "bob", "type-bug"))
	check(w.Repo.Tag("v3.15.0b1", "main"))
	for i := range 101 {
		check(w.Repo.SetLabel(ghtest.Label{Name: fmt.Sprint("label ", i)}))
	}
	f.looks = pull.Looks{
		Branches: []string{"main", "gone"}, Requests: []int{f.merged.Number, f.open.Number, 4711}, Into: []string{"main"},
		Issues: []int{issue, f.open.Number, 4711}, Compared: []string{"main", "gone"}, Guarded: []string{"main", "gone"},
		Labels: []string{"docs", "no label"},
	}
	return f
}

// mergedPull is a pull request that mentions the issue.
func (w *world) mergedPull(issue int) (pull.Key, error) {
	if _, err := w.Repo.Push("merged", ghtest.Commit{Message: "Merge me", Author: "alice",
		Files: map[string]ghtest.File{"merged.txt": ghtest.Text("x\n")}}); err != nil {
		return pull.Key{}, err
	}
	n, err := w.Repo.OpenPR(ghtest.PR{Title: fmt.Sprint("gh-", issue, ": Merge me"), Body: fmt.Sprint("See #", issue), Author: "alice",
		Head: "merged", Labels: []string{"docs"}})
	if err == nil {
		_, err = w.Repo.Merge(n, "guido")
	}
	return pull.Key{Owner: "python", Repo: "cpython", Number: n}, err
}

// queue puts so many pull requests into the merge queue of a branch.
func (w *world) queue(branch string, n int) {
	w.T.Helper()
	_, err := w.Repo.Push(branch)
	trial.OK(w.T, err)
	for i := range n {
		head := fmt.Sprint("to-", branch, "-", i)
		_, err := w.Repo.Push(head, ghtest.Commit{From: branch, Message: "m", Files: map[string]ghtest.File{head: ghtest.Text("x")}})
		trial.OK(w.T, err)
		n, err := w.Repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: head, Base: branch})
		trial.OK(w.T, err)
		_, err = w.Repo.Queue(n)
		trial.OK(w.T, err)
	}
}

// release has something of all that a release's readiness depends on, but for milestones.
func (f full) release() ReleaseQuery {
	return ReleaseQuery{Key: ghtrial.CPython, ReleaseLook: pull.ReleaseLook{Version: "3.15", Branch: "main", Default: "main", Tags: []string{"v3.15.0b1"},
		Blocker: "docs", Deferred: "type-bug", Requested: "docs", Fixes: []string{"docs"},
		Told: func([]pull.File) []string { return []string{"README.rst"} },
		Said: numbersOf, Heard: func(all []pull.Comment) []pull.Comment { return all }}}
}

// inquiries are all questions about it.
func (f full) inquiries() []inquiry {
	load := func(key pull.Key) func(context.Context) (any, error) {
		return func(ctx context.Context) (any, error) {
			return f.app.Load(ctx, Query{Key: key, Needs: ghtrial.Everything, Reads: all, SettingsPath: "README.rst", LabelRulesPath: "README.rst",
				Looks: looksAt(f.looks)})
		}
	}
	return []inquiry{
		{"an open pull request", 200, load(f.open)},
		{"one that was merged", 30, func(ctx context.Context) (any, error) { return f.app.Load(ctx, Query{Key: f.merged}) }},
		{"an issue", 130, load(f.issue)},
		{"an open pull request, with what was looked at before", 200, func(ctx context.Context) (any, error) {
			(&loading{from: f.app.Loader, Query: Query{Key: f.open}, looks: f.looks}).remembersLooks()
			return load(f.open)(ctx)
		}},
		{"an open pull request, list by list", 180, func(ctx context.Context) (any, error) {
			c, err := f.app.Client(ctx, f.open, 0)
			trial.OK(f.T, err)
			trial.OK(f.T, c.Asking("load", func(s *gh.Size) error { *s = gh.Apart; return nil }))
			return load(f.open)(ctx)
		}},
		{"the repository", 45, func(ctx context.Context) (any, error) {
			return f.app.Repository(ctx, RepositoryQuery{Key: ghtrial.CPython, SettingsPath: "README.rst", LabelRulesPath: "README.rst",
				Queues: []string{"3.12", "3.13", "3.14", "3.99"}})
		}},
		{"touched pull requests", 20, func(ctx context.Context) (any, error) {
			found, _, err := f.app.Pulls(ctx, List{Key: ghtrial.CPython, Base: "main", Labels: []string{"docs"},
				States: []pull.State{pull.Open, pull.Merged}, Pages: 9})
			return found, err
		}},
		{"merged pull requests", 20, func(ctx context.Context) (any, error) {
			found, _, err := f.app.Merged(ctx, List{Key: ghtrial.CPython, Base: "main", Labels: []string{"docs"}})
			return found, err
		}},
		{"open pull requests", 9, func(ctx context.Context) (any, error) { return f.app.Mergeable(ctx, List{Key: ghtrial.CPython}) }},
		{"issues", 6, func(ctx context.Context) (any, error) {
			return f.app.Issues(ctx, List{Key: ghtrial.CPython, Pages: 9})
		}},
		{"a release", 60, func(ctx context.Context) (any, error) { return f.app.Release(ctx, f.release()) }},
		{"a branch's checks", 14, func(ctx context.Context) (any, error) {
			return f.app.Checked(ctx, CheckedQuery{Key: ghtrial.CPython, Branch: "main", Source: watching()})
		}},
		{"commits", 14, func(ctx context.Context) (any, error) {
			return f.app.History(ctx, HistoryRequest{Key: ghtrial.CPython, Revisions: []string{"main", "nothing"},
				Paths: []string{"README.rst", "merged.txt", "c", "d", "e"}})
		}},
	}
}
