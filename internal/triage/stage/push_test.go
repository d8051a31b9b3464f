package stage

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestAwaitingMergeNeverOutlivesAPush: GitHub's timeline has commits where their
// own dates put them, which whoever makes them chooses. Whatever those say, whether
// a review or a person set the label, and whether the bot looked in between or
// remembers anything: once the head is another one, the label is gone.
func TestAwaitingMergeNeverOutlivesAPush(t *testing.T) {
	const lives = 20_000
	stood := 0
	for seed := range uint64(lives) {
		dice := rand.New(rand.NewPCG(seed, 9))
		w := newWorld("alice", false)
		var told []string
		do := func(what string, deed func()) {
			w.r.Now = w.r.Now.Add(time.Duration(dice.IntN(3)) * time.Second)
			told = append(told, fmt.Sprintf("%s %s", w.r.Now.Format(time.TimeOnly), what))
			deed()
		}
		w.r.Now = w.r.Now.Add(time.Second) // labels that are set in the second of the opening came with it
		merge := settings().Merge
		labelled := "" // the head that the label is for
		for range 2 + dice.IntN(8) {
			switch dice.IntN(6) {
			case 0:
				do("dana approves", func() { w.review("dana", "approved", w.r.Head) })
				labelled = w.r.Head
			case 1, 2:
				do("carol sets awaiting merge", func() {
					w.label("carol", merge, false)
					w.label("carol", merge, true)
				})
				labelled = w.r.Head
			case 3, 4:
				forced, dated := dice.IntN(4) == 0, oneOf(dice, 0, -time.Second, -time.Minute, -9*year, 9*year, time.Second)
				do(fmt.Sprintf("push, forced: %v, dated %s later", forced, dated), func() { w.pushed(forced, w.r.Now.Add(dated)) })
			case 5:
				do("the database is lost", func() { w.r.HeadSeen = time.Time{} })
			}
			if dice.IntN(2) > 0 {
				w.look(t)
			}
		}
		w.look(t)
		if w.r.HasLabel(merge) {
			stood++
			if labelled != w.r.Head {
				t.Fatalf("life %d: %q outlives a push: %q", seed, merge, told)
			}
		}
	}
	if stood < lives/10 {
		t.Errorf("only %d of %d lives end with the label: they show little", stood, lives)
	}
}
