package stage

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/suite"
)

// TestRandomSequences has two bots watch the same people. One looks after every
// deed. The other's webhooks are lost, late, doubled and out of order, which for a
// bot that reads nothing of them means that it looks at any moments, or never; its
// lists come in any order, a look can be overtaken by a deed before its writes
// arrive, and can stop after any of them. After a last look both pull requests
// have the same stage, and the same comments but for rounds that were over before
// the second bot looked.
func TestRandomSequences(t *testing.T) {
	sequences := suite.Sizes[int]{Normal: 5000, Long: 100_000, Full: 100_000}.Size()
	var decided sync.Map // rows by which a last look decided
	t.Cleanup(func() {
		for _, row := range slices.Concat(decisionsByHand[1:], decisionsByReviews) { // in the end nothing is closed
			if _, found := decided.Load(row.when); !found {
				t.Errorf("no sequence ends in the row %q", row.when)
			}
		}
	})
	const parts = 4
	for part := range parts {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			for seed := part; seed < sequences && !t.Failed(); seed += parts {
				s := newSequence(t, uint64(seed))
				s.run()
				decided.Store(decidedBy(s.seen.r).when, true)
			}
		})
	}
}

// sequence is one life of a pull request, lived twice.
type sequence struct {
	t             *testing.T
	seed          uint64
	dice          *rand.Rand
	seen, lagging *world
	told          []tale        // the deeds, for people
	late          []pull.Action // of a look that a deed overtakes
	rounds        roundCounts
	posted        map[*world]map[string]roundCounts // of each comment by its key
	requested     map[string]int                    // the newest request of each core developer, as counted by rounds

	seconds   bool // several deeds in one second
	unsettled bool // the team changes, comments are edited; else labels may be taken off
	dismissed bool // what was dismissed is not in the history, so that rounds may look as one
}

type tale struct {
	at   time.Time
	deed string
}

// roundCounts counts what separates two comments of a kind, by that kind: whatever the
// bot misses or repeats, there is at most one comment for each number.
type roundCounts map[string]int

func newSequence(t *testing.T, seed uint64) *sequence {
	dice := rand.New(rand.NewPCG(seed, 4))
	author, draft := oneOf(dice, "alice", "alice", "alice", "guido", "dependabot[bot]"), dice.IntN(8) == 0
	s := &sequence{
		t: t, seed: seed, dice: dice, seen: newWorld(author, draft), lagging: newWorld(author, draft), rounds: roundCounts{},
		requested: map[string]int{},
		seconds:   dice.IntN(3) == 0, unsettled: dice.IntN(3) == 0,
	}
	s.posted = map[*world]map[string]roundCounts{s.seen: {}, s.lagging: {}}
	return s
}

func oneOf[T any](dice *rand.Rand, from ...T) T { return from[dice.IntN(len(from))] }

func (s *sequence) run() {
	s.look(s.seen)
	for range 1 + s.dice.IntN(9) {
		after := time.Duration(1+s.dice.IntN(3)) * time.Second
		if s.seconds && s.dice.IntN(2) == 0 {
			after = 0
		}
		s.seen.r.Now, s.lagging.r.Now = s.seen.r.Now.Add(after), s.lagging.r.Now.Add(after)
		if s.live(); s.t.Failed() {
			return
		}
		s.look(s.seen)
		s.arrive()
		s.lag()
	}
	s.settle()
	s.look(s.seen)
	s.arrive()
	s.look(s.lagging)
	s.compare()
}

// look is one that nothing disturbs.
func (s *sequence) look(w *world) { w.apply(s.t, s.note(w, s.plan(w))) }

// note keeps in which rounds the comments of a plan are.
func (s *sequence) note(w *world, actions []pull.Action) []pull.Action {
	for _, a := range actions {
		if n, ok := a.(pull.AddNote); ok {
			s.posted[w][n.Key] = maps.Clone(s.rounds)
		}
	}
	return actions
}

// arrive has the writes of a look that was overtaken come to GitHub.
func (s *sequence) arrive() {
	s.lagging.apply(s.t, s.late)
	s.late = nil
}

// lag is what the second bot makes of a deed.
func (s *sequence) lag() {
	switch s.dice.IntN(6) {
	case 0, 1: // nothing comes
	case 2: // twice
		s.look(s.lagging)
		s.look(s.lagging)
	case 3: // a look that stops on the way
		actions := s.plan(s.lagging)
		s.lagging.apply(s.t, s.note(s.lagging, actions[:s.dice.IntN(len(actions)+1)]))
	case 4: // one that the next deed overtakes
		s.late = s.note(s.lagging, s.plan(s.lagging))
	default:
		s.look(s.lagging)
	}
}

// settle ends what keeps the bot from looking.
func (s *sequence) settle() {
	s.both("the end", func(w *world) {
		w.r.CoreFault = ""
		if w.r.State == pull.Closed {
			w.r.State = pull.Open
			w.event(pull.WasReopened, "alice", "")
		}
	})
}

// plan is that of a bot; the one that lags gets its lists in any order.
func (s *sequence) plan(w *world) []pull.Action {
	if w == s.seen {
		return w.plan(s.t)
	}
	w.saw()
	r := *w.r
	r.Events, r.Opinions, r.Comments, r.Labels = shuffled(s.dice, r.Events), shuffled(s.dice, r.Opinions), shuffled(s.dice,
		r.Comments), shuffled(s.dice, r.Labels)
	plan, err := pull.Decide(&r, w.rules)
	if err != nil {
		s.t.Fatal(err)
	}
	return plan.Actions
}

func shuffled[T any](dice *rand.Rand, all []T) []T {
	all = slices.Clone(all)
	dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func (s *sequence) both(told string, do func(w *world)) {
	s.told = append(s.told, tale{s.seen.r.Now, told})
	do(s.seen)
	do(s.lagging)
}

// compare holds the two pull requests to each other.
func (s *sequence) compare() {
	row := decidedBy(s.seen.r)
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if got, want := s.lagging.stages(), s.seen.stages(); got != want {
		fault("the stage is %s, and %s where the bot saw all", got, want)
	}
	for what, w := range map[string]*world{"that saw all": s.seen, "that lagged": s.lagging} {
		if actions := s.plan(w); len(actions) > 0 {
			fault("the bot %s has more to do: %v", what, actions)
		}
		if once := slices.Compact(slices.Sorted(slices.Values(w.posted))); len(once) != len(w.posted) {
			fault("the bot %s posted a comment twice: %v", what, w.posted)
		}
		if strings.Count(w.stages(), "awaiting") > 1 {
			fault("the bot %s left more than one stage: %s", what, w.stages())
		}
	}
	if !s.seconds && !s.unsettled {
		for _, kind := range []string{changesNote, answeredNote, commitsNote} {
			s.compareRounds(kind, row, fault)
		}
	}
	if len(faults) > 0 {
		var told strings.Builder
		for _, tale := range s.told {
			fmt.Fprintf(&told, "\t%s %s\n", tale.at.Format(time.TimeOnly), tale.deed)
		}
		s.t.Errorf("sequence %d by %s:\n%s%s\nposted %v\nand, by the bot that saw all, %v", s.seed, s.seen.r.Author, &told,
			strings.Join(faults, "\n"), s.lagging.posted, s.seen.posted)
	}
}

// compareRounds holds the comments of one kind to the rounds that there were.
func (s *sequence) compareRounds(kind string, row decision, fault func(string, ...any)) {
	var count [2]int
	now := s.roundNow(kind)
	for i, who := range []string{"that saw all", "that lagged"} {
		perRound, last := map[int]int{}, 0
		for key, at := range s.posted[[]*world{s.seen, s.lagging}[i]] {
			if kindOf(key) == kind {
				perRound[at[kind]]++
				count[i]++
				last = max(last, at[kind]+1)
			}
		}
		for round, n := range perRound {
			if n > 1 {
				fault("the bot %s posted %d comments %s in round %d", who, n, kind, round)
			}
		}
		silent := kind == changesNote && s.seen.r.Bot
		if row.round != nil && row.round.name == kind && last <= now && !s.dismissed && !silent {
			fault("the bot %s posted no comment %s in the last round", who, kind)
		}
	}
	if count[1] > count[0] && !s.dismissed {
		fault("the bot that lagged posted more comments %s: %d, not %d", kind, count[1], count[0])
	}
}

func (s *sequence) roundNow(kind string) int {
	if kind != answeredNote || s.byLabel() {
		return s.rounds[kind]
	}
	now := 0
	for _, by := range s.requesters() { // whoever took a request back leaves the answer to those before
		now = max(now, s.requested[by])
	}
	return now
}

// byLabel reports whether what was answered is a label by hand.
func (s *sequence) byLabel() bool {
	return slices.ContainsFunc(decisionsByHand, func(row decision) bool { return row.round != nil && row.when == decidedBy(s.seen.r).when })
}
