package triage

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
	stageNone stage = iota // none of the labels
	stageReview
	stageCoreReview
	stageChanges
	stageChangeReview
	stageMerge

	stageChosen // by a person
	stageLeft   // whatever labels there are stay
)

// stageRow is one decision.
type stageRow struct {
	when  string // in words, for people
	holds func(*situation) bool
	stage stage
	round *stageRound // has a comment, and asks for reviews; nil for none
}

// stagesByHand are the decisions that reviews cannot change.
var stagesByHand = []stageRow{
	{"it is closed and not merged", func(s *situation) bool { return s.r.State == pull.Closed }, stageLeft, nil},
	{"it is merged", func(s *situation) bool { return s.r.State == pull.Merged }, stageNone, nil},
	{"it is a draft", func(s *situation) bool { return s.r.Draft }, stageNone, nil},
	{"a person set \"awaiting changes\", and the author has said the phrase since", func(s *situation) bool { return s.answered.made }, stageChangeReview, &answeredRound},
	{"a person chose a label, and nothing that matters happened since", (*situation).chosen, stageChosen, nil},
	{"a person took a label off, and nothing that matters happened since", (*situation).cleared, stageLeft, nil},
}

// stagesByReviews are the others.
var stagesByReviews = []stageRow{
	{"a core developer's request for changes stands, and the author has said the phrase or asked for the review again since", (*situation).answers, stageChangeReview, &answeredRound},
	{"a core developer's request for changes stands", func(s *situation) bool { return len(s.requests) > 0 }, stageChanges, &changesRound},
	{"a core developer's approval of the newest commit stands", (*situation).approvesHead, stageMerge, nil},
	{"core developers' approvals stand, and there are new commits since", func(s *situation) bool { return len(s.approvals) > 0 }, stageCoreReview, &commitsRound},
	{"a person set \"awaiting merge\", and there are new commits since", func(s *situation) bool { return s.outrun }, stageCoreReview, nil},
	{"the author is a core developer", func(s *situation) bool { return s.r.IsCore(s.r.Author) }, stageCoreReview, nil},
	{"somebody who is no core developer reviewed it", func(s *situation) bool { return s.others }, stageCoreReview, nil},
	{"nobody has reviewed it whose review counts", func(*situation) bool { return true }, stageReview, nil},
}

// Stages is the rule that keeps the label of the stage ("Lifecycle of a pull
// request" in the devguide). In mode off it has no Want.
func Stages(set config.Stages) pull.Rule {
	labels := stageLabels(set)
	rule := pull.Rule{
		Name:  "stage",
		About: aboutStages,
		Needs: pull.Events | pull.Opinions | pull.Comments | pull.Team | pull.Notes | pull.Reviews,
		Owns:  labels[stageReview:],
	}
	if set.Mode != config.Off {
		phrases := newPhrases(set.Phrases)
		rule.Want = func(r *pull.Request) pull.Want {
			if r.CoreFault != "" { // whoever knows no team would take a core review for anybody's
				return pull.Want{}
			}
			s := newSituation(r, labels, phrases)
			s.set = set
			row := firstOf(stagesByHand, s)
			if row == nil {
				row = s.byReviews()
			}
			return row.want(s)
		}
	}
	return rule
}

// stageLabels are the names of the labels, by stage.
func stageLabels(set config.Stages) []string {
	return []string{stageReview: set.Review, stageCoreReview: set.CoreReview, stageChanges: set.Changes, stageChangeReview: set.ChangeReview, stageMerge: set.Merge}
}

// firstOf is the first row that holds, nil where none does.
func firstOf(rows []stageRow, s *situation) *stageRow {
	at := slices.IndexFunc(rows, func(row stageRow) bool { return row.holds(s) })
	if at < 0 {
		return nil
	}
	return &rows[at]
}

func (s *situation) byReviews() *stageRow { return firstOf(stagesByReviews, s) }

func (row stageRow) want(s *situation) pull.Want {
	var want pull.Want
	on := row.stage
	switch on {
	case stageLeft:
		return want
	case stageChosen:
		on = s.choice.stage
	}
	want.Labels = make([]pull.Label, 0, stageMerge)
	for at := stageReview; at <= stageMerge; at++ {
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
