package stage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// round is what belongs to a stage once, each time that it is entered: a
// comment, and requests for review.
//
// A comment has in its key the time of the event that it answers, and it covers
// the round as long as that time is not before the round began. So what people
// edit, delete or dismiss later can make the bot say less, and never twice the
// same. Began gives a time at which one round ended for certain, so that
// comments from before it are about another one.
type round struct {
	name  string // how the keys of its comments start
	began func(*situation) time.Time
	event func(*situation) time.Time // that the comment answers
	came  func(*situation) time.Time // what brought it, which the bot may be too new for
	asked func(*situation) []pull.Reviewer
	text  func(*situation) string // "": no comment
}

// How the keys of the comments start.
const (
	changesNote  = "changes-requested"
	answeredNote = "thanks"
	commitsNote  = "new-commits"
)

var (
	// changesRound is from a request for changes until all requests are taken back
	// or answered by the phrase.
	changesRound = round{
		name:  changesNote,
		began: (*situation).changesBegan,
		event: func(s *situation) time.Time { return s.requested },
		came:  func(s *situation) time.Time { return s.requested },
		asked: func(*situation) []pull.Reviewer { return nil },
		text:  changesText,
	}
	// answeredRound is from the phrase until the next request.
	answeredRound = round{
		name:  answeredNote,
		began: (*situation).lastRequest,
		event: func(s *situation) time.Time { return s.saidSince(s.lastRequest()) },
		came:  func(s *situation) time.Time { return s.saidSince(s.lastRequest()) },
		asked: (*situation).requesters,
		text:  answeredText,
	}
	// commitsRound is from the newest approval until the next one.
	commitsRound = round{
		name:  commitsNote,
		began: (*situation).lastApproval,
		event: (*situation).lastApproval,
		came:  (*situation).lastPush,
		asked: (*situation).approvers,
		text:  commitsText,
	}
)

func (d round) want(s *situation) ([]pull.Note, []pull.Reviewer) {
	if !s.set.Speaks(d.came(s)) {
		return nil, nil
	}
	var notes []pull.Note
	if text := d.text(s); text != "" && s.noted(d.name, d.began(s)).IsZero() {
		notes = []pull.Note{{Key: d.name + "-" + d.event(s).UTC().Format(keyTime), Body: text, Once: true}}
	}
	return notes, d.asked(s)
}

// keyTime is how a key tells a time, in UTC.
const keyTime = "20060102-150405"

// noted is the event that the comment of a round answers; zero: there is no
// comment yet.
func (s *situation) noted(name string, began time.Time) time.Time {
	began = began.Truncate(time.Second)
	return latestTime(slices.DeleteFunc(s.notes(name), func(at time.Time) bool { return at.Before(began) })...)
}

// notes are the events that comments of all rounds of a name answer.
func (s *situation) notes(name string) []time.Time {
	var all []time.Time
	for key := range s.r.Notes {
		if text, found := strings.CutPrefix(key, name+"-"); found {
			if at, err := time.Parse(keyTime, text); err == nil {
				all = append(all, at)
			}
		}
	}
	return all
}

// lastRequest is the newest request that the phrase may answer: by a review, or by
// the label alone.
func (s *situation) lastRequest() time.Time { return latestTime(s.requested, s.answered.at) }

// requesters are the core developers who asked for changes. They are asked again
// as of the phrase; of several the one that is thanked for.
func (s *situation) requesters() []pull.Reviewer {
	since := cmp.Or(s.noted(answeredNote, s.lastRequest()), s.saidSince(s.lastRequest()))
	var all []pull.Reviewer
	for _, o := range s.requests {
		all = append(all, pull.Reviewer{Login: o.By, Since: since})
	}
	if s.answered.made {
		by := s.answered.by
		known := slices.ContainsFunc(all, func(r pull.Reviewer) bool { return strings.EqualFold(r.Login, by) })
		if s.r.IsCore(by) && !known && !strings.EqualFold(by, s.r.Author) {
			all = append(all, pull.Reviewer{Login: by, Since: since})
		}
	}
	return all
}

func (s *situation) lastApproval() time.Time {
	var last time.Time
	for _, o := range s.approvals {
		last = latestTime(last, o.At)
	}
	return last
}

// lastPush is about when commits came last: by their own date, which is good
// enough to keep still about old ones, but after the approvals of what was there
// before, and by when they had come.
func (s *situation) lastPush() time.Time {
	last := s.r.HeadCame()
	if dated := s.r.HeadDated; !dated.IsZero() && dated.Before(last) {
		last = dated
	}
	for _, e := range s.r.Events {
		if e.Kind == pull.ForcePushed {
			last = latestTime(last, e.At)
		}
	}
	return latestTime(last, s.lastApproval())
}

// approvers are asked again unless somebody did so since they approved.
func (s *situation) approvers() []pull.Reviewer {
	var all []pull.Reviewer
	for _, o := range s.approvals {
		all = append(all, pull.Reviewer{Login: o.By, Since: o.At})
	}
	return all
}

// changesBegan: the round of the newest request began after each answer that came
// before it, and when requests stood again after a time without any.
func (s *situation) changesBegan() time.Time {
	var answers []time.Time
	for _, c := range s.said {
		if !c.edited { // or nobody knows whether it said so then
			answers = append(answers, c.at)
		}
	}
	answers = append(answers, s.notes(answeredNote)...)
	answers = slices.DeleteFunc(answers, func(at time.Time) bool { return !at.Before(s.requested) })

	began := s.requestsStand()
	for _, e := range s.r.Events {
		if e.Kind == pull.Dismissed && !e.At.Before(began) { // what was dismissed may have stood before
			began = time.Time{}
		}
	}
	return latestTime(append(answers, began)...)
}

// requestsStand is since when there was no moment without a core developer's
// standing request, as far as the opinions tell that are left.
func (s *situation) requestsStand() time.Time {
	all := slices.DeleteFunc(slices.Clone(s.r.Opinions), func(o pull.Opinion) bool { return !isOpinion(s.r, o) || !s.r.IsCore(o.By) })
	slices.SortFunc(all, compareOpinions)
	var began time.Time
	requests := map[string]bool{}
	for i, o := range all {
		if o.Review == pull.ChangesRequested {
			requests[strings.ToLower(o.By)] = true
		} else {
			delete(requests, strings.ToLower(o.By))
		}
		if i+1 < len(all) && all[i+1].At.Equal(o.At) {
			continue // in one second there is no moment between
		}
		switch {
		case len(requests) == 0:
			began = time.Time{}
		case began.IsZero():
			began = o.At
		}
	}
	return began
}
