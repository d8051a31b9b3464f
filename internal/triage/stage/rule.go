// Package stage is the rule on the stage of a pull request: it keeps the one label that
// shows what a pull request waits for.
//
// It's pure, and must not know the other rules. Whether a comment has a command that
// says the same as the phrase is passed in.
package stage

import (
	"slices"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// The stage machine (devguide, "Lifecycle of a pull request"): what an open pull
// request waits for, as one of five labels.
//
// It keeps no state. The tables below are read from the top, and the first row
// that holds says which label is on, which comment is there, and who is asked for
// a review. What was decided where the workflow leaves a choice:
//
//   - Of each reviewer the newest opinion stands that was not dismissed. A review
//     by the author or by a bot is none. Who is a core developer is decided by the
//     team of today: whoever left it counts as anybody else.
//   - A request for changes outweighs any approval by others: only its reviewer, or
//     a dismissal, takes it back.
//   - An approval is of the commit that was reviewed, so that neither the dates of
//     commits nor where they are pushed from can mislead.
//   - "Awaiting merge" by hand is about the commits that were there. They had come
//     when this bot had seen the head, or a review or forced push shows it. In doubt
//     the label goes: it never outlives a later push.
//   - The phrase counts when it comes after the newest standing request. Lines that
//     are quoted do not say it, and where nothing is requested it does nothing. For
//     an author who cannot speak, a bot or a deleted account, core developers can.
//     A review that is asked for again, of somebody whose request stands, says the
//     same.
//   - A label that a person chose by hand stands until the next event that matters:
//     ready, draft, reopening, a review or dismissal that has weight, the phrase
//     where something is requested, commits after "awaiting merge". "Awaiting
//     changes" by hand is a request too, which the phrase answers. Labels set by
//     other bots are nobody's choice.
//   - GitHub's times are whole seconds. In one second an event that matters comes
//     after a choice, a request after the phrase, and of one reviewer's opinions the
//     request counts. The order of the lists is never looked at.
//   - What a person chose is not commented on.

// stage of a pull request, in the order of its life.
type stage int

const (
	none stage = iota // none of the labels
	review
	coreReview
	changes
	changeReview
	merge

	chosen // by a person
	left   // whatever labels there are stay
)

// decision is one decision.
type decision struct {
	when  string // in words, for people
	holds func(*situation) bool
	stage stage
	round *round // has a comment, and asks for reviews; nil for none
}

// decisionsByHand are the decisions that reviews cannot change.
var decisionsByHand = []decision{
	{"it is closed and not merged", func(s *situation) bool { return s.r.State == pull.Closed }, left, nil},
	{"it is merged", func(s *situation) bool { return s.r.State == pull.Merged }, none, nil},
	{"it is a draft", func(s *situation) bool { return s.r.Draft }, none, nil},
	{"a person set \"awaiting changes\", and the author has said the phrase since", func(s *situation) bool { return s.answered.made }, changeReview, &answeredRound},
	{"a person chose a label, and nothing that matters happened since", (*situation).chosen, chosen, nil},
	{"a person took a label off, and nothing that matters happened since", (*situation).cleared, left, nil},
}

// decisionsByReviews are the others.
var decisionsByReviews = []decision{
	{"a core developer's request for changes stands, and the author has said the phrase or asked for the review again since", (*situation).answers, changeReview, &answeredRound},
	{"a core developer's request for changes stands", func(s *situation) bool { return len(s.requests) > 0 }, changes, &changesRound},
	{"a core developer's approval of the newest commit stands", (*situation).approvesHead, merge, nil},
	{"core developers' approvals stand, and there are new commits since", func(s *situation) bool { return len(s.approvals) > 0 }, coreReview, &commitsRound},
	{"a person set \"awaiting merge\", and there are new commits since", func(s *situation) bool { return s.outrun }, coreReview, nil},
	{"the author is a core developer", func(s *situation) bool { return s.r.IsCore(s.r.Author) }, coreReview, nil},
	{"somebody who is no core developer reviewed it", func(s *situation) bool { return s.others }, coreReview, nil},
	{"nobody has reviewed it whose review counts", func(*situation) bool { return true }, review, nil},
}

// Rule keeps the stage's label (devguide, "Lifecycle of a pull request"). In mode off it
// has no Want. ready reports whether a comment has a command by which an author says
// that the changes are made; nil if there's no such command.
func Rule(set config.Stages, ready func(*pull.Request, pull.Comment) bool) pull.Rule {
	m := &machine{set: set, labels: labelNames(set), phrases: newPhrases(set.Phrases), ready: ready}
	rule := pull.Rule{
		Name:  "stage",
		About: about,
		Needs: pull.Events | pull.Opinions | pull.Comments | pull.Team | pull.Notes | pull.Reviews,
		Owns:  m.labels[review:],
	}
	if set.Mode != config.Off {
		rule.Want = func(r *pull.Request) pull.Want {
			if r.CoreFault != "" { // without the team, a core review looks like anybody's
				return pull.Want{}
			}
			s := m.situation(r)
			return s.decide().want(s)
		}
	}
	return rule
}

// machine is the rule's settings, ready for use.
type machine struct {
	set     config.Stages
	labels  []string // by stage
	phrases phrases
	ready   func(*pull.Request, pull.Comment) bool
}

// labelNames are the names of the labels, by stage.
func labelNames(set config.Stages) []string {
	return []string{review: set.Review, coreReview: set.CoreReview, changes: set.Changes, changeReview: set.ChangeReview, merge: set.Merge}
}

// firstOf is the first row that holds, nil where none does.
func firstOf(rows []decision, s *situation) *decision {
	at := slices.IndexFunc(rows, func(row decision) bool { return row.holds(s) })
	if at < 0 {
		return nil
	}
	return &rows[at]
}

func (s *situation) decide() *decision {
	if row := firstOf(decisionsByHand, s); row != nil {
		return row
	}
	return s.byReviews()
}

func (s *situation) byReviews() *decision { return firstOf(decisionsByReviews, s) }

func (row decision) want(s *situation) pull.Want {
	var want pull.Want
	on := row.stage
	switch on {
	case left:
		return want
	case chosen:
		on = s.choice.stage
	}
	want.Labels = make([]pull.Label, 0, merge)
	for at := review; at <= merge; at++ {
		want.Labels = append(want.Labels, pull.Label{Name: s.labels[at], On: at == on, Why: row.when})
	}
	if row.round != nil {
		want.Notes, want.Reviewers = row.round.want(s)
	}
	return want
}

// latestTime of some times.
func latestTime(times ...time.Time) time.Time {
	var last time.Time
	for _, at := range times {
		if at.After(last) {
			last = at
		}
	}
	return last
}
