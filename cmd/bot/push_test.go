package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestForgedDates: whatever dates commits carry, and whether the bot remembers
// anything or was there: "awaiting merge" doesn't outlive a later push, and stands
// where it was set after the commits came.
func TestForgedDates(t *testing.T) {
	t.Parallel()
	for name, years := range map[string]int{"backdated": -9, "of the future": 9} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := twoReviewers(t)
			n := s.proposal("gh-140000: Fry")
			push := func() error {
				_, err := s.cpython.Push("alice:change-1", ghtest.Commit{
					Author: "alice", Date: s.github.Now().AddDate(years, 0, 0),
					Files: map[string]ghtest.File{"Tools/spam.py": ghtest.Text(s.github.Now().String())},
				})
				return err
			}
			sets := func() error { return s.cpython.Label(n, "carol", "awaiting merge") }
			restart := func() {
				s.bot.kill()
				s.environment["DATABASE_URL"] = filepath.Join(t.TempDir(), "another.db")
				s.start()
				s.rests()
			}

			s.then(sets)
			s.labelled(n, "awaiting merge")
			s.then(push)
			s.labelled(n, "awaiting core review")
			s.then(sets)
			s.labelled(n, "awaiting merge")
			restart() // what the bot wrote on the head shows that it came before the label
			s.then(func() error { return s.cpython.EditBody(n, "Hot!") })
			s.labelled(n, "awaiting merge")
			s.then(push)
			s.labelled(n, "awaiting core review")

			s.gives(n, "dana", "APPROVED")
			s.labelled(n, "awaiting merge")
			s.then(push)
			s.labelled(n, "awaiting core review")

			s.then(sets) // beside an approval of an older commit
			s.labelled(n, "awaiting merge")
			s.bot.kill()
			s.github.Pause()
			s.github.Advance(time.Minute)
			s.check(push())
			s.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil }) // the bot was away, and hears nothing of it
			s.github.Resume()
			restart()
			s.labelled(n, "awaiting core review")
			s.quiet(n)
		})
	}
}
