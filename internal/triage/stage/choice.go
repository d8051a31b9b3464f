package stage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// choice is what people did to the labels since the last event that matters.
type choice struct {
	made  bool
	at    time.Time // of the newest change
	stage stage     // whose label they set; none: they removed labels
	by    string    // who set it
}

// moment is an event that makes a choice, or ends it.
type moment struct {
	at    time.Time
	is    int    // a kind, in their order within a second
	stage stage  // of the label
	by    string // who did it
}

const (
	said = iota // the phrase
	off         // a label was removed
	on          // a label was set
	pushed
)

func compareMoments(a, b moment) int { // of labels set within a second, the earlier stage is the newest
	return cmp.Or(a.at.Compare(b.at), a.is-b.is, int(b.stage-a.stage), strings.Compare(b.by, a.by))
}

// choose goes through what happened since the last event that matters. Opening isn't one:
// no label is older.
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

// moments are those after a time, in order.
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
				continue // not a stage's label, or not set by a person
			}
		default:
			continue
		}
		if e.At.After(since) {
			all = append(all, m)
		}
	}
	// The last push decides, which is no later than this. The commits that it was opened
	// with aren't a push: labels can be set at the same time.
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

// mattered is when the last event happened that ends people's choice, other than the
// phrase and commits. If core developers have reviewed, only they count.
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
