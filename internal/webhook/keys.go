package webhook

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maxKeys limits the keys of one event. An installation may list any number of
// repositories; the sweep handles the rest.
const maxKeys = 1000

// keys returns what an event is about: valid keys, each once.
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

// self is this App: its number, and its login "concorde[bot]", zero while they're
// unknown.
type self struct {
	id    int64
	login string
}

// echoes are events that the App's own writes cause. Its plans are complete, so they
// bring nothing new, except when it opens, closes or merges a pull request.
var echoes = map[string][]string{
	"pull_request": {"labeled", "unlabeled", "edited", "assigned", "review_requested", "review_request_removed"},
	"issues":       {"labeled", "unlabeled", "edited", "assigned"},
	// Comments of the App may come without performed_via_github_app.
	"issue_comment": {"created", "edited"},
	"status":        {""}, // it has no action
}

// own reports whether the event is only an echo of this App's own write. A person who
// requests a check again doesn't count.
func (e *event) own(name string, me self) bool {
	if name == "check_suite" {
		return me.id != 0 && e.Action == "completed" && e.CheckSuite.App.ID == me.id
	}
	return slices.Contains(echoes[name], e.Action) && e.by(me)
}

// by reports whether this App did it: others can edit its comments.
func (e *event) by(me self) bool { return me.is(e.Sender) }

func (me self) is(a account) bool {
	return me.login != "" && a.Type == "Bot" && strings.EqualFold(a.Login, me.login)
}

// key of the whole repository, which is invalid if there's none.
func (r repository) key() pull.Key {
	owner, name, _ := strings.Cut(r.FullName, "/")
	return pull.Key{Owner: owner, Repo: name}
}

func wholeRepository(e *event) []pull.Key { return []pull.Key{e.Repository.key()} }

func pullRequest(e *event) []pull.Key { return e.numbered(e.PullRequest.Number) }

// discussed: to GitHub, a pull request is an issue too.
func discussed(e *event) []pull.Key { return e.numbered(e.Issue.Number) }

func (e *event) numbered(number int) []pull.Key {
	if number <= 0 {
		return nil
	}
	key := e.Repository.key()
	key.Number = number
	return []pull.Key{key}
}

// askedAgain: someone requested a check again. Other news about checks only matters to
// pull requests that wait for them; see unblocked.
func askedAgain(e *event) []pull.Key {
	if e.Action != "rerequested" && e.Action != "requested_action" {
		return nil
	}
	return append(e.listed(e.CheckRun), e.listed(e.CheckSuite)...)
}

// unblocked returns the head of pull requests that may be mergeable now, since other
// Apps' checks succeeded or a conversation was resolved, or "". Statuses never name a
// pull request, and suites don't name those from forks.
func (e *event) unblocked(name string, me self) string {
	var sha string
	switch {
	case name == "status" && e.State == "success":
		sha = e.SHA
	case name == "check_suite" && e.Action == "completed" &&
		slices.Contains([]string{"success", "neutral", "skipped"}, e.CheckSuite.Conclusion):
		sha = e.CheckSuite.HeadSHA
	case name == "pull_request_review_thread" && e.Action == "resolved":
		sha = e.head()
	}
	if e.own(name, me) || !commitID.MatchString(sha) || e.Repository.key().Validate() != nil {
		return ""
	}
	return sha
}

// listed returns a run's pull requests in this repository. A fork's runs may list other
// repositories' too.
func (e *event) listed(r run) []pull.Key {
	var keys []pull.Key
	for _, p := range r.PullRequests {
		if p.Base.Repo.ID == e.Repository.ID {
			keys = append(keys, e.numbered(p.Number)...)
		}
	}
	return keys
}

// pushed: the default branch has the repository's settings, and a push to any base
// branch may cause conflicts in pull requests. Pushes to a pull request's own branch
// come as pull_request events, from forks too. No pull request targets tags or a merge
// queue's branches.
func pushed(e *event) []pull.Key {
	branch, found := strings.CutPrefix(e.Ref, "refs/heads/")
	if !found || !lasting(branch, e) {
		return nil
	}
	return wholeRepository(e)
}

// branch: the branches of pull requests don't matter, the bot's own included.
func branch(e *event) []pull.Key {
	if e.RefType != "branch" || !lifecycle.ValidVersion(e.Ref) && e.Ref != e.Repository.DefaultBranch {
		return nil
	}
	return wholeRepository(e)
}

// existing: repositories that the App can access now, or that changed. Deleted ones need
// nothing.
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
