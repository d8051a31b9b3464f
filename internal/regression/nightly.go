package regression

import (
	"slices"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// nightLength is how long after its hour a build may still be started. A bot that was down
// all night lets it be.
const nightLength = 8 * time.Hour

// Tonight is when the night began that a time is in; false if it's in none.
func Tonight(s config.NightlyBuilds, now time.Time) (began time.Time, is bool) {
	now = now.UTC()
	began = time.Date(now.Year(), now.Month(), now.Day(), s.At, 0, 0, 0, time.UTC)
	if began.After(now) {
		began = began.AddDate(0, 0, -1)
	}
	return began, now.Sub(began) < nightLength
}

// Due reports whether the build of a branch whose tip is head should be started: once a
// night, and only if no build has seen the commit. builds are the workflow's, whoever
// started them.
func Due(s config.NightlyBuilds, now time.Time, head string, builds []pull.Build) bool {
	began, is := Tonight(s, now)
	return is && head != "" && !slices.ContainsFunc(builds, func(b pull.Build) bool {
		return !b.Began.Before(began) || b.SHA == head && b.Shows
	})
}

// NightState is how the newest night of a branch went.
type NightState string

// The states.
const (
	NightPassed  NightState = "passed"
	NightFailed  NightState = "failed"
	NightRunning NightState = "running"
	NightNone    NightState = "none" // no build is among the newest hundred commits
)

// NightlyOutcome is the newest nightly build of a branch, for readiness.
type NightlyOutcome struct {
	Branch   string     `json:"branch"`
	Workflow string     `json:"workflow"`
	State    NightState `json:"state"`
	SHA      string     `json:"sha,omitempty"` // what it built
	At       time.Time  `json:"at,omitzero"`
	URL      string     `json:"url,omitempty"`
	// Since is the first night that failed, if it failed; LastGood what the last good one
	// built, "" if that's unknown.
	Since    time.Time `json:"since,omitzero"`
	LastGood string    `json:"last_good,omitempty"`
}

// Night tells how the nightly build of a branch went, from its checks; false if the
// settings have none.
func Night(s config.Rules) func(branch string, b pull.BranchChecks, now time.Time) (NightlyOutcome, bool) {
	return func(branch string, b pull.BranchChecks, now time.Time) (NightlyOutcome, bool) {
		return night(s, branch, b, now)
	}
}

func night(s config.Rules, branch string, b pull.BranchChecks, now time.Time) (out NightlyOutcome, has bool) {
	out = NightlyOutcome{Branch: branch, Workflow: s.NightlyBuilds.Of(branch), State: NightNone}
	if out.Workflow == "" {
		return out, false
	}
	check, t := NightlyCheck(out.Workflow), termsOf(s, now)
	for _, c := range b.Commits {
		for _, run := range c.Runs {
			// A build that passed in a later attempt is there twice: as failed, too.
			if run.Check != check || run.At.Before(out.At) || run.At.Equal(out.At) && out.State == NightPassed {
				continue
			}
			state := map[pull.RunOutcome]NightState{pull.RunGood: NightPassed, pull.RunBad: NightFailed, pull.RunPending: NightRunning}
			out.State, out.SHA, out.At, out.URL = state[t.outcome(run)], c.SHA, run.At, run.URL
		}
	}
	rounds := t.Rounds(b, check)
	if n := len(rounds); n > 0 && rounds[n-1].Fixed < 0 && out.State == NightFailed {
		last := rounds[n-1]
		out.Since = last.Run.At
		if last.Known() {
			out.LastGood = b.Commits[last.Good].SHA
		}
	}
	return out, true
}
