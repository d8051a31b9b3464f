package webhook

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maxKeys bounds the keys of one event. An installation may list any number of
// repositories; the sweep comes to the rest.
const maxKeys = 1000

// keys are what an event is about, each a valid one and once.
func (e *event) keys(name string, me self) []pull.Key {
	kind, _ := find(name)
	if kind.keys == nil || e.own(name, me) {
		return nil
	}
	var keys []pull.Key
	seen := map[pull.Key]bool{}
	for _, key := range kind.keys(e) {
		if key.Validate() == nil && !seen[key] && len(keys) < maxKeys {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

// self is this App: its number, and its login "concorde[bot]"; zero values where
// they are not known (yet).
type self struct {
	id    int64
	login string
}

// echoes are what the App's own writes bring as events. Its plans are whole, so
// there is nothing new in them. A pull request that it opens, closes or merges
// is another matter.
var echoes = map[string][]string{
	"pull_request": {"labeled", "unlabeled", "edited", "assigned", "review_requested", "review_request_removed"},
	"issues":       {"labeled", "unlabeled", "edited", "assigned"},
	// Comments of the App may come without performed_via_github_app.
	"issue_comment": {"created", "edited"},
	"status":        {""}, // it has no action
}

// own tells whether the event is but the echo of a write of this App. That
// people ask for a check again is none.
func (e *event) own(name string, me self) bool {
	if name == "check_suite" {
		return me.id != 0 && e.Action == "completed" && e.CheckSuite.App.ID == me.id
	}
	return slices.Contains(echoes[name], e.Action) && e.by(me)
}

// by tells whether this App did it: people may edit its comments.
func (e *event) by(me self) bool { return me.is(e.Sender) }

func (me self) is(a account) bool {
	return me.login != "" && a.Type == "Bot" && strings.EqualFold(a.Login, me.login)
}

// key of the whole repository; not a valid one if there is none.
func (r repository) key() pull.Key {
	owner, name, _ := strings.Cut(r.FullName, "/")
	return pull.Key{Owner: owner, Repo: name}
}

func wholeRepository(e *event) []pull.Key { return []pull.Key{e.Repository.key()} }

func pullRequest(e *event) []pull.Key { return e.numbered(e.PullRequest.Number) }

// discussed: to GitHub a pull request is an issue too.
func discussed(e *event) []pull.Key { return e.numbered(e.Issue.Number) }

func (e *event) numbered(number int) []pull.Key {
	if number <= 0 {
		return nil
	}
	key := e.Repository.key()
	key.Number = number
	return []pull.Key{key}
}

// askedAgain: somebody wants a check again. Other news of checks is only for pull
// requests that wait for them; see unblocked.
func askedAgain(e *event) []pull.Key {
	if e.Action != "rerequested" && e.Action != "requested_action" {
		return nil
	}
	return append(e.listed(e.CheckRun), e.listed(e.CheckSuite)...)
}

// unblocked is the head of pull requests that may be mergeable now: others' checks
// succeed there, or a conversation is resolved. "" if the event is about anything
// else. A status names no pull request at all, and a suite none of a fork.
func (e *event) unblocked(name string, me self) string {
	var sha string
	switch {
	case name == "status" && e.State == "success":
		sha = e.SHA
	case name == "check_suite" && e.Action == "completed" && slices.Contains([]string{"success", "neutral", "skipped"}, e.CheckSuite.Conclusion):
		sha = e.CheckSuite.HeadSHA
	case name == "pull_request_review_thread" && e.Action == "resolved":
		sha = e.head()
	}
	if e.own(name, me) || !commitID.MatchString(sha) || e.Repository.key().Validate() != nil {
		return ""
	}
	return sha
}

// listed are the pull requests of a run. Those of other repositories, for which
// a fork may run too, have other numbers.
func (e *event) listed(r run) []pull.Key {
	var keys []pull.Key
	for _, p := range r.PullRequests {
		if p.Base.Repo.ID == e.Repository.ID {
			keys = append(keys, e.numbered(p.Number)...)
		}
	}
	return keys
}

// pushed: on the default branch are the repository's own settings, and after a
// push to any branch into which pull requests go, some of them may no longer fit.
// Pushes to the branch of a pull request come as pull_request events, also from
// forks. Tags and the branches of a merge queue are nobody's base.
func pushed(e *event) []pull.Key {
	branch, found := strings.CutPrefix(e.Ref, "refs/heads/")
	if !found || branch == "" || branch != e.Repository.DefaultBranch && !lifecycle.ValidVersion(branch) {
		return nil
	}
	return wholeRepository(e)
}

// branch: pull requests come from branches too, those of the bot among them.
func branch(e *event) []pull.Key {
	if e.RefType != "branch" || !lifecycle.ValidVersion(e.Ref) && e.Ref != e.Repository.DefaultBranch {
		return nil
	}
	return wholeRepository(e)
}

// existing: repositories that the App has come to know, or that changed. There
// is nothing to look at in those that are gone.
func existing(e *event) []pull.Key {
	if slices.Contains([]string{"deleted", "removed", "suspend"}, e.Action) {
		return nil
	}
	var keys []pull.Key
	for _, r := range slices.Concat([]repository{e.Repository}, e.Listed, e.Added) {
		keys = append(keys, r.key())
	}
	return keys
}
