package abi

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/newscheck"
)

// revert is what a change says that it takes back, or brings back.
type revert struct {
	markers newscheck.Markers
	title   string // innermost of Revert "Revert "…""; the change's own if it reverts nothing
	times   int
	message string
}

func readRevert(markers newscheck.Markers, message string) revert {
	r := revert{markers: markers, title: subject(message), message: message}
	for {
		back, reverts := markers.Reverted(r.title)
		if !reverts {
			return r
		}
		r.title = back
		r.times++
	}
}

// takes reports whether the change takes something back. A revert of a revert brings it
// back.
func (r revert) takes() bool { return r.times%2 == 1 }

// of reports whether it takes back a change: one of that title, or one that brought that back.
func (r revert) of(commit, title string) bool {
	other := readRevert(r.markers, title)
	return !other.takes() && r.markers.Words(other.title) == r.markers.Words(r.title) ||
		commit != "" && strings.Contains(r.message, "This reverts commit "+commit)
}
