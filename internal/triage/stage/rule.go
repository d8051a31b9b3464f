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

// The stage machine (devguide, "Lifecycle of a pull request") keeps no state. The first
// decision that holds, from the top of the tables below, says which label is on, which
// comment is posted, and who is asked for a review. Where the workflow leaves a choice:
//
//   - Of each reviewer, the newest opinion that wasn't dismissed stands. Reviews by the
//     author or by bots don't count. Today's team decides who is a core developer:
//     whoever has left it counts as anyone else.
//   - A request for changes outweighs any approval by others. Only its reviewer can take
//     it back, or a dismissal.
//   - An approval is of the commit that was reviewed, so neither commit dates nor where
//     commits are pushed from can mislead.
//   - "Awaiting merge" by hand is about the commits that were there: those that this bot
//     had seen, or that a review or forced push shows. In doubt the label goes, so it
//     never outlives a later push.
//   - The phrase counts if it comes after the newest standing request. It doesn't count
//     in quoted lines, and does nothing if no changes are requested. For authors who
//     can't speak, bots and deleted accounts, core developers can say it. Re-requesting
//     a review from someone whose request stands means the same.
//   - A label that a person set stands until the next event that matters: marked ready,
//     converted to draft, reopened, a review or dismissal that counts, the phrase if
//     changes are requested, commits after "awaiting merge". "Awaiting changes" by hand
//     is a request too, which the phrase answers. Labels set by other bots don't count.
//   - GitHub's times are whole seconds. Within a second, an event that matters comes
//     after a label by hand, and a request after the phrase; of one reviewer's opinions,
//     the request counts. The order of the lists never matters.
//   - What a person set gets no comment.

// stage of a pull request, in the order in which it goes through them.
type stage int

const (
	none stage = iota // none of the labels
	review
	coreReview
	changes
	changeReview
	merge

	chosen // the label that a person set
	left   // all labels stay as they are
)

// decision is one decision.
type decision struct {
	when  string // shown to people
	holds func(*situation) bool
	stage stage
	round *round // its comment and review requests; nil for none
}

// decisionsByHand are the decisions that reviews can't change.
var decisionsByHand = []decision{
	{"it's closed without being merged", func(s *situation) bool { return s.r.State == pull.Closed }, left, nil},
	{"it's merged", func(s *situation) bool { return s.r.State == pull.Merged }, none, nil},
	{"it's a draft", func(s *situation) bool { return s.r.Draft }, none, nil},
	{"someone set \"awaiting changes\", and the author has posted the phrase since then",
		func(s *situation) bool { return s.answered.made }, changeReview, &answeredRound},
	{"someone set a label, and nothing that matters has happened since then", (*situation).chosen, chosen, nil},
	{"someone removed a label, and nothing that matters has happened since then", (*situation).cleared, left, nil},
}

// decisionsByReviews are all others.
var decisionsByReviews = []decision{
	{"a core developer requested changes, and the author has posted the phrase or re-requested the review since then",
		(*situation).answers, changeReview, &answeredRound},
	{"a core developer requested changes", func(s *situation) bool { return len(s.requests) > 0 }, changes, &changesRound},
	{"a core developer approved the latest commit", (*situation).approvesHead, merge, nil},
	{"a core developer approved it, and there are new commits since then",
		func(s *situation) bool { return len(s.approvals) > 0 }, coreReview, &commitsRound},
	{"someone set \"awaiting merge\", and there are new commits since then", func(s *situation) bool { return s.outrun }, coreReview, nil},
	{"the author is a core developer", func(s *situation) bool { return s.r.IsCore(s.r.Author) }, coreReview, nil},
	{"someone who isn't a core developer reviewed it", func(s *situation) bool { return s.others }, coreReview, nil},
	{"it has no review that counts", func(*situation) bool { return true }, review, nil},
}

// Ready is the command by which an author says that the changes are made. Its zero value
// is none.
type Ready struct {
	Says  func(*pull.Request, pull.Comment) bool // whether a comment has it
	Looks func(*pull.Request) pull.Looks         // what Says reads
}

// Rule keeps the stage's label (devguide, "Lifecycle of a pull request"). In mode off it
// has no Want.
func Rule(set config.Stages, ready Ready) pull.Rule {
	m := &machine{set: set, labels: labelNames(set), phrases: newPhrases(set.Phrases), ready: ready.Says}
	rule := pull.Rule{
		Name:  "stage",
		About: about,
		Needs: pull.Events | pull.Opinions | pull.Comments | pull.Team | pull.Notes | pull.Reviews | pull.AuditLog,
		Owns:  m.labels[review:],
		Looks: ready.Looks,
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

// labelNames are the labels' names, by stage.
func labelNames(set config.Stages) []string {
	return []string{review: set.Review, coreReview: set.CoreReview, changes: set.Changes, changeReview: set.ChangeReview, merge: set.Merge}
}

// firstOf is the first decision that holds, or nil.
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

// latestTime is the latest of some times, or zero.
func latestTime(times ...time.Time) time.Time {
	var last time.Time
	for _, at := range times {
		if at.After(last) {
			last = at
		}
	}
	return last
}
