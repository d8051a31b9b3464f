package main

import (
	"fmt"
	"testing"
	"time"
)

// TestRefusalBehindManyComments: strangers can't push a release manager's refusal on the
// original out of sight, and the backport isn't merged until it's allowed again.
func TestRefusalBehindManyComments(t *testing.T) {
	t.Parallel()
	s, m, p := opened(t, "3.14", "")
	say := func(by, text string) {
		s.github.Advance(time.Second) // two within one second would bring a later run, which sees all that came meanwhile
		_, err := s.cpython.Comment(m.number, by, text)
		s.check(err)
	}
	say("mallory", "@concorde refuse 3.14 I don't like it")
	say("hugovk", "@concorde refuse 3.14 too late")
	s.shows(m.number, fmt.Sprintf("| 3.14 | open: #%d | hugovk refused it: `too late`", p.Number))
	s.github.Pause()
	for i := range 101 {
		say("mallory", fmt.Sprint("Spam ", i))
	}
	s.github.Resume()
	s.reviewed(p.Number, "dana", "APPROVED")
	s.green(p)
	s.rests()
	s.quiet(p.Number)
	s.unmerged(p.Number)
	say("mallory", "@concorde allow 3.14")
	s.quiet(p.Number)
	s.unmerged(p.Number)
	say("hugovk", "@concorde allow 3.14")
	s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
}

// TestRefusalOnHold: what a release manager says into a hold is turned down, so it doesn't
// matter later. What comes with the hold counts at once.
func TestRefusalOnHold(t *testing.T) {
	t.Parallel()
	s, m, p := opened(t, "3.14", "")
	say := func(by, text string) {
		_, err := s.cpython.Comment(m.number, by, text)
		s.check(err)
		s.rests()
		s.github.Advance(2 * time.Second) // of two in one second, none came into the other's hold
	}
	say("hugovk", "@concorde refuse 3.14 too late\n@concorde hold")
	s.reviewed(p.Number, "dana", "APPROVED")
	s.green(p)
	s.quiet(p.Number)
	s.unmerged(p.Number)
	say("hugovk", "@concorde allow 3.14")
	s.quiet(p.Number)
	s.unmerged(p.Number)
	say("hugovk", "@concorde resume")
	s.shows(m.number, fmt.Sprintf("| 3.14 | open: #%d | hugovk refused it: `too late`", p.Number))
	say("hugovk", "@concorde allow 3.14")
	s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
}
