package conflict

import (
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// pause is how long GitHub gets to compute whether pull requests are mergeable, which
	// it starts when asked.
	pause = 2 * time.Minute
	// maxChecks limits the checks in a row. The next push finds what is still unknown.
	maxChecks = 3
)

// Watch remembers when all open pull requests of a repository were last checked for
// conflicts, and where the branches were then. A push makes others conflict, and GitHub
// sends no event about that.
type Watch struct {
	Checked time.Time         `json:"looked"`
	Tips    map[string]string `json:"tips"`
	Row     int               `json:"asked"` // checks in a row for which GitHub wasn't done
}

// Next returns when to check again, or zero for never. The settings limit how often, since
// pushes to a busy branch would use up the hour's requests.
func (w Watch) Next(r pull.Repository, set config.Conflicts) time.Time {
	if set.Mode != config.On {
		return time.Time{}
	}
	if w.Row > 0 {
		return w.Checked.Add(pause)
	}
	for branch, tip := range r.Tips {
		if (branch == r.DefaultBranch || lifecycle.ValidVersion(branch)) && w.Tips[branch] != tip {
			return w.Checked.Add(time.Duration(set.Every) * time.Minute)
		}
	}
	return time.Time{}
}

// Check is what a check of all open pull requests found.
type Check struct {
	Wrong   []int // pull requests whose label for conflicts is wrong
	Unknown int   // those of which GitHub doesn't know yet
	Watch   Watch
	Again   time.Time // check again then; zero: after the next push
}

// Found is the answer to a check.
type Found struct {
	All    []pull.Mergeability // of all open pull requests
	Failed bool                // GitHub didn't answer
	At     time.Time
}

// Judge compares what was found in a repository with the pull requests' labels.
func (w Watch) Judge(r pull.Repository, found Found, set config.Conflicts) Check {
	c := Check{Watch: Watch{Checked: found.At, Tips: r.Tips, Row: w.Row + 1}}
	for _, m := range found.All {
		switch {
		case m.Unknown:
			c.Unknown++
		case m.Conflicts != m.HasLabel(set.Label):
			c.Wrong = append(c.Wrong, m.Number)
		}
	}
	if c.Unknown == 0 && !found.Failed || c.Watch.Row >= maxChecks {
		c.Watch.Row = 0
	} else {
		c.Again = found.At.Add(pause)
	}
	return c
}
