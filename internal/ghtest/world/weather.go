package world

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Weather is how GitHub is on a bad day, as its users report. Faults of tests come first.
type Weather struct {
	MentionsLate time.Duration // so long after it was made a cross-reference shows (python-github-backup#528)
	// Stale: a GraphQL query sees issues, pull requests, their comments and reviews, statuses and check runs as they were up to so
	// long ago, for it's answered by a copy that lags behind. Writes see everything, as do branches and lists.
	Stale   time.Duration
	Failing float64 // the share of API requests that fail, each in one of the ways that are documented or reported
	// Waits: some failures are secondary limits that don't say for how long, after which a client must wait a minute or more.
	Waits bool
	Seed  uint64
}

// version is what an issue or pull request was like from a time on.
type version struct {
	Since time.Time
	Issue *Issue
}

// keep notes what an issue or pull request is like after a change.
func (w *World) keep(i *Issue) {
	if w.Weather.Stale == 0 {
		i.Versions = nil
		return
	}
	now := w.Now()
	for len(i.Versions) > 1 && now.Sub(i.Versions[1].Since) > w.Weather.Stale {
		i.Versions = i.Versions[1:] // nobody sees the first one any more
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

// Shows tells whether an event is in the history yet.
func (w *World) Shows(e TimelineEvent) bool {
	return e.Source == nil || w.Now().Sub(e.At) >= w.Weather.MentionsLate
}

func (w *World) SetWeather(to Weather) {
	w.Weather, w.Dice = to, rand.New(rand.NewPCG(to.Seed, 1))
	for _, r := range w.RepoList {
		for _, i := range r.Issues {
			w.keep(i)
		}
	}
}
