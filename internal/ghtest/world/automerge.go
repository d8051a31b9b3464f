package world

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// AutoMerge is a pull request's order to merge itself as soon as it may.
type AutoMerge struct {
	By          *User
	Method      string // merge, squash, rebase
	Title, Body string
	At          time.Time
}

// CannotAutoMerge says why not, in GitHub's words, or is "".
func (r *Repo) CannotAutoMerge(i *Issue) string {
	state := r.MergeState(i)
	_, protected := r.Protection(i.Pull.BaseRef)
	protected = protected || len(r.ReviewRulesOf(i.Pull.BaseRef)) > 0
	switch {
	case r.NoPlan:
		return "Can't enable auto-merge for this pull request"
	case r.NoAutoMerge:
		return "Pull request Auto merge is not allowed for this repository"
	case i.Pull.Merged():
		return "Pull request is already merged"
	case i.State != "open":
		return "Pull request is closed"
	case !protected: // said of clean ones, too: scripts merge directly when they read it
		return "Pull request Protected branch rules not configured for this branch"
	case state == "CLEAN":
		return "Pull request Pull request is in clean status"
	case state == "UNSTABLE":
		return "Pull request Pull request is in unstable status"
	case i.Pull.Draft:
		return "Pull request Pull request is in draft status"
	}
	return ""
}

func (r *Repo) EnableAutoMerge(i *Issue, a AutoMerge) error {
	if reason := r.CannotAutoMerge(i); reason != "" {
		return errors.New(reason)
	}
	if reason := r.methodRefused(a.Method); reason != "" {
		return errors.New("Pull request " + reason)
	}
	a.At = r.World.Now()
	i.Pull.Auto, r.waiting[i.Number] = &a, i
	kind := map[string]string{"merge": "AutoMergeEnabled", "squash": "AutoSquashEnabled", "rebase": "AutoRebaseEnabled"}[a.Method]
	r.happened(i, TimelineEvent{Kind: kind, Actor: a.By})
	r.changed(i, Event{Action: "auto_merge_enabled", By: a.By})
	return nil
}

func (r *Repo) DisableAutoMerge(i *Issue, by *User, reason string) error {
	if i.Pull.Auto == nil {
		return errors.New("Can't disable auto-merge for this pull request")
	}
	i.Pull.Auto = nil
	delete(r.waiting, i.Number)
	r.happened(i, TimelineEvent{Kind: "AutoMergeDisabled", Actor: by, To: reason})
	r.changed(i, Event{Action: "auto_merge_disabled", By: by, Reason: reason})
	return nil
}

// distrust disables auto-merge after a push, or a change of the base, by somebody who may not write ("Automatically merging a pull request":
// only theirs do).
func (r *Repo) distrust(i *Issue, by *User) error {
	if i.Pull.Auto == nil || r.CanWrite(by) {
		return nil
	}
	return r.DisableAutoMerge(i, by, "Head or base changed by a user without write access")
}

// methodRefused says why a method cannot be used, or is "".
func (r *Repo) methodRefused(method string) string {
	names := map[string]string{"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}
	switch {
	case names[method] == "":
		return "there is no method " + method
	case r.Methods != nil && !slices.Contains(r.Methods, method):
		return names[method] + " are not allowed on this repository."
	}
	return ""
}

// Settle merges what waited and may be merged now, queues too.
func (r *Repo) Settle() error {
	r = r.Root()
	for _, number := range slices.Sorted(maps.Keys(r.waiting)) {
		i := r.waiting[number]
		if i == nil || !slices.Contains([]string{"CLEAN", "UNSTABLE"}, r.MergeState(i)) {
			continue // another merge may have settled it
		}
		a := i.Pull.Auto
		_, err := r.Merge(i, MergeOptions{By: a.By.Login, Method: a.Method, Title: a.Title, Body: a.Body})
		if errors.Is(err, gitstore.ErrConflict) { // of a rebase, which can fail where a merge does not
			err = r.DisableAutoMerge(i, a.By, "Merge conflict")
		}
		if err != nil {
			return fmt.Errorf("merging %s#%d by itself: %w", r.FullName(), number, err)
		}
	}
	return r.runQueues()
}
