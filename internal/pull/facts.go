package pull

import (
	"strconv"
	"strings"
)

// Facts says which parts of a Request are loaded. Every part costs requests, so a rule
// names only what it reads, or what it writes and must compare.
type Facts uint

const (
	Files    Facts = 1 << iota // Request.Files
	Commits                    // Request.Commits
	Statuses                   // Request.Statuses, Request.EarlierStatuses
	Checks                     // Request.Checks
	Notes                      // Request.Notes, Request.NotesDeleted
	Events                     // Request.Events, Request.HeadSeen, Request.HeadDated
	Reviews                    // Request.Reviews, Request.Approvals, Request.Reviewers, Request.Assignees
	Merging                    // Request.MergeState, Request.AutoMerge, Request.AutoMergeMine, Request.Heard
	Comments                   // Request.Comments
	Opinions                   // Request.Opinions
	Team                       // Request.Core, Request.CoreFault
	Mentions                   // Request.Mentions, Request.Closes, Request.MoreCloses
	AuditLog                   // Request.AuditLog
)

// factNames are the facts' names, in the order of their bits.
var factNames = [...]string{
	"Files", "Commits", "Statuses", "Checks", "Notes", "Events", "Reviews", "Merging", "Comments", "Opinions", "Team", "Mentions", "AuditLog",
}

// String returns the names: "Files|Notes". Bits without a name are a number.
func (f Facts) String() string {
	var names []string
	for i, name := range factNames {
		if bit := Facts(1) << i; f&bit != 0 {
			names, f = append(names, name), f&^bit
		}
	}
	if f != 0 || len(names) == 0 {
		names = append(names, strconv.FormatUint(uint64(f), 10))
	}
	return strings.Join(names, "|")
}
