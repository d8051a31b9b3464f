package pull

import "time"

// State of a pull request.
type State string

const (
	Open   State = "open"
	Closed State = "closed" // without a merge
	Merged State = "merged"
)

// Request is a pull request, or an issue, at one moment: everything that rules may read.
// Parts that Facts doesn't name are empty because they weren't loaded, not because there
// is nothing.
type Request struct {
	Key         Key
	Issue       bool      // a true issue: it has no branches, commits, files and checks
	Now         time.Time // when the snapshot was loaded
	CreatedAt   time.Time // GitHub's created_at; zero for a local range
	UpdatedAt   time.Time // GitHub's updated_at
	Title, Body string
	BodyAt      time.Time // when Body was read; zero: it changed while the rest was loaded
	State       State
	Draft       bool
	Author      string // login
	Bot         bool   // the author isn't a person
	Own         bool   // opened by this App
	Me          string // login of this App without "[bot]"; "" for a local range
	// Association is GitHub's author_association, such as NONE or MEMBER. It's wrong for
	// private members of an organization: never authorize by it.
	Association   string
	Public        bool   // anybody can read the repository
	Page          string // address of the page that shows this to anybody; "" if there's none
	Base          string // the branch to merge into
	DefaultBranch string
	Head          string // commit at the tip, full id
	HeadBranch    string // where the commits come from
	HeadOwner     string // owner of HeadBranch's repository; "" if it was deleted
	Labels        []string
	ClosedAt      time.Time // or merged; zero while open
	Merge         *Merge    // nil unless merged

	// Settings is the repository's own settings file on its default branch: nil if it
	// doesn't exist, MaxContent+1 zeros if it's larger than MaxContent.
	Settings []byte
	// LabelRules is the repository's file of label rules, in the same form.
	LabelRules []byte

	Facts Facts
	Memo  *Memo // nil: no memo

	Files []File
	// FilesOmitted counts changed files that GitHub doesn't list: it stops at 3,000 ("List
	// pull requests files", REST API).
	FilesOmitted int
	// Additions and Deletions count changed lines.
	Additions, Deletions int

	// Commits, oldest first. GitHub lists the first 250.
	Commits        []Commit
	CommitsOmitted int

	// Statuses are the newest commit statuses on Head, by context.
	Statuses map[string]Status
	// EarlierStatuses are contexts this bot may have set on any listed commit
	// of the pull request, Head included.
	EarlierStatuses map[string]bool

	// Checks are the newest check runs of this App on Head, by name.
	Checks map[string]CheckState

	// Notes are this App's own comments, by key.
	Notes map[string]PostedNote
	// NotesDeleted counts this App's comments that someone deleted.
	NotesDeleted int
	// NotesHidden: GitHub leaves comments out of its answer, maybe including this App's
	// own.
	NotesHidden bool

	// Events of the history, oldest first.
	Events []Event
	// HeadSeen is when this bot had seen Head here at the latest, or zero if nothing shows
	// it. HeadDated is the date in Head's commit. See HeadCame.
	HeadSeen, HeadDated time.Time

	// Reviews are the latest opinions (approval or changes requested) of people with write
	// access, by login.
	Reviews   map[string]Review
	Approvals []Approval // of Head, by people; see Standing
	Reviewers []string   // logins whose review is requested now
	Assignees []string   // logins

	MergeState MergeState
	// AutoMerge: GitHub will merge it when its conditions are met. Mine: this App enabled
	// that.
	AutoMerge, AutoMergeMine bool
	// Heard: someone other than this App reported a status or check run on Head.
	Heard bool

	// Comments of people and Apps, oldest first. This App's own comments with a key are in
	// Notes.
	Comments []Comment
	// Opinions are everyone's reviews that approved or requested changes, oldest first,
	// without dismissed ones.
	Opinions []Opinion
	// Core are the core developers: the active members of the configured team, in lower
	// case. CoreFault says why they're unknown; rules that need them do nothing then.
	Core      map[string]bool
	CoreFault string
	// Mentions are the repository's pull requests whose text mentions this issue.
	Mentions []Summary
	// Closes are the repository's issues that this pull request closes, by its text or a
	// link. MoreCloses: GitHub didn't show all.
	Closes     []int
	MoreCloses bool
	// AuditLog is what the bot did here, as far as its audit log goes back, oldest first.
	AuditLog []LogEntry

	// Branches and Others are what the Looks of rules requested. A branch or pull request
	// that doesn't exist is in the map too, as a zero value.
	Branches map[string]Branch
	Others   map[int]Summary
	Into     map[string][]Summary // the newest 30, newest first
	// Behind is when this one, or one of these pull requests, was seen in a later state
	// than GitHub shows now; zero: none was.
	Behind   time.Time
	Issues   map[int]Issue
	People   map[string]Role       // by login, in lower case
	Compared map[string]Comparison // the head, or the merged commit, compared with a branch
	Guarded  map[string]bool       // whether a branch's review rules dismiss approvals after a push
	// Checked are what was reported on branches' commits.
	Checked  map[string]BranchChecks
	Known    map[string]bool    // whether the repository has a label, by its name in lower case
	Releases map[string]Release // by version
	Blobs    map[string]string  // git's id of a branch's file, see BlobID; "" if it doesn't exist
	Threads  map[int]Thread
	Open     map[string][]OpenSummary // into a branch
	// Awaiting are merged pull requests with a label, touched within AwaitingFor.
	Awaiting map[string][]int

	// Pointers are pull requests that pointed here (Want.Points), as far as the audit log
	// goes back: the newest MaxPointers, oldest first.
	Pointers []int
	// Listed are issues in whose lists this App wrote this pull request's line, as far as
	// the audit log goes back: the newest MaxListed, oldest first.
	Listed []int

	// Picked holds the results of this run's picks, by target branch, and of reverts, by
	// RevertOn.
	Picked map[string]Picked
}

// MaxPointers limits Request.Pointers: a change goes to few branches.
const MaxPointers = 20

// MaxListed limits Request.Listed.
const MaxListed = 5

// Merge is how a pull request was merged.
type Merge struct {
	SHA     string // the squash commit, the merge commit, or the last commit of a rebase
	Message string
	Parents int
	Author  string // of the commit: "NAME <E-MAIL>"
	Rebased bool   // the commit before it is also from this pull request
	By      string // login of who merged
	At      time.Time
}

// MergeState is GitHub's MergeStateStatus (GraphQL API).
type MergeState string

const (
	MergeClean   MergeState = "clean" // could be merged now, all is green
	MergeBlocked MergeState = "blocked"
	MergeBehind  MergeState = "behind"
	MergeDirty   MergeState = "dirty"   // conflicts with the base, drafts too
	MergeUnknown MergeState = "unknown" // not computed yet
)

// FirstTime reports whether GitHub knows no merged change by the author. It's for
// texts and labels, and authorizes nothing.
func (r *Request) FirstTime() bool {
	return r.Association == "NONE" || r.Association == "FIRST_TIMER" || r.Association == "FIRST_TIME_CONTRIBUTOR"
}

// HasLabel reports whether the pull request has the label. GitHub compares label names
// without regard to case.
func (r *Request) HasLabel(name string) bool { return hasFold(r.Labels, name) }

// HasIssue reports whether the repository has an issue with this number, open or closed,
// that isn't a pull request. If nothing was looked up, as for a local range, it's true.
func (r *Request) HasIssue(number int) bool {
	issue, looked := r.Issues[number]
	return !looked || issue.Exists && !issue.Pull
}

// Change is what a pull request does to a file.
type Change string

const (
	Added    Change = "added"
	Modified Change = "modified"
	Renamed  Change = "renamed" // perhaps edited too
	Removed  Change = "removed"
)

// File is one changed file.
type File struct {
	Path     string
	Previous string // path before a rename
	Change   Change
	// Content at Head. It's nil if no rule's Reads requested it, for removed files, and if
	// it couldn't be read: there were too many, or its name isn't UTF-8.
	Content *Content
}

// Kind of an entry in a git tree.
type Kind string

const (
	Regular   Kind = "file"
	Symlink   Kind = "symlink"
	Submodule Kind = "submodule"
)

// MaxContent is the size up to which contents are loaded, in bytes. A NEWS entry or a
// settings file has a few hundred.
const MaxContent = 2 << 20

// Content of a file. Data is empty for submodules, for files larger than MaxContent, and
// for the last files if a pull request has too many bytes or too many files that aren't
// text. Size, in bytes, is right even then; it's 0 for submodules.
type Content struct {
	Kind Kind
	Size int64
	Data []byte
}

// Commit of a pull request.
type Commit struct {
	SHA     string
	Message string // subject, blank line, body
	Author  string // "NAME <E-MAIL>", "" where it lacks either
	Merge   bool   // has two parents or more
}

// CheckState is what the bot needs to know about a check run that it made. Digest is
// Check.Digest of what was written, or "" while the run is incomplete.
type CheckState struct {
	ID         int64
	Digest     string
	Conclusion Conclusion
}

// ReadLag is after how long GitHub's answers have a change, whichever copy gives them: they
// were seen to be 2 s old.
const ReadLag = 4 * time.Second

// PostedNote is a comment of this App. Digest is Note.Digest of what it wrote, and Data
// what the bot stored in it (Note.Data).
type PostedNote struct {
	ID     int64
	Node   string // its id in the GraphQL API
	Digest string
	Data   string
	Hidden bool // it was posted, but GitHub doesn't show it: the rest is unknown
}
