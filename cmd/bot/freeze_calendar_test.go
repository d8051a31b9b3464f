package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/suite"
)

// finals are release data by which 3.15 is released on a day.
func finals(t *testing.T, day time.Time) *lifecycle.Calendar {
	t.Helper()
	at := func(days int) string { return day.AddDate(0, 0, days).Format(time.DateOnly) }
	calendar, err := lifecycle.Parse(nil, fmt.Appendf(nil, `{"metadata": {"3.15": {"pep": 790, "release_manager": "Hugo van Kemenade",
		"start_of_development": %q, "feature_freeze": %q, "first_release": %q, "end_of_life": "2031-10"}}, "releases": {"3.15": [
		{"stage": "3.15.0 candidate 1", "state": "expected", "date": %q}, {"stage": "3.15.0 final", "state": "expected", "date": %q}]}}`,
		at(-500), at(-150), at(0), at(-60), at(0)))
	if err != nil {
		t.Fatal(err)
	}
	return calendar
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
			w := newWinterOn(t, newDayBy(t, settings, filepath.Join(t.TempDir(), "concorde.db"), func(time.Time) *lifecycle.Calendar { return calendar }),
				count, mode == config.Tracked)
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
