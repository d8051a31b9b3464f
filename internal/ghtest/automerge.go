package ghtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// autoMerge is a pull request's order to merge itself as soon as it may.
type autoMerge struct {
	by          *user
	method      string // merge, squash, rebase
	title, body string
	at          time.Time
}

// AutoMerge enables auto-merge by a method (squash, merge, rebase), or with "" disables it, by a person.
func (r *Repo) AutoMerge(number int, by, method string) error {
	return r.actPull(number, "setting auto-merge of", func(i *issue) error {
		if method == "" {
			return r.disableAutoMerge(i, r.srv.account(by), "Disabled by "+by)
		}
		return r.enableAutoMerge(i, autoMerge{by: r.srv.account(by), method: method})
	})
}

// cannotAutoMerge says why not, in GitHub's words, or is "".
func (r *Repo) cannotAutoMerge(i *issue) string {
	state := r.mergeState(i)
	_, protected := r.protection(i.pull.baseRef)
	protected = protected || len(r.reviewRulesOf(i.pull.baseRef)) > 0
	switch {
	case r.noPlan:
		return "Can't enable auto-merge for this pull request"
	case r.noAutoMerge:
		return "Pull request Auto merge is not allowed for this repository"
	case i.pull.merged():
		return "Pull request is already merged"
	case i.state != "open":
		return "Pull request is closed"
	case !protected: // said of clean ones, too: scripts merge directly when they read it
		return "Pull request Protected branch rules not configured for this branch"
	case state == "CLEAN":
		return "Pull request Pull request is in clean status"
	case state == "UNSTABLE":
		return "Pull request Pull request is in unstable status"
	case i.pull.draft:
		return "Pull request Pull request is in draft status"
	}
	return ""
}

func (r *Repo) enableAutoMerge(i *issue, a autoMerge) error {
	if reason := r.cannotAutoMerge(i); reason != "" {
		return errors.New(reason)
	}
	if reason := r.methodRefused(a.method); reason != "" {
		return errors.New("Pull request " + reason)
	}
	a.at = r.srv.now()
	i.pull.auto, r.waiting[i.number] = &a, i
	kind := map[string]string{"merge": "AutoMergeEnabled", "squash": "AutoSquashEnabled", "rebase": "AutoRebaseEnabled"}[a.method]
	r.happened(i, event{kind: kind, actor: a.by})
	r.changed(i, "auto_merge_enabled", a.by, nil)
	return nil
}

func (r *Repo) disableAutoMerge(i *issue, by *user, reason string) error {
	if i.pull.auto == nil {
		return &graphqlError{"UNPROCESSABLE", "Can't disable auto-merge for this pull request"}
	}
	i.pull.auto = nil
	delete(r.waiting, i.number)
	r.happened(i, event{kind: "AutoMergeDisabled", actor: by, to: reason})
	r.changed(i, "auto_merge_disabled", by, obj{"reason": reason})
	return nil
}

// distrust disables auto-merge after a push, or a change of the base, by somebody who may not write ("Automatically merging a pull request":
// only theirs do).
func (r *Repo) distrust(i *issue, by *user) error {
	if i.pull.auto == nil || r.canWrite(by) {
		return nil
	}
	return r.disableAutoMerge(i, by, "Head or base changed by a user without write access")
}

// methodRefused says why a method cannot be used, or is "".
func (r *Repo) methodRefused(method string) string {
	names := map[string]string{"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}
	switch {
	case names[method] == "":
		return "there is no method " + method
	case r.methods != nil && !slices.Contains(r.methods, method):
		return names[method] + " are not allowed on this repository."
	}
	return ""
}

// settle merges what waited and may be merged now, queues too.
func (r *Repo) settle() error {
	r = r.root()
	for _, number := range slices.Sorted(maps.Keys(r.waiting)) {
		i := r.waiting[number]
		if i == nil || !slices.Contains([]string{"CLEAN", "UNSTABLE"}, r.mergeState(i)) {
			continue // another merge may have settled it
		}
		a := i.pull.auto
		_, err := r.merge(i, MergeOptions{By: a.by.login, Method: a.method, Title: a.title, Body: a.body})
		if errors.Is(err, errConflict) { // of a rebase, which can fail where a merge does not
			err = r.disableAutoMerge(i, a.by, "Merge conflict")
		}
		if err != nil {
			return fmt.Errorf("merging %s#%d by itself: %w", r.fullName(), number, err)
		}
	}
	return r.runQueues()
}
