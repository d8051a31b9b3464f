package world

// stale dismisses the approvals of a pull request whose head was pushed to, where the rules of its base say so.
func (r *Repo) stale(i *Issue, by *User) {
	if !r.reviewing(i.Pull.BaseRef).DismissStale {
		return
	}
	for _, v := range i.Pull.Reviews {
		if v.State == "APPROVED" {
			r.dismiss(i, v, by, "")
		}
	}
}

func (r *Repo) dismiss(i *Issue, v *Review, by *User, message string) {
	r.happened(i, TimelineEvent{Kind: "ReviewDismissed", Actor: by, Review: v, From: v.State, To: message})
	v.State, i.Updated = "DISMISSED", r.World.Now()
	r.World.emit(Event{Name: "pull_request_review", Action: "dismissed", Repo: r, By: by, Issue: i, Review: v})
}

// distrust disables auto-merge after a push, or a change of the base, by someone without write access ("Automatically merging a pull request":
// only theirs do).
func (r *Repo) distrust(i *Issue, by *User) error {
	if i.Pull.Auto == nil || r.CanWrite(by) {
		return nil
	}
	return r.DisableAutoMerge(i, by, "Head or base changed by a user without write access")
}
