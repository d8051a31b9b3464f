package pull

import (
	"slices"
	"time"
)

// MaxChecked is how many of a branch's newest commits are looked at: what broke before
// them is no one's in particular any more.
const MaxChecked = 100

// BranchChecks are a branch's newest commits, along first parents, and what was reported
// on them. A branch that doesn't exist has none.
type BranchChecks struct {
	Commits []CommitChecks // oldest first, at most MaxChecked
	More    bool           // the branch has older ones
	// Unread is how many of the commits have more reports than are read; those beyond are as if
	// they were missing.
	Unread int
	// Undecided are checks whose earlier results on a commit aren't read yet: too many were to
	// be read at once. The next load goes on.
	Undecided []string
}

// Decided reports whether all is read that shows since when a check fails.
func (b BranchChecks) Decided(check string) bool { return !slices.Contains(b.Undecided, check) }

// CommitChecks is one commit of a branch.
type CommitChecks struct {
	SHA     string
	Subject string
	Pull    int // the merged pull request that brought it; 0 if unknown
	Runs    []CheckRun
}

// RunOutcome is what a run of a check shows.
type RunOutcome string

// A cancelled or skipped run shows nothing, so it's none.
const (
	RunGood    RunOutcome = "good"
	RunBad     RunOutcome = "bad"
	RunPending RunOutcome = "pending"
)

// CheckRun is one run of a check on a commit: a status, a check run, a buildbot's comment
// on the commit or its pull request, or a nightly build.
type CheckRun struct {
	Check   string
	Outcome RunOutcome
	At      time.Time // of its end, or of its start while it's pending
	URL     string    // its details; "" if it has none
	Nightly bool
}

// CheckSource says which reports on a branch's commits count.
type CheckSource struct {
	// Watches reports whether a status or check run of this name counts.
	Watches func(check string) bool
	// Comment reads a comment by a login, on a commit or after the merge on its pull request;
	// nil: they aren't loaded.
	Comment func(by, body string) (report CommentReport, is bool)
	// Nightly is the workflow file of a branch's nightly build, and the check that it
	// counts as; "" for none.
	Nightly func(branch string) (workflow, check string)
	// Doubts are the runs whose earlier results matter: GitHub's list of a commit's checks
	// only has the newest.
	Doubts func(BranchChecks) []CheckDoubt
}

// CommentReport is what a buildbot's comment says.
type CommentReport struct {
	Check   string
	Outcome RunOutcome
	Commit  string // that was built: seven digits or more; "" if the comment doesn't say
	URL     string // of the build; "" likewise
}

// CheckDoubt is a check on a commit that may have had another result before.
type CheckDoubt struct{ SHA, Check string }

// On reports whether anything counts on a branch.
func (s CheckSource) On(branch string) bool {
	if s.Watches != nil || s.Comment != nil {
		return true
	}
	if s.Nightly == nil {
		return false
	}
	workflow, _ := s.Nightly(branch)
	return workflow != ""
}

// Build is one run of a branch's nightly build.
type Build struct {
	SHA   string // what it built
	Began time.Time
	Again bool // it ran before, and someone ran it again
	Shows bool // a cancelled one shows nothing
	Run   CheckRun
}

// Dispatch starts a workflow of the repository on a branch. It's about no pull request.
type Dispatch struct{ Workflow, Branch string }

func (a Dispatch) String() string { return "start " + a.Workflow + " on " + a.Branch }

// Kind implements Action.
func (Dispatch) Kind() string { return "dispatch" }
