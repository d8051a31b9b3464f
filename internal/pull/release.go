package pull

import (
	"slices"
	"strings"
	"time"
)

// ReleaseLook says what to load about the next release of a version.
type ReleaseLook struct {
	Version string
	Branch  string // where the version lives; "": nowhere, and only blockers are loaded
	Uncut   bool   // without Branch, it still lives on Default
	Default string // the default branch, from which backports come
	Frozen  bool   // what Said returns depends on it
	// Tags, one of which the last release has: the newest that exists counts, "v3.15.0b2".
	Tags []string
	// Blocker and Deferred are labels, with which issues and pull requests block the next
	// release or a later one.
	Blocker, Deferred string
	// Requested is the label with which merged pull requests still request a backport. ""
	// for a branch without backports: neither open pull requests nor merged ones are loaded.
	Requested string
	// Fixes are the labels of merged changes that the branch may lack, and Since is from
	// when on they are listed.
	Fixes []string
	Since time.Time
	// Entries is the directory of NEWS entries; "": they aren't read.
	Entries string
	// Told returns the files whose changes Later tells apart, by the branch's entries; nil: none.
	Told func(entries []File) []string
	// Said returns the pull requests of which it's read what people said, by all else that was
	// loaded; nil: none.
	Said func(Release) []int
	// Heard returns those of a pull request's comments that are kept. It goes with Said.
	Heard func([]Comment) []Comment
}

// Release is what GitHub shows about the next release of a version. What the look didn't
// name is empty.
type Release struct {
	Branch string // the look's, or the default branch if that's uncut
	Tip    string // the branch's newest commit; "" if it doesn't exist
	Tag    string // the newest of the look's that exists; "" if none does
	Tagged string // its commit
	// Blockers are open, the oldest first. MoreBlockers: GitHub didn't show all.
	Blockers     []Blocker
	MoreBlockers bool
	// Commits of the branch, the newest first.
	Commits []BranchCommit
	Open    []Incoming // into the branch, the oldest first
	// Said is by number, and Me is this App's login in the comments, as Request.Me.
	Said   map[int]Said
	Me     string
	Merged []Summary // into the default branch: what the branch may lack
	Into   []Summary // touched since then
	// Incomplete: there are too many pull requests to list.
	Incomplete bool
	// Later is what came to the branch since the tag.
	Later Landed
	// Entries are the files below the look's directory, if EntriesRead.
	Entries     []File
	EntriesRead bool
	// Checked is what checks reported on the branch, for its nightly build; see
	// Looks.Checked.
	Checked BranchChecks
}

// Blocker is an open issue or pull request that blocks a release.
type Blocker struct {
	Number    int
	Pull      bool
	Title     string
	Deferred  bool // a later one
	Labels    []string
	Milestone string // its title; "" for none
	Base      string // of a pull request
	Created   time.Time
}

// Incoming is an open pull request into the branch.
type Incoming struct {
	Summary                    // with Reviews
	Fresh    map[string]Review // those of Reviews that are of its head, unless the reviewer was asked again
	Created  time.Time         // when it was opened
	Approved time.Time         // when someone with write access last approved it; zero for never
	Moved    time.Time         // when its base last changed; zero for never
}

// Said is what people said on a pull request.
type Said struct {
	Comments []Comment         // those of the newest that the look keeps
	Reviews  map[string]Review // as Incoming.Fresh
	Moved    time.Time         // as Incoming.Moved
}

// BranchCommit is a commit of a branch, with what others reported on it.
type BranchCommit struct {
	SHA     string
	Subject string
	Pull    int // the pull request that brought it; 0 if none is known
	At      time.Time
	Checks  Rollup
}

// Rollup is the state of all statuses and check runs of a commit ("StatusState", GraphQL
// API).
type Rollup string

const (
	NoChecks Rollup = ""
	Green    Rollup = "SUCCESS"
	Red      Rollup = "FAILURE"
	Broken   Rollup = "ERROR"
	Running  Rollup = "PENDING"
	Awaited  Rollup = "EXPECTED"
)

// sortedReleases has each version once; of several looks at one, the first counts.
func sortedReleases(all []ReleaseLook) []ReleaseLook {
	slices.SortStableFunc(all, func(a, b ReleaseLook) int { return strings.Compare(a.Version, b.Version) })
	return slices.CompactFunc(all, func(a, b ReleaseLook) bool { return a.Version == b.Version })
}
