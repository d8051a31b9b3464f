package freeze

import (
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// Planned are the versions that are closed at a time, as the release data and the settings
// have it, oldest first, and when that changes next; zero: not foreseen. Commands don't
// count.
func (c Config) Planned(now time.Time) (closed []string, next time.Time) {
	var versions []string
	for _, s := range c.Calendar().Schedules() {
		versions = append(versions, s.Version)
	}
	for _, o := range c.Backport.Overrides {
		versions = append(versions, o.Version)
	}
	slices.SortFunc(versions, lifecycle.Compare)
	for _, version := range slices.Compact(versions) {
		if !c.about(version) {
			continue
		}
		if b, known := c.Backport.Life(c.Calendar(), version, now); known && b.Phase == lifecycle.FinalFreeze {
			closed = append(closed, version)
		}
		start, end := c.planned(version)
		for _, at := range []time.Time{start, end} {
			if at.After(now) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return closed, next
}
