package pull

import "time"

// Hold is that the bot does nothing on a pull request for a while, since somebody wants
// it so: it only reports, by statuses and check runs, since branch protection may wait
// for those.
type Hold struct {
	By    string    `json:"by"` // login
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"` // zero: until somebody ends it
	Why   string    `json:"why,omitempty"`
}

// reports is what's left of a want while a pull request is on hold. A merge that the rule
// had GitHub make later is taken back. What a comment would say isn't there for others to
// look at, so they aren't enqueued for it: they would enqueue this one in turn.
func (want Want) reports() Want {
	enqueue := want.Enqueue
	if len(want.Notes) > 0 {
		enqueue = nil
	}
	return Want{
		Statuses: want.Statuses, Checks: want.Checks, Enqueue: enqueue, Points: want.Points, Related: want.Related,
		Hold: want.Hold || want.Merge != nil,
	}
}

// String says it in one line: "on hold until 2026-12-05, by dana: the reason".
func (h *Hold) String() string {
	text := "on hold"
	if !h.Until.IsZero() {
		text += " until " + h.Until.UTC().Format(time.DateOnly)
	}
	text += ", by " + h.By
	if h.Why != "" {
		text += ": " + h.Why
	}
	return oneLine(text)
}
