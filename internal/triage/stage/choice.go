package stage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// choice is what people did about the labels since the last event that matters.
type choice struct {
	made  bool
	at    time.Time // of the newest deed
	stage stage     // whose label they set; none: they took labels off
	by    string    // who set it
}

// moment is something that makes a choice, or ends it.
type moment struct {
	at    time.Time
	is    int    // in the order within one second
	stage stage  // of the label
	by    string // whose deed
}

const (
	said = iota // the phrase
	off         // a label taken off
	on          // a label set
	pushed
)

func compareMoments(a, b moment) int { // of labels in one second the earlier stage is the newest
	return cmp.Or(a.at.Compare(b.at), a.is-b.is, int(b.stage-a.stage), strings.Compare(b.by, a.by))
}

// choose goes through what happened since the last review or other turn of events.
// Being opened is no such thing: no label is older.
func (s *situation) choose() {
	for _, m := range s.moments(s.mattered()) {
		switch {
		case m.is == said && s.choice.stage == changes:
			s.answered, s.choice = s.choice, choice{}
		case m.is == said && len(s.requests) > 0:
			s.choice = choice{}
		case m.is == pushed && s.choice.stage == merge:
			s.outrun, s.choice = true, choice{}
		case m.is == on:
			s.answered, s.choice = choice{}, choice{made: true, at: m.at, stage: m.stage, by: m.by}
		case m.is == off:
			s.answered, s.choice.made, s.choice.at = choice{}, true, m.at
			if s.choice.stage == m.stage {
				s.choice.stage = none
			}
		}
	}
}

// moments since a time, in their order.
func (s *situation) moments(since time.Time) []moment {
	var all []moment
	for _, e := range s.r.Events {
		m := moment{at: e.At, is: pushed}
		switch e.Kind {
		case pull.ForcePushed:
		case pull.Labeled, pull.Unlabeled:
			m.is = off
			if e.Kind == pull.Labeled {
				m.is = on
			}
			at := slices.IndexFunc(s.labels, func(l string) bool { return strings.EqualFold(l, e.Subject) })
			if m.stage, m.by = stage(at), e.By; at <= 0 || e.Own || strings.HasSuffix(e.By, "[bot]") {
				continue // no stage, or nobody's choice
			}
		default:
			continue
		}
		if e.At.After(since) {
			all = append(all, m)
		}
	}
	// Of all pushes the last decides, which is no later than this. What was there at
	// the opening is no push: labels can be chosen together with it.
	if came := s.r.HeadCame(); came.After(since) && came.After(s.r.CreatedAt) {
		all = append(all, moment{at: came, is: pushed})
	}
	for _, c := range s.said {
		if c.at.After(since) {
			all = append(all, moment{at: c.at, is: said})
		}
	}
	slices.SortFunc(all, compareMoments)
	return all
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
			last = latestTime(last, e.At)
		case pull.Dismissed:
			if weighs(e.Subject) && isOpinion(s.r, pull.Opinion{By: e.Subject, Bot: strings.HasSuffix(e.Subject, "[bot]"), Review: pull.Approved}) {
				last = latestTime(last, e.At)
			}
		}
	}
	for _, o := range s.r.Opinions {
		if isOpinion(s.r, o) && weighs(o.By) {
			last = latestTime(last, o.At)
		}
	}
	return last
}
