package world

import (
	"math/rand/v2"
	"slices"
)

// emit calls the listener, and keeps what an issue is like after the change.
func (w *World) emit(e Event) {
	if e.Issue != nil {
		w.keep(e.Issue)
	}
	w.Listen(e)
}

// changed notes the time of a change and emits the event.
func (r *Repo) changed(i *Issue, e Event) {
	i.Updated = r.World.Now()
	e.Name, e.Repo, e.Issue = "issues", r, i
	if i.Pull != nil {
		e.Name = "pull_request"
	}
	r.World.emit(e)
}

// happened adds to the history of an issue or pull request.
func (r *Repo) happened(i *Issue, e TimelineEvent) {
	e.ID, e.At = r.World.nextID(), r.World.Now()
	i.Events = append(i.Events, e)
}

// Record keeps a write of the App, with the time.
func (r *Repo) Record(w Write) {
	w.Time = r.World.Now()
	r.Writes = append(r.Writes, w)
}

// SetWeather changes the weather; the zero one is fair.
func (w *World) SetWeather(to Weather) {
	w.Weather, w.Dice = to, rand.New(rand.NewPCG(to.Seed, 1))
	for _, r := range w.RepoList {
		for _, i := range r.Issues {
			w.keep(i)
		}
	}
}

// Shows reports whether an event is in the history yet.
func (w *World) Shows(e TimelineEvent) bool {
	return e.Source == nil || w.Now().Sub(e.At) >= w.Weather.MentionsLate
}

// keep notes what an issue or pull request is like after a change.
func (w *World) keep(i *Issue) {
	if w.Weather.Stale == 0 {
		i.Versions = nil
		return
	}
	now := w.Now()
	for len(i.Versions) > 1 && now.Sub(i.Versions[1].Since) > w.Weather.Stale {
		i.Versions = i.Versions[1:] // no query sees the first one now
	}
	i.Versions = append(i.Versions, version{now, i.copy()})
}

// copy shares nothing that changes.
func (i *Issue) copy() *Issue {
	c := *i
	c.Versions = nil
	c.Labels, c.Assignees, c.Events, c.Reactions = slices.Clone(i.Labels), slices.Clone(i.Assignees), slices.Clone(i.Events), slices.Clone(i.Reactions)
	c.Comments = make([]*Comment, len(i.Comments))
	for at, x := range i.Comments {
		one := *x
		one.Reactions = slices.Clone(x.Reactions)
		c.Comments[at] = &one
	}
	if i.Pull != nil {
		p := *i.Pull
		p.Reviewers, p.Reviews = slices.Clone(p.Reviewers), make([]*Review, len(p.Reviews))
		for at, x := range i.Pull.Reviews {
			one := *x
			p.Reviews[at] = &one
		}
		c.Pull = &p
	}
	return &c
}
