package world

import (
	"errors"
	"slices"
)

// Transfer moves an issue to another repository of the owner. Its comments go with it, and of its labels those that exist there.
func (r *Repo) Transfer(i *Issue, by *User, to *Repo) error {
	if i.Pull != nil || to == r || to.Owner != r.Owner || to.Deleted {
		return errors.New("it is a pull request, or cannot go there")
	}
	before := *i
	r.leave(i)
	r.Transferred[i.Number] = i
	i.ID, i.Repo, i.Updated = r.World.nextID(), to, r.World.Now()
	i.Labels = slices.DeleteFunc(slices.Clone(i.Labels), func(name string) bool { return to.FindLabel(name) == nil })
	i.Events = slices.Clone(i.Events)
	to.take(i)
	to.happened(i, TimelineEvent{Kind: "Transferred", Actor: by, Origin: r})
	r.World.emit(Event{Name: "issues", Action: "transferred", Repo: r, By: by, Issue: &before, Other: i})
	r.World.emit(Event{Name: "issues", Action: "opened", Repo: to, By: by, Issue: i, Other: &before})
	return nil
}

// DeleteIssue deletes an issue. Its number is not used again.
func (r *Repo) DeleteIssue(i *Issue, by *User) error {
	if i.Pull != nil {
		return errors.New("a pull request cannot be deleted")
	}
	r.leave(i)
	i.Deleted = true
	r.Erased[i.Number] = true
	r.World.emit(Event{Name: "issues", Action: "deleted", Repo: r, By: by, Issue: i})
	return nil
}
