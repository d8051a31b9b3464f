package release

import (
	"fmt"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/regression"
)

// night is how the nightly build of a branch went; nil if the settings have none.
func (c *Config) night(branch string, b pull.BranchChecks, now time.Time) *regression.NightlyOutcome {
	if c.Nightly == nil || branch == "" {
		return nil
	}
	out, has := c.Nightly(branch, b, now)
	if !has {
		return nil
	}
	return &out
}

// checkedBranches are the branches whose nightly build the readiness of a version looks at.
func (c *Config) checkedBranches(look pull.ReleaseLook) (all []string) {
	branches := []string{look.Branch}
	if look.Uncut {
		branches = append(branches, look.Default)
	}
	for _, branch := range branches {
		if c.night(branch, pull.BranchChecks{}, time.Time{}) != nil {
			all = append(all, branch)
		}
	}
	return all
}

// byNight notes a nightly build that failed: the tools that make the release are broken.
func (r *Readiness) byNight() {
	switch n := r.Nightly; {
	case n == nil:
	case n.State == regression.NightFailed:
		r.object(failedNight, r.Branch, day(n.Since))
	case n.State == regression.NightNone:
		r.doubt(fmt.Sprintf(nightNone, r.Branch))
	}
}

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }

// nightTable says how the nightly build went.
func (r Readiness) nightTable() []Table {
	n := r.Nightly
	if n == nil {
		return nil
	}
	text := fmt.Sprintf(nightNone, r.Branch)
	switch n.State {
	case regression.NightPassed:
		text = fmt.Sprintf(nightPassed, r.Branch, n.SHA, day(n.At))
	case regression.NightRunning:
		text = fmt.Sprintf(nightRunning, r.Branch, n.SHA)
	case regression.NightFailed:
		text = fmt.Sprintf(nightFailed, r.Branch, n.SHA, day(n.At))
		if n.LastGood != "" {
			text += fmt.Sprintf(nightGood, n.LastGood)
		} else {
			text += nightNeverGood
		}
	}
	return []Table{{Title: "Nightly build", Note: text}}
}
