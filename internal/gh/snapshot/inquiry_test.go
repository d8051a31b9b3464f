package snapshot

import (
	"context"
	"fmt"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

// inquiry is one of the questions that the bot asks by GraphQL.
type inquiry struct {
	name   string
	places int // where an error can stand in the answers, at least
	do     func(context.Context) (any, error)
}

// full is a repository with something of everything: a pull request and an issue
// with a long story, one that was merged, merge queues, and lists of two pages.
type full struct {
	*world
	open, merged, issue pull.Key
	looks               pull.Looks
}

func newFull(w *world) full {
	f := full{world: w}
	check := func(err error) { w.t.Helper(); must(w.t, err) }
	for _, login := range []string{"guido", "barry"} {
		check(w.repo.Collaborator(login, "write"))
	}
	issue, err := w.repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob"})
	check(err)
	f.issue = pull.Key{Owner: "python", Repo: "cpython", Number: issue}
	f.merged, err = w.mergedPull(issue)
	check(err)
	f.open = w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n"), "b.bin": ghtest.Text("\x00")})
	_, err = w.repo.ForcePush("alice:fix", "main", ghtest.Commit{Message: "Again",
		Files: map[string]ghtest.File{"a.txt": ghtest.Text("B\n"), "b.bin": ghtest.Text("\x00")}})
	check(err)
	head := w.pr(f.open).HeadSHA
	for _, key := range []pull.Key{f.open, f.issue} {
		w.apply(key, pull.AddNote{Note: pull.Note{Key: "board", Body: "b"}})
		said, err := w.repo.Comment(key.Number, "alice", "hello")
		check(err)
		other, err := w.repo.Comment(key.Number, "bob", "bye")
		check(err)
		check(w.repo.EditComment(key.Number, "guido", said, "hello!"))
		check(w.repo.DeleteComment(key.Number, "bob", other))
		check(w.repo.Label(key.Number, "bob", "docs"))
		check(w.repo.Label(key.Number, "bob", "type-bug"))
		check(w.repo.Unlabel(key.Number, "bob", "type-bug"))
		check(w.repo.Assign(key.Number, "guido", "guido"))
		check(w.repo.Close(key.Number, "guido"))
		check(w.repo.Reopen(key.Number, "guido"))
	}
	for _, draft := range []bool{true, false} {
		check(w.repo.SetDraft(f.open.Number, draft))
	}
	check(w.repo.RequestReview(f.open.Number, "alice", "guido", "barry"))
	id, err := w.repo.Review(f.open.Number, "guido", "CHANGES_REQUESTED", "no")
	check(err)
	check(w.repo.DismissReview(f.open.Number, "alice", id, "stale"))
	_, err = w.repo.Review(f.open.Number, "guido", "APPROVED", "")
	check(err)
	w.apply(f.open, pull.SetStatus{SHA: head, Status: someStatus.Status})
	w.apply(f.open, pull.SetCheck{SHA: head, Check: pull.Check{Name: "NEWS", Conclusion: pull.Success, Title: "t", Summary: "s"}})
	check(w.repo.CheckRun(head, "github-actions", "build", "success"))
	_, err = w.repo.Push("other", ghtest.Commit{Message: "Cut"})
	check(err)
	check(w.repo.EditBase(f.open.Number, "other"))
	check(w.repo.EditBase(f.open.Number, "main"))
	check(w.repo.Protect("main", ghtest.Protection{RequiredReviews: 2}))
	check(w.repo.RequireReview("main", ghtest.RequiredReview{Required: 1, LastPush: true}))
	check(w.repo.AutoMerge(f.open.Number, "guido", "squash"))
	for i := range 101 {
		check(w.repo.SetLabel(ghtest.Label{Name: fmt.Sprint("label ", i)}))
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
	if _, err := w.repo.Push("merged", ghtest.Commit{Message: "Merge me", Author: "alice",
		Files: map[string]ghtest.File{"merged.txt": ghtest.Text("x\n")}}); err != nil {
		return pull.Key{}, err
	}
	n, err := w.repo.OpenPR(ghtest.PR{Title: fmt.Sprint("gh-", issue, ": Merge me"), Body: fmt.Sprint("See #", issue), Author: "alice",
		Head: "merged", Labels: []string{"docs"}})
	if err == nil {
		_, err = w.repo.Merge(n, "guido")
	}
	return pull.Key{Owner: "python", Repo: "cpython", Number: n}, err
}

// queue puts so many pull requests into the merge queue of a branch.
func (w *world) queue(branch string, n int) {
	w.t.Helper()
	_, err := w.repo.Push(branch)
	must(w.t, err)
	for i := range n {
		head := fmt.Sprint("to-", branch, "-", i)
		_, err := w.repo.Push(head, ghtest.Commit{From: branch, Message: "m", Files: map[string]ghtest.File{head: ghtest.Text("x")}})
		must(w.t, err)
		n, err := w.repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: head, Base: branch})
		must(w.t, err)
		_, err = w.repo.Queue(n)
		must(w.t, err)
	}
}

// inquiries are all questions about it.
func (f full) inquiries() []inquiry {
	load := func(key pull.Key) func(context.Context) (any, error) {
		return func(ctx context.Context) (any, error) {
			return f.app.Load(ctx, Query{Key: key, Needs: everything, Reads: all, SettingsPath: "README.rst", LabelRulesPath: "README.rst",
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
			must(f.t, err)
			must(f.t, c.Asking("load", func(s *gh.Size) error { *s = gh.Apart; return nil }))
			return load(f.open)(ctx)
		}},
		{"the repository", 45, func(ctx context.Context) (any, error) {
			return f.app.Repository(ctx, RepositoryQuery{Key: cpython, SettingsPath: "README.rst", LabelRulesPath: "README.rst",
				Queues: []string{"3.12", "3.13", "3.14", "3.99"}})
		}},
		{"touched pull requests", 20, func(ctx context.Context) (any, error) {
			found, _, err := f.app.Pulls(ctx, List{Key: cpython, Base: "main", Labels: []string{"docs"},
				States: []pull.State{pull.Open, pull.Merged}, Pages: 9})
			return found, err
		}},
		{"merged pull requests", 20, func(ctx context.Context) (any, error) {
			found, _, err := f.app.Merged(ctx, List{Key: cpython, Base: "main", Labels: []string{"docs"}})
			return found, err
		}},
		{"open pull requests", 9, func(ctx context.Context) (any, error) { return f.app.Mergeable(ctx, List{Key: cpython}) }},
		{"issues", 6, func(ctx context.Context) (any, error) {
			return f.app.Issues(ctx, List{Key: cpython, Pages: 9})
		}},
		{"commits", 14, func(ctx context.Context) (any, error) {
			return f.app.History(ctx, HistoryRequest{Key: cpython, Revisions: []string{"main", "nothing"},
				Paths: []string{"README.rst", "merged.txt", "c", "d", "e"}})
		}},
	}
}
