package world

import (
	"errors"
)

// EnableAutoMerge has a pull request merge itself as soon as it may; an error is GitHub's reason why not.
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

// DisableAutoMerge undoes EnableAutoMerge, for a reason that the history shows.
func (r *Repo) DisableAutoMerge(i *Issue, by *User, reason string) error {
	if i.Pull.Auto == nil {
		return Unprocessable("Can't disable auto-merge for this pull request")
	}
	i.Pull.Auto = nil
	delete(r.waiting, i.Number)
	r.happened(i, TimelineEvent{Kind: "AutoMergeDisabled", Actor: by, To: reason})
	r.changed(i, Event{Action: "auto_merge_disabled", By: by, Reason: reason})
	return nil
}
