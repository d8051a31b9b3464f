package release

import (
	"fmt"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Checks are what others reported on a branch.
type Checks struct {
	State string `json:"state"` // of the head: "green", "red", "running" or "none"
	// Finished is the newest commit whose checks have ended.
	Finished *Commit `json:"finished,omitempty"`
	// RedSince is the first commit of those that are red up to Finished, and LastGreen the
	// one before. Without LastGreen, it may have been red before.
	RedSince  *Commit `json:"red_since,omitempty"`
	LastGreen *Commit `json:"last_green,omitempty"`
}

// Commit of a branch.
type Commit struct {
	SHA     string `json:"commit"`
	Subject string `json:"subject"`
	Pull    int    `json:"number,omitempty"` // the pull request that brought it
	Date    string `json:"date"`
}

// checksOf reads the states of a branch's commits, the newest first.
func checksOf(commits []pull.BranchCommit) Checks {
	c := Checks{State: "none"}
	for i, of := range commits {
		commit := Commit{of.SHA, oneLine(of.Subject), of.Pull, of.At.Format(time.DateOnly)}
		red := of.Checks == pull.Red || of.Checks == pull.Broken
		switch {
		case i == 0 && red:
			c.State = "red"
		case i == 0 && of.Checks == pull.Green:
			c.State = "green"
		case i == 0 && of.Checks != pull.NoChecks:
			c.State = "running"
		}
		switch {
		case !red && of.Checks != pull.Green:
			continue
		case c.Finished == nil:
			c.Finished = &commit
		}
		if red {
			c.RedSince = &commit
			continue
		}
		if c.RedSince != nil {
			c.LastGreen = &commit
		}
		break
	}
	return c
}

// String names a commit, with the pull request that brought it.
func (c Commit) String() string {
	if c.Pull != 0 {
		return fmt.Sprintf("%.10s (#%d)", c.SHA, c.Pull)
	}
	return fmt.Sprintf("%.10s", c.SHA)
}

// byChecks notes what the branch's checks say.
func (r *Readiness) byChecks(tip string) {
	c := r.Checks
	switch {
	case tip == "":
	case c.RedSince != nil:
		r.object(redBranch, r.Branch, c.since())
	case c.State == "running" && c.Finished != nil:
		r.doubt(fmt.Sprintf(runningSince, r.Branch, c.Finished))
	case c.State == "running":
		r.doubt(fmt.Sprintf(runningOnly, r.Branch))
	case c.State == "none":
		r.doubt(fmt.Sprintf(noChecks, r.Branch, tip))
	}
}

// since says from which commit on the checks are red.
func (c Checks) since() string {
	if c.LastGreen == nil {
		return fmt.Sprintf(redOrEarlier, c.RedSince)
	}
	return c.RedSince.String()
}
