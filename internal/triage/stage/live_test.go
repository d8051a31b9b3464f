package stage

import (
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

const year = 365 * 24 * time.Hour

// live is one deed of people, the same in both worlds.
func (s *sequence) live() {
	switch n := s.dice.IntN(24); {
	case n < 8:
		s.reviews()
	case n < 12:
		s.speaks()
	case n < 15:
		forced, dated := s.dice.IntN(2) == 0, oneOf(s.dice, 0, 0, 0, -3*time.Second, -9*year, 9*year)
		s.both(fmt.Sprintf("push, forced: %v, dated %s later", forced, dated), func(w *world) { w.pushed(forced, w.r.Now.Add(dated)) })
	case n < 17:
		s.turns()
	case n < 18:
		s.dismisses()
	case n < 21:
		s.chooses()
	case n < 22:
		fault := oneOf(s.dice, "", "unknown")
		s.both("the team: "+fault, func(w *world) { w.r.CoreFault = fault })
	case s.unsettled:
		s.unsettles()
	}
}

func (s *sequence) reviews() {
	by, review := oneOf(s.dice, "dana", "dana", "carol", "guido", "eve"), oneOf(s.dice, pull.Approved, pull.ChangesRequested,
		pull.ChangesRequested, "")
	if by == s.seen.r.Author {
		return
	}
	if s.seen.r.IsCore(by) {
		switch before := s.requesters(); review {
		case pull.Approved:
			s.rounds[commitsNote]++
			if slices.Equal(before, []string{by}) {
				s.rounds[changesNote]++
			}
		case pull.ChangesRequested:
			s.rounds[answeredNote]++
			s.requested[by] = s.rounds[answeredNote]
		}
	}
	s.both(fmt.Sprintf("%s reviews: %s", by, review), func(w *world) { w.review(by, review, w.r.Head) })
}

// requesters are the core developers whose request stands, from the list in the
// order that it happened.
func (s *sequence) requesters() []string {
	newest := map[string]pull.Review{}
	for _, o := range s.seen.r.Opinions {
		newest[o.By] = o.Review
	}
	var all []string
	for by, review := range newest {
		if review == pull.ChangesRequested && s.seen.r.IsCore(by) {
			all = append(all, by)
		}
	}
	return all
}

func (s *sequence) speaks() {
	by := oneOf(s.dice, s.seen.r.Author, s.seen.r.Author, s.seen.r.Author, "dana", "eve")
	said := by == s.seen.r.Author && !s.seen.r.Bot || s.seen.r.Bot && by == "dana"
	if core := oneOf(s.dice, "dana", "carol"); s.dice.IntN(4) == 0 { // with the button
		if said && slices.Contains(s.requesters(), core) {
			s.rounds[changesNote]++
		}
		s.both(by+" asks again for a review by "+core, func(w *world) { w.event(pull.ReviewRequested, by, core) })
		return
	}
	body := oneOf(s.dice, "I have made the requested changes; please review again", "I didn’t expect the Spanish Inquisition!",
		"Thank you.\n> I have made the requested changes; please review again")
	if said && body[0] == 'I' && len(s.requesters()) > 0 {
		s.rounds[changesNote]++
	}
	s.both(by+" says: "+body, func(w *world) { w.comment(by, body) })
}

// turns makes it a draft or ready, closes or opens it.
func (s *sequence) turns() {
	r := s.seen.r
	switch {
	case s.dice.IntN(2) == 0 && r.Draft:
		s.both("ready", func(w *world) { w.r.Draft = false; w.event(pull.Readied, "alice", "") })
	case s.dice.IntN(2) == 0:
		if !r.Draft {
			s.both("draft", func(w *world) { w.r.Draft = true; w.event(pull.Drafted, "alice", "") })
		}
	case r.State == pull.Closed:
		s.both("reopened", func(w *world) {
			w.r.State, w.r.ClosedAt = pull.Open, time.Time{}
			w.event(pull.WasReopened, "alice", "")
		})
	case s.dice.IntN(4) == 0:
		s.both("merged", func(w *world) { w.r.State = pull.Merged; w.event(pull.WasClosed, "dana", "") })
	case r.State == pull.Open:
		s.both("closed", func(w *world) { w.r.State, w.r.ClosedAt = pull.Closed, w.r.Now; w.event(pull.WasClosed, "alice", "") })
	}
}

func (s *sequence) dismisses() {
	whose, stood := oneOf(s.dice, "dana", "carol", "eve"), len(s.requesters())
	s.both(whose+"'s review is dismissed", func(w *world) { s.dismissed = w.dismiss(whose, "guido") || s.dismissed })
	if stood > 0 && len(s.requesters()) == 0 {
		s.rounds[changesNote]++
	}
}

// chooses has a person set a stage by hand, or take all off. People react to what
// they see: the lagging bot has looked before.
func (s *sequence) chooses() {
	s.arrive()
	s.look(s.lagging)
	labels := labelNames(settings())
	chosen := oneOf(s.dice, labels[1:]...)
	if s.lagging.stages() != s.seen.stages() {
		return // closed, or the team is unknown
	}
	if s.lagging.r.HeadSeen.Equal(s.lagging.r.Now) && !s.seen.r.HeadSeen.Equal(s.seen.r.Now) {
		return // in the second in which it first sees the head, it is in doubt
	}
	if s.dice.IntN(3) == 0 && !s.unsettled {
		chosen = ""
	}
	if chosen == labels[changes] {
		s.rounds[answeredNote]++
	}
	s.both("carol sets "+chosen, func(w *world) {
		for _, l := range labels[1:] {
			w.label("carol", l, false)
		}
		if chosen != "" {
			w.label("carol", chosen, true)
		}
	})
}

// unsettles does what the history does not tell.
func (s *sequence) unsettles() {
	login, id := oneOf(s.dice, "eve", "carol", "dana", s.seen.r.Author), int64(1+s.dice.IntN(3))
	switch s.dice.IntN(4) {
	case 0:
		s.both(login+" joins", func(w *world) { w.team(login, true) })
	case 1:
		s.both(login+" leaves", func(w *world) { w.team(login, false) })
	case 2:
		s.both(fmt.Sprintf("comment %d is deleted", id), func(w *world) { w.edit(id, "", "") })
	default:
		body := oneOf(s.dice, "I have made the requested changes; please review again", "Never mind")
		s.both(fmt.Sprintf("comment %d is edited: %s", id, body), func(w *world) { w.edit(id, w.r.Author, body) })
	}
}
