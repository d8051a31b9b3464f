package stage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// round is what happens once each time that a stage is entered: a comment, and review
// requests.
//
// A comment's key has the time of the event that it answers. It covers the round unless
// that time is before the round began. So if people edit, delete or dismiss something
// later, the bot may say less, but never the same thing twice. At the time that began
// returns, the round before had certainly ended, so older comments belong to that.
type round struct {
	name  string // how its comments' keys start
	began func(*situation) time.Time
	event func(*situation) time.Time // which the comment answers
	came  func(*situation) time.Time // what started it: the settings may keep still about older ones
	asked func(*situation) []pull.Reviewer
	text  func(*situation) string // "": no comment
}

// How the comments' keys start.
const (
	changesNote  = "changes-requested"
	answeredNote = "thanks"
	commitsNote  = "new-commits"
)

var (
	// changesRound lasts from a request for changes until all requests are taken back, or
	// answered by the phrase.
	changesRound = round{
		name:  changesNote,
		began: (*situation).changesBegan,
		event: func(s *situation) time.Time { return s.requested },
		came:  func(s *situation) time.Time { return s.requested },
		asked: func(*situation) []pull.Reviewer { return nil },
		text:  changesText,
	}
	// answeredRound lasts from the phrase until the next request.
	answeredRound = round{
		name:  answeredNote,
		began: (*situation).lastRequest,
		event: func(s *situation) time.Time { return s.saidSince(s.lastRequest()) },
		came:  func(s *situation) time.Time { return s.saidSince(s.lastRequest()) },
		asked: (*situation).requesters,
		text:  answeredText,
	}
	// commitsRound lasts from the newest approval until the next one.
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

// keyTime is the time in a key, in UTC.
const keyTime = "20060102-150405"

// noted is the time of the event that a round's comment answers; zero if there's no comment
// yet.
func (s *situation) noted(name string, began time.Time) time.Time {
	began = began.Truncate(time.Second)
	return latestTime(slices.DeleteFunc(s.notes(name), func(at time.Time) bool { return at.Before(began) })...)
}

// notes are the times of the events that a name's comments answer, in all rounds.
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

// lastRequest is the newest request that the phrase may answer: by a review, or by the label
// alone.
func (s *situation) lastRequest() time.Time { return latestTime(s.requested, s.answered.at) }

// requesters are the core developers who requested changes. They're asked again since the
// phrase; if it was said several times, since the one that the comment answers.
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

// lastPush is about when the last commits came. It goes by their own date, which is good
// enough to tell old ones, but is never before the approvals, nor after the bot saw them.
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

// approvers are asked again, unless someone did so since they approved.
func (s *situation) approvers() []pull.Reviewer {
	var all []pull.Reviewer
	for _, o := range s.approvals {
		all = append(all, pull.Reviewer{Login: o.By, Since: o.At})
	}
	return all
}

// changesBegan is when the newest request's round began: after each answer before it, and
// when requests stood again after a time without any.
func (s *situation) changesBegan() time.Time {
	var answers []time.Time
	for _, c := range s.said {
		if !c.edited { // or it may not have said so at the time
			answers = append(answers, c.at)
		}
	}
	answers = append(answers, s.notes(answeredNote)...)
	answers = slices.DeleteFunc(answers, func(at time.Time) bool { return !at.Before(s.requested) })

	began := s.requestsStand()
	for _, e := range s.r.Events {
		if e.Kind == pull.Dismissed && !e.At.Before(began) { // the dismissed review may have stood before
			began = time.Time{}
		}
	}
	return latestTime(append(answers, began)...)
}

// requestsStand is since when some core developer's request has stood without a break, as
// far as the remaining opinions show.
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
			continue // nothing lies between two events within a second
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
