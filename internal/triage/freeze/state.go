package freeze

import (
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// state of a version.
type state struct {
	version string
	issue   int // the tracking issue; 0: it has none
	frozen  bool
	set     bool      // by the settings, until they change
	by      string    // who froze it; "" for the settings and the release data
	at      time.Time // when
	turned  time.Time // when it froze or thawed, as far as commands and the release data have it
	until   time.Time // zero: until someone thaws it, or the settings change
	next    time.Time // when the release data freezes it or ends that; zero: not foreseen
	ever    bool      // it's frozen, or was
	unsure  bool      // it may be: some comments can't be read, and no command is among the others
	lead    []string  // logins of its release managers
}

// of is a version's state: it isn't frozen if this rule isn't about it.
func (c Config) of(r *pull.Request, version string) state {
	if !c.about(version) {
		return state{version: version}
	}
	issue := c.Release.Issue(version)
	if r.Issue && r.Key.Number == issue {
		return c.here(r, version)
	}
	return c.state(r, version, r.Threads[issue])
}

// state decides by the settings, the last command and the release data. A command to freeze holds until
// one to thaw; one to thaw holds until the release data freezes the branch the next time.
func (c Config) state(r *pull.Request, version string, thread pull.Thread) state {
	s := state{version: version, issue: c.Release.Issue(version)}
	b, known := c.Backport.Life(c.Calendar(), version, r.Now)
	if !known {
		b = lifecycle.Branch{}
	}
	s.lead = c.Backport.Logins(b)
	start, end := c.planned(version)
	scheduled := b.Phase == lifecycle.FinalFreeze
	last, frozen := c.last(r, version, thread)
	switch {
	case c.Backport.Freezes(version):
		s.frozen, s.set = true, true
	case last.Kind == pull.Frozen:
		s.frozen, s.by, s.at = true, last.By, last.At
	case scheduled && (last.Kind == "" || last.At.Before(start)):
		s.frozen, s.until = true, end
	}
	s.turned, s.next = latest(r.Now, start, end, last.At), change(r.Now, start, end, scheduled)
	_, noted := thread.Notes[noteKey]
	begun := s.issue == 0 && !start.IsZero() && !r.Now.Before(start)
	s.ever = frozen || s.frozen || noted || begun
	s.unsure = !s.frozen && c.unread(thread, last)
	return s
}

// unread reports whether a command may be among the comments that can't be read.
func (c Config) unread(thread pull.Thread, last pull.Event) bool {
	return thread.More && last.Kind == "" && c.Commands != nil
}

// latest is the last of some times that has come; zero: none has.
func latest(now time.Time, times ...time.Time) (last time.Time) {
	for _, at := range times {
		if at.After(last) && !at.After(now) {
			last = at
		}
	}
	return last
}

// change is when the release data freezes a version that isn't frozen yet, or ends that.
func change(now, start, end time.Time, scheduled bool) time.Time {
	switch {
	case now.Before(start):
		return start
	case scheduled && now.Before(end):
		return end
	}
	return time.Time{}
}

// last is the last command on a version, and whether one ever froze it.
func (c Config) last(r *pull.Request, version string, thread pull.Thread) (last pull.Event, frozen bool) {
	if c.Commands == nil {
		return last, false
	}
	for _, e := range c.Commands(r, version, thread.Comments) {
		last, frozen = e, frozen || e.Kind == pull.Frozen
	}
	return last, frozen
}

// planned is when the release data freezes a version, and when that ends; zero: never.
func (c Config) planned(version string) (start, end time.Time) {
	schedule, found := c.Calendar().Schedule(version)
	if !found {
		return start, end
	}
	for _, p := range schedule.Periods() {
		switch {
		case p.Phase == lifecycle.FinalFreeze:
			start = p.From
		case !start.IsZero() && end.IsZero():
			end = p.From
		}
	}
	return start, end
}

// here is the state of a tracking issue's own version.
func (c Config) here(r *pull.Request, version string) state {
	return c.state(r, version, pull.Thread{Comments: r.Comments, Notes: r.Notes, More: r.NotesHidden})
}

// Planned are the versions that are closed at a time, as the release data and the settings
// have it, with the time until when (zero: not foreseen), and when that changes next; zero:
// not foreseen. Commands don't count.
func (c Config) Planned(now time.Time) (closed map[string]time.Time, next time.Time) {
	closed = map[string]time.Time{}
	var versions []string
	for _, s := range c.Calendar().Schedules() {
		versions = append(versions, s.Version)
	}
	for _, o := range c.Backport.Overrides {
		versions = append(versions, o.Version)
	}
	for _, version := range versions {
		if !c.about(version) {
			continue
		}
		start, end := c.planned(version)
		if b, known := c.Backport.Life(c.Calendar(), version, now); known && b.Phase == lifecycle.FinalFreeze {
			closed[version] = end
		}
		for _, at := range []time.Time{start, end} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return closed, next
}
