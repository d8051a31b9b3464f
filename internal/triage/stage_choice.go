package triage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// stageChoice is what people did about the labels since the last event that matters.
type stageChoice struct {
	made  bool
	at    time.Time // of the newest deed
	stage stage     // whose label they set; none: they took labels off
	by    string    // who set it
}

// stageMoment is something that makes a choice, or ends it.
type stageMoment struct {
	at    time.Time
	is    int    // in the order within one second
	stage stage  // of the label
	by    string // whose deed
}

const (
	momentSaid = iota // the phrase
	momentOff         // a label taken off
	momentOn          // a label set
	momentPushed
)

func comparedMoments(a, b stageMoment) int { // of labels in one second the earlier stage is the newest
	return cmp.Or(a.at.Compare(b.at), a.is-b.is, int(b.stage-a.stage), strings.Compare(b.by, a.by))
}

// choose goes through what happened since the last review or other turn of events.
// Being opened is no such thing: no label is older.
func (s *situation) choose() {
	for _, m := range s.moments(s.mattered()) {
		switch {
		case m.is == momentSaid && s.choice.stage == stageChanges:
			s.answered, s.choice = s.choice, stageChoice{}
		case m.is == momentSaid && len(s.requests) > 0:
			s.choice = stageChoice{}
		case m.is == momentPushed && s.choice.stage == stageMerge:
			s.outrun, s.choice = true, stageChoice{}
		case m.is == momentOn:
			s.answered, s.choice = stageChoice{}, stageChoice{made: true, at: m.at, stage: m.stage, by: m.by}
		case m.is == momentOff:
			s.answered, s.choice.made, s.choice.at = stageChoice{}, true, m.at
			if s.choice.stage == m.stage {
				s.choice.stage = stageNone
			}
		}
	}
}

// moments since a time, in their order.
func (s *situation) moments(since time.Time) []stageMoment {
	var all []stageMoment
	for _, e := range s.r.Events {
		m := stageMoment{at: e.At, is: momentPushed}
		switch e.Kind {
		case pull.ForcePushed:
		case pull.Labeled, pull.Unlabeled:
			m.is = momentOff
			if e.Kind == pull.Labeled {
				m.is = momentOn
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
		all = append(all, stageMoment{at: came, is: momentPushed})
	}
	for _, c := range s.said {
		if c.at.After(since) {
			all = append(all, stageMoment{at: c.at, is: momentSaid})
		}
	}
	slices.SortFunc(all, comparedMoments)
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
