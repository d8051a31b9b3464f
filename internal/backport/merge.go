package backport

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// managed tells whether only the release manager merges in a phase.
func managed(p lifecycle.Phase) bool {
	return p == lifecycle.Security || p == lifecycle.FinalFreeze || p == lifecycle.EndOfLife
}

// merge has an approved backport merged, where people other than the release
// manager may. An auto-merge outlives a push, so GitHub is told to merge later only
// where the branch's rules don't let through what nobody approved.
func (c *child) merge(clear bool) {
	c.wants.Hold = true
	if !clear || c.r.Draft || !c.mergeable() {
		return
	}
	approved, unread := c.approvals()
	if len(approved) == 0 {
		if unread { // not the time to undo anything
			c.wants.Hold, c.wants.Again = false, c.r.Now.Add(c.patience())
		}
		return
	}
	if until := c.silentUntil(approved); c.r.Now.Before(until) {
		c.wants.Waits, c.wants.Again = true, until
		return
	}
	guarded := c.r.Guarded[c.r.Base]
	c.wants.Hold = false
	c.wants.Merge = &pull.MergePull{
		Title: fmt.Sprintf("%s (GH-%d)", strings.Join(strings.Fields(c.r.Title), " "), c.r.Key.Number),
		Body:  commitBody(c.r.Body),
		Auto:  guarded,
	}
	switch {
	case c.r.MergeState == pull.MergeUnknown:
		c.wants.Again = c.r.Now.Add(time.Minute)
	case c.r.MergeState != pull.MergeClean && (!c.r.AutoMerge || c.r.AutoMergeMine && !guarded):
		c.wants.Again = c.r.Now.Add(c.patience()) // no event tells that a status turned green
	}
}

// mergeable tells whether the bot merges such a backport at all.
func (c *child) mergeable() bool {
	for _, review := range c.r.Reviews {
		if review == pull.ChangesRequested {
			return false
		}
	}
	b, known := c.life(c.r.Base, c.r.Now)
	return c.Settings.Merge == config.AutoMerge && !c.r.HasLabel(c.Settings.HoldLabel) && known && !managed(b.Phase)
}

// approvals are those that count, earliest first. unread: there may be more, but
// nobody knows the core developers now.
func (c *child) approvals() (counted []pull.Approval, unread bool) {
	standing := c.r.Standing()
	least, others := approvalRoles[c.Settings.ApprovalRole]
	for _, a := range standing {
		if c.r.IsCore(a.By) || others && (least <= pull.Write || c.r.People[strings.ToLower(a.By)] >= least) {
			counted = append(counted, a)
		}
	}
	slices.SortFunc(counted, func(a, b pull.Approval) int { return a.At.Compare(b.At) })
	return counted, c.r.CoreFault != "" && len(counted) < len(standing)
}

// approvalRoles are the values of ApprovalRole; whoever is among the approvals may
// write.
var approvalRoles = map[string]pull.Role{"write": pull.Write, "maintain": pull.Maintain, "admin": pull.Admin}

// unranked are those who approved, and whose role must be known.
func (c *Config) unranked(r *pull.Request) []string {
	if approvalRoles[c.Settings.ApprovalRole] <= pull.Write {
		return nil
	}
	var logins []string
	for _, a := range r.Standing() {
		if !r.IsCore(a.By) {
			logins = append(logins, a.By)
		}
	}
	return logins
}

// silentUntil is until when it means nothing that nobody else reported on the head;
// zero where somebody did, or nothing is waited for, whatever the clocks. That's
// counted from when the head had come for sure.
func (c *child) silentUntil(approved []pull.Approval) time.Time {
	if c.r.Heard || c.Settings.WaitForChecks == 0 {
		return time.Time{}
	}
	since := approved[0].At
	if seen := c.r.HeadSeen; !seen.IsZero() && seen.Before(since) {
		since = seen
	}
	return since.Add(time.Duration(c.Settings.WaitForChecks) * time.Minute)
}

// patience is the pause before an approved backport is looked at again: the
// longer nothing happened to it, the longer.
func (c *child) patience() time.Duration {
	return min(max(c.r.Now.Sub(c.r.UpdatedAt)/2, 5*time.Minute), 6*time.Hour)
}
