package release

import (
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Release data is written by hand, before and after releases. So what was released is what has a
// tag: a release that's due without one has slipped, or is being made.

// maxTags limits the releases whose tags are looked at, besides the last one that had happened when
// the data was written.
const maxTags = 12

// maybeLast are the releases one of which is the last one: the next one by its date, those expected
// before, and the newest that had happened when the data was written. The newest comes first.
func maybeLast(s lifecycle.Schedule, now time.Time) (all []lifecycle.Release) {
	end := slices.IndexFunc(s.Releases, func(r lifecycle.Release) bool { return r.Date.After(now) })
	switch {
	case end < 0:
		end = len(s.Releases)
	case s.Releases[end].Expected: // it may have come early
		end++
	}
	for _, r := range slices.Backward(s.Releases[:end]) {
		if !r.Expected {
			return append(all, r)
		}
		if len(all) < maxTags {
			all = append(all, r)
		}
	}
	return all
}

// tags of those releases.
func tags(all []lifecycle.Release) (names []string) {
	for _, r := range all {
		names = append(names, r.Tag())
	}
	return names
}

// happened is the last release: the newest with a tag, or else the newest that had happened when the
// data was written. nil: there's none.
func happened(s lifecycle.Schedule, f pull.Release, now time.Time) *lifecycle.Release {
	all := maybeLast(s, now)
	for _, r := range all {
		if f.Tagged != "" && r.Tag() == f.Tag || !r.Expected {
			return &r
		}
	}
	return nil
}

// following is the next release after the last one; nil if none is planned.
func following(s lifecycle.Schedule, last *lifecycle.Release) *lifecycle.Release {
	for _, r := range s.Releases {
		if last == nil || r.Date.After(last.Date) {
			return &r
		}
	}
	return nil
}
