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

// managed reports whether only the release manager merges in a phase.
func managed(p lifecycle.Phase) bool {
	return p == lifecycle.Security || p == lifecycle.FinalFreeze || p == lifecycle.EndOfLife
}

// merge merges an approved backport, if others than the release manager may. An
// auto-merge outlives a push, so it's only used if the branch's rules don't let
// unapproved commits through.
func (c *backportPR) merge(clear bool) {
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
		c.wants.Again = c.r.Now.Add(c.patience()) // no event says that a status turned green
	}
}

// mergeable reports whether the bot merges such a backport at all.
func (c *backportPR) mergeable() bool {
	for _, review := range c.r.Reviews {
		if review == pull.ChangesRequested {
			return false
		}
	}
	if c.refused() {
		return false
	}
	b, known := c.Life(c.r.Base, c.r.Now)
	return c.Settings.Merge == config.AutoMerge && !c.r.HasLabel(c.Settings.HoldLabel) && known && !managed(c.phase(c.r, b))
}

// refused reports whether a release manager said no to the backport, here or on the original,
// or may have: strangers can write more comments there than can be read.
func (c *backportPR) refused() bool {
	switch {
	case recall(c.original.Notes[statusKey].Data).Rows[c.r.Base].Refused, c.decision(c.r, c.r.Base).Kind == pull.Refused:
		return true
	case c.Decisions == nil, named(c.r) == 0: // someone changed the title: whose backport it is isn't known
		return false
	}
	thread, read := c.r.Threads[c.original.Number]
	unread := func(o pull.Comment) bool { return o.Unread && o.Editor == "" && c.managesAny(o.By) }
	if read && c.original.Number != 0 && !thread.More && !slices.ContainsFunc(thread.Comments, unread) {
		return pull.Once(c.r, refusedThere{c.original.Number, c.r.Base}, func() bool {
			return c.decision(c.Elsewhere(c.r, c.original, thread.Comments), c.r.Base).Kind == pull.Refused
		})
	}
	c.wants.Again = c.r.Now.Add(c.patience())
	return true
}

// refusedThere is the key of what refused read on an original: all comments there, so once is
// enough.
type refusedThere struct {
	number  int
	version string
}

// approvals returns those that count, earliest first. unread: there may be more, but the
// core developers are unknown now.
func (c *backportPR) approvals() (counted []pull.Approval, unread bool) {
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

// approvalRoles are the values of ApprovalRole. Everyone among the approvals has write
// access.
var approvalRoles = map[string]pull.Role{"write": pull.Write, "maintain": pull.Maintain, "admin": pull.Admin}

// unranked returns those who approved and whose role must be known.
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

// silentUntil returns until when missing reports on the head mean nothing, counted from
// when the head had certainly come. It's zero if someone reported, or if nothing is
// waited for.
func (c *backportPR) silentUntil(approved []pull.Approval) time.Time {
	if c.r.Heard || c.Settings.WaitForChecks == 0 {
		return time.Time{}
	}
	since := approved[0].At
	if seen := c.r.HeadSeen; !seen.IsZero() && seen.Before(since) {
		since = seen
	}
	return since.Add(time.Duration(c.Settings.WaitForChecks) * time.Minute)
}

// patience is the pause before an approved backport is checked again: the longer nothing
// happens, the longer.
func (c *backportPR) patience() time.Duration {
	return min(max(c.r.Now.Sub(c.r.UpdatedAt)/2, 5*time.Minute), 6*time.Hour)
}
