package stage

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// situation is what the decisions depend on.
type situation struct {
	*machine
	r *pull.Request

	// Core developers' standing opinions, by login, and whether anyone else has one.
	requests  []pull.Opinion
	approvals []pull.Opinion
	others    bool

	requested time.Time // the newest of the requests
	said      []saying
	choice    choice
	answered  choice // "awaiting changes" by hand, before the phrase
	outrun    bool   // commits came after "awaiting merge" by hand
}

// saying is a comment with the phrase, or an event that means the same.
type saying struct {
	at     time.Time
	edited bool
}

func (m *machine) situation(r *pull.Request) *situation {
	s := &situation{machine: m, r: r}
	for _, o := range standingOpinions(r) {
		switch {
		case !r.IsCore(o.By):
			s.others = true
		case o.Review == pull.ChangesRequested:
			s.requests = append(s.requests, o)
			s.requested = latestTime(s.requested, o.At)
		default:
			s.approvals = append(s.approvals, o)
		}
	}
	for _, c := range r.Comments {
		if s.speaks(c) && (m.phrases.in(c.Body) || m.ready != nil && m.ready(r, c)) {
			s.said = append(s.said, saying{c.At, c.Editor != ""})
		}
	}
	for _, e := range r.Events {
		if s.asksAgain(e) {
			s.said = append(s.said, saying{at: e.At})
		}
	}
	s.choose()
	return s
}

// isPerson reports whether a login is a person who can reply: not a bot, nor a deleted
// account.
func isPerson(login string) bool {
	return login != "" && !strings.EqualFold(login, "ghost") && !strings.HasSuffix(strings.ToLower(login), "[bot]")
}

// isOpinion reports whether an opinion counts. GitHub lets nobody approve their own pull
// request, so if author and reviewer are deleted accounts, they're different ones.
func isOpinion(r *pull.Request, o pull.Opinion) bool {
	own := strings.EqualFold(o.By, r.Author) && isPerson(o.By)
	return !o.Bot && !own && (o.Review == pull.Approved || o.Review == pull.ChangesRequested)
}

// standingOpinions are each reviewer's newest opinion, by login.
func standingOpinions(r *pull.Request) []pull.Opinion {
	newest := map[string]pull.Opinion{}
	for _, o := range r.Opinions {
		by := strings.ToLower(o.By)
		if known, found := newest[by]; isOpinion(r, o) && (!found || compareOpinions(known, o) < 0) {
			newest[by] = o
		}
	}
	return slices.SortedFunc(maps.Values(newest), func(a, b pull.Opinion) int {
		return strings.Compare(strings.ToLower(a.By), strings.ToLower(b.By))
	})
}

// compareOpinions orders a reviewer's opinions, also within a second.
func compareOpinions(a, b pull.Opinion) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Review, b.Review), // "approved" before "changes requested"
		cmp.Compare(a.Commit, b.Commit), cmp.Compare(a.By, b.By))
}

// speaks reports whether a comment can say the phrase.
func (s *situation) speaks(c pull.Comment) bool { return !c.Own && !c.Bot && s.answersFor(c.By) }

// answersFor reports whether someone can say that the changes are made.
func (s *situation) answersFor(login string) bool {
	return strings.EqualFold(login, s.r.Author) || !isPerson(s.r.Author) && s.r.IsCore(login)
}

// asksAgain reports whether an event is "Re-request review", for a core developer whose
// request for changes stood: this means the same as the phrase.
func (s *situation) asksAgain(e pull.Event) bool {
	if e.Kind != pull.ReviewRequested || e.Own || !isPerson(e.By) || !s.answersFor(e.By) || !s.r.IsCore(e.Subject) {
		return false
	}
	var newest pull.Opinion // before it
	for _, o := range s.r.Opinions {
		if isOpinion(s.r, o) && strings.EqualFold(o.By, e.Subject) && o.At.Before(e.At) && compareOpinions(newest, o) < 0 {
			newest = o
		}
	}
	return newest.Review == pull.ChangesRequested
}

// saidSince is when the phrase was first said after a time; zero if never.
func (s *situation) saidSince(since time.Time) time.Time {
	var first time.Time
	for _, c := range s.said {
		if c.at.After(since) && (first.IsZero() || c.at.Before(first)) {
			first = c.at
		}
	}
	return first
}

// answers reports whether the author said that the requested changes are made.
func (s *situation) answers() bool {
	return len(s.requests) > 0 && !s.saidSince(s.requested).IsZero()
}

func (s *situation) approvesHead() bool {
	return slices.ContainsFunc(s.approvals, func(o pull.Opinion) bool { return o.Commit == s.r.Head && o.Commit != "" })
}

// chosen reports whether a person's label stands, and isn't the one that reviews lead to.
func (s *situation) chosen() bool {
	return s.choice.stage != none && s.choice.stage != s.byReviews().stage
}

// cleared reports whether people removed labels, and set none.
func (s *situation) cleared() bool { return s.choice.made && s.choice.stage == none }
