package webhook

import (
	"context"
	"slices"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Heed says which events can matter to the bot; others have no keys. With a nil
// function, all do.
type Heed struct {
	// Comment: a comment with these words, on an issue or pull request of the repository.
	// The App's own comments always count, since someone else may have edited them.
	Comment func(ctx context.Context, repository pull.Key, words string) bool
	// Push: a push to the default branch that changed these files. complete is false if
	// the event doesn't list them all.
	Push func(ctx context.Context, repository pull.Key, files []string, complete bool) bool
	// Report: a status or check run of this name on a commit of the default branch or a
	// version's; "" if the event doesn't name it. nil: none matters.
	Report func(ctx context.Context, repository pull.Key, check string) bool
	// Buildbot: a login is that of a buildbot that reports in comments, on commits or after the
	// merge on pull requests. nil: none is.
	Buildbot func(ctx context.Context, repository pull.Key, login string) bool
}

// reported reports whether the event is about a check of a branch that matters. A branch's
// head may have moved on since the commit. Pull requests from forks may have a branch of
// the same name: that costs a look.
func (h *Handler) reported(ctx context.Context, name string, e *event) bool {
	var branches []named
	check := ""
	switch {
	case e.own(name, h.me()) || h.cfg.Heed.Report == nil || e.Repository.key().Validate() != nil:
		return false
	case name == "status":
		branches, check = e.Branches, e.Context
	case name == "check_run" && (e.Action == "created" || e.Action == "completed"):
		branches, check = []named{{e.CheckRun.Suite.HeadBranch}}, e.CheckRun.Name
	case name == "check_suite" && e.Action == "completed":
		branches = []named{{e.CheckSuite.HeadBranch}}
	case e.Action == "created" && (name == "commit_comment" || name == "issue_comment"): // they name no branch
		return h.cfg.Heed.Buildbot != nil && h.cfg.Heed.Buildbot(ctx, e.Repository.key(), e.Comment.User.Login)
	}
	return maybeLasting(branches, e) && h.cfg.Heed.Report(ctx, e.Repository.key(), check)
}

// maxBranches is how many branches with a commit GitHub lists with a status. Where it lists so
// many, others may have it.
const maxBranches = 10

// maybeLasting reports whether one of the branches with a commit may be lasting.
func maybeLasting(branches []named, e *event) bool {
	return len(branches) >= maxBranches || slices.ContainsFunc(branches, func(b named) bool { return lasting(b.Name, e) })
}

// lasting reports whether a branch is the default branch, or a version's.
func lasting(branch string, e *event) bool {
	return branch != "" && (branch == e.Repository.DefaultBranch || lifecycle.ValidVersion(branch))
}

// heeded reports whether the event can matter to the bot.
func (h *Handler) heeded(ctx context.Context, name string, e *event) bool {
	of := e.Repository.key()
	switch {
	case name == "issue_comment" && h.cfg.Heed.Comment != nil:
		return e.uncommon() || e.Comment.by(h.me()) || h.cfg.Heed.Comment(ctx, of, e.Comment.Body) ||
			h.cfg.Heed.Comment(ctx, of, e.Changes.Body.From)
	case name == "push" && h.cfg.Heed.Push != nil && e.Ref == "refs/heads/"+e.Repository.DefaultBranch:
		files, complete := e.files()
		return h.cfg.Heed.Push(ctx, of, files, complete)
	}
	return true
}

// uncommon reports what happens to a comment other than being written, edited or
// deleted.
func (e *event) uncommon() bool {
	return e.Action != "created" && e.Action != "edited" && e.Action != "deleted"
}

// by reports whether the App wrote a comment. While it doesn't know its login, it may be
// any bot.
func (c comment) by(me self) bool {
	switch {
	case c.Via.ID != 0 && c.Via.ID == me.id: // GitHub may leave it out
		return true
	case c.User.Type != "Bot":
		return false
	}
	return me.login == "" || me.is(c.User)
}

// listedCommits and listedFiles are how much GitHub lists of a push and of a commit
// ("push", webhook events: "a maximum of 2048 commits"; the API lists at most 300 files
// of a commit).
const (
	listedCommits = 2048
	listedFiles   = 300
)

// files returns those that a push changed, and whether these are all.
func (e *event) files() (files []string, complete bool) {
	complete = !e.Forced && !e.Created && len(e.Commits) > 0 && len(e.Commits) < listedCommits
	for _, c := range e.Commits {
		before := len(files)
		files = append(append(append(files, c.Added...), c.Modified...), c.Removed...)
		if len(files)-before >= listedFiles {
			complete = false
		}
	}
	return files, complete
}
