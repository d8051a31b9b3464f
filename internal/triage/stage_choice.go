package triage

import (
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// choose finds what people chose by hand, unless something that matters happened
// since. Being opened is no such thing: no label is older.
func (s *situation) choose() {
	since := s.mattered()
	var deeds [stageMerge + 1]pull.Event // the last one on each label
	for _, e := range s.r.Events {
		at := s.labelled(e)
		if at == stageNone || !e.At.After(since) {
			continue
		}
		if comparedDeeds(deeds[at], e) < 0 {
			deeds[at] = e
		}
		s.choice.at = latest(s.choice.at, e.At)
	}
	var set pull.Event
	for at, e := range deeds {
		if e.Kind == pull.Labeled && e.At.After(set.At) { // in one second the earlier stage
			set, s.choice.stage, s.choice.by = e, stage(at), e.By
		}
	}
	s.end()
}

// end drops a choice that the phrase or new commits outran.
func (s *situation) end() {
	switch {
	case s.choice.stage == stageChanges: // itself a request, see answersChoice
	case s.choice.stage == stageMerge && s.pushedSince(s.choice.at):
		s.choice, s.outrun = choice{}, true
	case len(s.requests) > 0 && !s.saidSince(latest(s.requested, s.choice.at)).IsZero():
		s.choice = choice{}
	}
}

// labelled is the stage whose label a person touched; none for other events.
func (s *situation) labelled(e pull.Event) stage {
	if e.Kind != pull.Labeled && e.Kind != pull.Unlabeled || e.Own || strings.HasSuffix(e.By, "[bot]") {
		return stageNone
	}
	return stage(max(0, slices.IndexFunc(s.labels, func(l string) bool { return strings.EqualFold(l, e.Subject) })))
}

// comparedDeeds orders deeds on one label, in one second too: there a label that
// was set is set.
func comparedDeeds(a, b pull.Event) int {
	on := map[bool]int{true: 1}
	if by := a.At.Compare(b.At); by != 0 {
		return by
	}
	if by := on[a.Kind == pull.Labeled] - on[b.Kind == pull.Labeled]; by != 0 {
		return by
	}
	return strings.Compare(b.By, a.By)
}

// mattered is when something happened that ends what people chose, the phrase
// and commits aside. Where core developers have spoken, only they have weight.
func (s *situation) mattered() time.Time {
	core := len(s.requests)+len(s.approvals) > 0
	weighs := func(login string) bool { return !core || s.r.IsCore(login) }
	var last time.Time
	for _, e := range s.r.Events {
		switch e.Kind {
		case pull.Readied, pull.Drafted, pull.WasReopened:
			last = latest(last, e.At)
		case pull.Dismissed:
			if weighs(e.Subject) && counts(s.r, pull.Opinion{By: e.Subject, Bot: strings.HasSuffix(e.Subject, "[bot]"), Review: pull.Approved}) {
				last = latest(last, e.At)
			}
		}
	}
	for _, o := range s.r.Opinions {
		if counts(s.r, o) && weighs(o.By) {
			last = latest(last, o.At)
		}
	}
	return last
}

// pushedSince tells whether commits came at a time or later. Commits that are
// older than their push have the time of the event before it.
func (s *situation) pushedSince(since time.Time) bool {
	return slices.ContainsFunc(s.r.Events, func(e pull.Event) bool {
		return (e.Kind == pull.Pushed || e.Kind == pull.ForcePushed) && !e.At.Before(since)
	})
}
