package webhook

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxKeys bounds the keys of one event. An installation may list any number of
// repositories; the sweep comes to the rest.
const maxKeys = 1000

// subjects are the events that are about something, and how to tell what. Of
// all others no key is derived.
var subjects = map[string]func(*event) []pull.Key{
	"pull_request":                pullRequest,
	"pull_request_review":         pullRequest,
	"pull_request_review_comment": pullRequest,
	"pull_request_review_thread":  pullRequest,
	"pull_request_target":         pullRequest,
	"issues":                      discussed,
	"issue_comment":               discussed,

	"check_run":    func(e *event) []pull.Key { return e.listed(e.CheckRun) },
	"check_suite":  func(e *event) []pull.Key { return e.listed(e.CheckSuite) },
	"workflow_run": func(e *event) []pull.Key { return e.listed(e.WorkflowRun) },

	"label":       wholeRepository,
	"merge_group": wholeRepository,
	"push":        pushed,
	"create":      branch,
	"delete":      branch,
	"repository":  existing,

	"installation":              existing,
	"installation_repositories": existing,

	"ping": func(*event) []pull.Key { return nil },
}

// keys are what an event is about, each a valid one and once.
func (e *event) keys(name string, appID int64) []pull.Key {
	about, known := subjects[name]
	if !known || e.own(name, appID) {
		return nil
	}
	var keys []pull.Key
	seen := map[pull.Key]bool{}
	for _, key := range about(e) {
		if key.Validate() == nil && !seen[key] && len(keys) < maxKeys {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

// own tells whether the event is but the echo of a check of this App. That
// people ask for one again is none. Echoes of its comments do count: they tell
// how new a snapshot must be to hold the comment, without which a copy of
// GitHub's data that lags behind would have it posted twice.
func (e *event) own(name string, appID int64) bool {
	if appID == 0 {
		return false
	}
	switch name {
	case "check_run":
		return (e.Action == "created" || e.Action == "completed") && e.CheckRun.App.ID == appID
	case "check_suite":
		return e.Action == "completed" && e.CheckSuite.App.ID == appID
	}
	return false
}

// key of the whole repository; not a valid one if there is none.
func (r repository) key() pull.Key {
	owner, name, _ := strings.Cut(r.FullName, "/")
	return pull.Key{Owner: owner, Repo: name}
}

func wholeRepository(e *event) []pull.Key { return []pull.Key{e.Repository.key()} }

func pullRequest(e *event) []pull.Key { return e.numbered(e.PullRequest.Number) }

// discussed: to GitHub a pull request is an issue too. Of true issues nothing
// is known here, and looking for a pull request would find none.
func discussed(e *event) []pull.Key {
	if link := string(e.Issue.PullRequest); link == "" || link == "null" {
		return nil
	}
	return e.numbered(e.Issue.Number)
}

func (e *event) numbered(number int) []pull.Key {
	if number <= 0 {
		return nil
	}
	key := e.Repository.key()
	key.Number = number
	return []pull.Key{key}
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

// pushed: on the default branch are the repository's own settings. Pushes to
// the branch of a pull request come as pull_request events, also from forks.
func pushed(e *event) []pull.Key {
	if e.Repository.DefaultBranch == "" || e.Ref != "refs/heads/"+e.Repository.DefaultBranch {
		return nil
	}
	return wholeRepository(e)
}

func branch(e *event) []pull.Key {
	if e.RefType != "branch" {
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
