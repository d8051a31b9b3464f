package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/suite"
)

// finals are release data by which 3.15 is released on a day.
func finals(t *testing.T, day time.Time) *lifecycle.Calendar {
	t.Helper()
	return finalsBy(t, day, "Hugo van Kemenade")
}

func finalsBy(t *testing.T, day time.Time, managers string) *lifecycle.Calendar {
	t.Helper()
	at := func(days int) string { return day.AddDate(0, 0, days).Format(time.DateOnly) }
	calendar, err := lifecycle.Parse(nil, fmt.Appendf(nil, `{"metadata": {"3.15": {"pep": 790, "release_manager": %q,
		"start_of_development": %q, "feature_freeze": %q, "first_release": %q, "end_of_life": "2031-10"}}, "releases": {"3.15": [
		{"stage": "3.15.0 candidate 1", "state": "expected", "date": %q}, {"stage": "3.15.0 final", "state": "expected", "date": %q}]}}`,
		managers, at(-500), at(-150), at(0), at(-60), at(0)))
	if err != nil {
		t.Fatal(err)
	}
	return calendar
}

// newWinterBy is a winter by a calendar, with a tracking issue if only versions with one
// freeze.
func newWinterBy(t *testing.T, settings *config.Config, count int, calendar func(time.Time) *lifecycle.Calendar) *winter {
	t.Helper()
	d := newDayBy(t, settings, filepath.Join(t.TempDir(), "concorde.db"), calendar)
	return newWinterOn(t, d, count, settings.Freeze.Mode == config.Tracked)
}

// TestFreezeByCalendarWithinAMinute: by the release data, a hundred pull requests freeze
// within a minute, and thaw within one, with a tracking issue or without one.
func TestFreezeByCalendarWithinAMinute(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]config.Mode{"tracked": config.Tracked, "untracked": config.On} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			count := suite.Sizes[int]{Normal: 60, Long: 100, Full: 100}.Size() // in the background, 50 go in a minute
			settings := config.Preset()
			settings.Freeze.Mode = mode
			calendar := finals(t, time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC))
			w := newWinterBy(t, settings, count, func(time.Time) *lifecycle.Calendar { return calendar })
			w.waitFor(time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC))
			w.minute("the start", fmt.Sprintf("%d fail, 0 succeed, 0 neither; the release manager's: \"success\"; into main: \"\"", count))
			if status := w.status(w.theirs[0]); status.Description != "Frozen until 2026-12-03: ask hugovk" ||
				strings.HasSuffix(status.TargetURL, "/python/cpython/tree/3.15") != (mode == config.On) {
				t.Errorf("the status is %+v", status)
			}
			w.waitFor(time.Date(2026, 12, 3, 0, 0, 0, 0, time.UTC))
			w.minute("the end", fmt.Sprintf("0 fail, %d succeed, 0 neither; the release manager's: \"success\"; into main: \"\"", count))
			if len(w.refused) > 0 {
				t.Errorf("GitHub refused %d requests: %s", len(w.refused), w.refused[0])
			}
		})
	}
}

// waitFor lets time pass until a time. The repository is swept three hours before it.
func (w *winter) waitFor(at time.Time) {
	w.Helper()
	w.run(at.Add(-3 * time.Hour))
	w.must(w.reconciler.Sweep(w.Context()))
	w.run(at)
}

// awaits merges pull requests that request backports to 3.15.
func (w *winter) awaits(count int) {
	w.Helper()
	for i := range count {
		head := fmt.Sprintf("eric:fix-%d", i)
		_, err := w.cpython.Push(head, ghtest.Commit{Message: "Fix", From: "main",
			Files: map[string]ghtest.File{fmt.Sprintf("Lib/fix_%d.py", i): ghtest.Text(head)}})
		w.must(err)
		number, err := w.cpython.OpenPR(ghtest.PR{Title: fmt.Sprint("Fix ", i), Author: "eric", Head: head, Base: "main", Association: "MEMBER",
			Labels: []string{"skip issue", "skip news", "needs backport to 3.15"}})
		w.must(err)
		_, err = w.cpython.Merge(number, "dana")
		w.must(err)
	}
}

// backports are the pull requests into 3.15 that the bot opened.
func (w *winter) backports() (numbers []int) {
	w.Helper()
	for _, pr := range w.cpython.PRs() {
		if pr.Author == w.github.BotLogin() && pr.Base == "3.15" {
			numbers = append(numbers, pr.Number)
		}
	}
	return numbers
}

// TestThawFreesBackports: backports that wait for the end of a freeze, by command or by the
// release data, are opened within a minute of it, once each.
func TestThawFreesBackports(t *testing.T) {
	t.Parallel()
	const count = 10
	final := time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
	calendar := finals(t, final)
	for name, c := range map[string]struct {
		mode   config.Mode
		freeze time.Time
		thaw   string // "": the release data
	}{
		"command":                {config.Tracked, time.Date(2026, 11, 29, 15, 0, 0, 0, time.UTC), "thaw 3.15"},
		"the release data":       {config.Tracked, final.AddDate(0, 0, -2), ""},
		"without tracking issue": {config.On, final.AddDate(0, 0, -2), ""},
		"early":                  {config.Tracked, final.AddDate(0, 0, -2), "thaw 3.15"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := config.Preset()
			settings.Freeze.Mode = c.mode
			w := newWinterBy(t, settings, 1, func(time.Time) *lifecycle.Calendar { return calendar })
			w.waitFor(c.freeze)
			if c.freeze.Before(final.AddDate(0, 0, -2)) {
				w.says("freeze 3.15")
			}
			w.rest()
			w.awaits(count)
			w.rest()
			w.run(w.clock().Add(7 * time.Hour)) // each looks again after six hours
			if n := len(w.backports()); n != 0 || w.status(w.theirs[0]).State != "failure" {
				t.Fatalf("during the freeze, %d backports were opened; the status is %+v", n, w.status(w.theirs[0]))
			}
			if c.thaw == "" {
				w.waitFor(final.AddDate(0, 0, 1))
			} else {
				w.says(c.thaw)
				w.flush()
			}
			w.run(w.clock().Add(time.Minute))
			if n := len(w.backports()); n != count {
				t.Errorf("a minute after the thaw, %d backports are open, want %d", n, count)
			}
			w.rest()
			w.run(w.clock().Add(12 * time.Hour))
			if n := len(w.backports()); n != count {
				t.Errorf("in the end, there are %d backports, want %d", n, count)
			}
			if len(w.refused) > 0 {
				t.Errorf("GitHub refused %d requests: %s", len(w.refused), w.refused[0])
			}
		})
	}
}

// TestFreezeThatMoves: the release slips while its branch is frozen, by a day and then by
// ten. The hourly sweep finds it, and the freeze comes again at its new time.
func TestFreezeThatMoves(t *testing.T) {
	t.Parallel()
	for _, mode := range []config.Mode{config.Tracked, config.On} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			final := time.Date(2026, 12, 2, 0, 0, 0, 0, time.UTC)
			known := map[int]*lifecycle.Calendar{}
			for _, slip := range []int{0, 1, 10} {
				known[slip] = finals(t, final.AddDate(0, 0, slip))
			}
			slips := 0
			settings := config.Preset()
			settings.Freeze.Mode = mode
			w := newWinterBy(t, settings, 3, func(time.Time) *lifecycle.Calendar { return known[slips] })
			start := final.AddDate(0, 0, -2)
			w.waitFor(start)
			for _, step := range []struct {
				slip int
				at   time.Time
				want string
			}{
				{0, start, "failure: Frozen until 2026-12-03: ask hugovk"},
				{1, start.Add(26 * time.Hour), "failure: Frozen until 2026-12-04: ask hugovk"},
				{10, start.Add(30 * time.Hour), "success: 3.15 isn't frozen"},
				{10, start.AddDate(0, 0, 10), "failure: Frozen until 2026-12-13: ask hugovk"},
				{10, start.AddDate(0, 0, 13), "success: 3.15 isn't frozen"},
			} {
				w.waitFor(step.at)
				slips = step.slip
				w.must(w.reconciler.Sweep(t.Context()))
				w.run(w.clock().Add(time.Minute))
				for _, number := range w.theirs {
					if s := w.status(number); s.State+": "+s.Description != step.want && (mode != config.On || step.want[0] != 's' || s.State != "success") {
						t.Errorf("at %s: %s: %s, want %s", step.at, s.State, s.Description, step.want)
					}
				}
			}
		})
	}
}
