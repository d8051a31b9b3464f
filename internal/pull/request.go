package pull

import "time"

// State of a pull request.
type State string

const (
	Open   State = "open"
	Closed State = "closed" // without a merge
	Merged State = "merged"
)

// Request is a pull request, or an issue, at one moment: everything that rules
// may look at.
// Parts that Facts does not name are empty because nobody asked, not because
// there is nothing.
type Request struct {
	Key         Key
	Issue       bool      // a true issue: it has no branches, commits, files and checks
	Now         time.Time // when the snapshot was loaded
	CreatedAt   time.Time // GitHub's created_at; zero for a local range
	UpdatedAt   time.Time // GitHub's updated_at
	Title, Body string
	BodyAt      time.Time // when Body was read; zero: it was changed while all else was loaded
	State       State
	Draft       bool
	Author      string // login
	Bot         bool   // the author is no person
	Own         bool   // opened by this App
	Me          string // login of this App without "[bot]"; "" for a local range
	// Association is GitHub's author_association, as NONE or MEMBER. It is
	// wrong for private members of an organisation: never authorise by it.
	Association   string
	Base          string // branch it is to be merged into
	DefaultBranch string
	Head          string // commit at the tip, full id
	HeadBranch    string // where the commits come from
	HeadOwner     string // whose repository has HeadBranch; "" where it is deleted
	Labels        []string
	ClosedAt      time.Time // or merged; zero while open
	Merge         *Merge    // nil unless merged

	// Settings is the repository's own settings file on its default branch,
	// nil where there is none, MaxContent+1 zeros where it is larger than
	// MaxContent.
	Settings []byte
	// LabelRules is the repository's file of label rules, likewise.
	LabelRules []byte

	Facts Facts
	Memo  *Memo // nil: nothing is remembered

	Files []File
	// FilesOmitted counts changed files that GitHub does not list: it stops at
	// 3,000 ("List pull requests files", REST API).
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
	// NotesDeleted counts comments of this App that people deleted.
	NotesDeleted int
	// NotesHidden: GitHub leaves comments out of its answer, and this App's own may be
	// among them.
	NotesHidden bool

	// Events of the history, oldest first.
	Events []Event
	// HeadSeen is by when this bot had seen Head here, zero where nothing shows it;
	// HeadDated what Head's committer claims. See HeadCame.
	HeadSeen, HeadDated time.Time

	// Reviews are the newest opinions (approval or changes requested) of people
	// who may write to the repository, by login.
	Reviews   map[string]Review
	Approvals []Approval // of Head, by people; see Standing
	Reviewers []string   // logins that are asked to review now
	Assignees []string   // logins

	MergeState MergeState
	// AutoMerge: GitHub will merge it when its conditions are met; Mine: this App
	// said so.
	AutoMerge, AutoMergeMine bool
	// Heard: somebody else than this App reported a status or check run on Head.
	Heard bool

	// Comments of people and of Apps, oldest first; those of this App that have a
	// key are in Notes.
	Comments []Comment
	// Opinions are the reviews that approved, or asked for changes, of everybody,
	// oldest first. Those that were dismissed are left out.
	Opinions []Opinion
	// Core are the core developers: the active members of the configured team, in
	// lower case. CoreFault says why nobody knows; rules that need them keep still
	// then.
	Core      map[string]bool
	CoreFault string
	// Mentions are pull requests of the repository whose text mentions this issue.
	Mentions []Summary
	// Closes are issues of the repository that close with this pull request: its text
	// says so, or somebody linked them. MoreCloses: GitHub didn't show all.
	Closes     []int
	MoreCloses bool
	// Trail is what the bot did here, as far as its log remembers, oldest first.
	Trail []Deed

	// Branches and Others are what the Looks of rules asked for. A branch or pull
	// request that is not there is in the map all the same, as a zero value.
	Branches map[string]Branch
	Others   map[int]Summary
	Into     map[string][]Summary // the newest 30, newest first
	// Behind: some of the pull requests in these were seen in a later state already.
	Behind   bool
	Issues   map[int]Issue
	People   map[string]Role       // by login, in lower case
	Compared map[string]Comparison // the head, or what it was merged as, with a branch
	Guarded  map[string]bool       // whether what a branch asks of reviews doesn't hold after another push
	Known    map[string]bool       // whether the repository has a label, by its name in lower case

	// Pointers are pull requests that pointed here (Want.Points), as far as the trail
	// remembers: the newest MaxPointers, oldest first.
	Pointers []int
	// Listed are issues in whose lists this App wrote this pull request's line, as far
	// as the trail remembers: the newest MaxListed, oldest first.
	Listed []int

	// Picked is what the picks of this very run came to, by target branch.
	Picked map[string]Picked
}

// MaxPointers are known of one pull request: a change goes to few branches.
const MaxPointers = 20

// MaxListed are known of one pull request.
const MaxListed = 5

// Merge is how a pull request was merged.
type Merge struct {
	SHA     string // of the squash commit, the merge commit, or the last commit of a rebase
	Message string
	Parents int
	Author  string // of the commit: "NAME <E-MAIL>"
	Rebased bool   // the commit before it came with this pull request too
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

// HasLabel tells whether the pull request bears the label. GitHub compares
// label names without regard to case.
func (r *Request) HasLabel(name string) bool { return hasFold(r.Labels, name) }

// HasIssue reports whether the repository has an issue with this number, open or closed;
// a pull request is none. Where nothing was looked up, as in a local range, it does.
func (r *Request) HasIssue(number int) bool {
	issue, looked := r.Issues[number]
	return !looked || issue.Exists && !issue.Pull
}

// Change says what a pull request does to a file.
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
	// Content at Head, nil where no rule's Reads asked for it, for removed files,
	// and where it could not be read: one of very many, or its name is not UTF-8.
	Content *Content
}

// Kind of an entry in a git tree.
type Kind string

const (
	Regular   Kind = "file"
	Symlink   Kind = "symlink"
	Submodule Kind = "submodule"
)

// MaxContent is the size up to which contents are loaded, in bytes. A NEWS
// entry or a settings file has a few hundred.
const MaxContent = 2 << 20

// Content of a file. Data is empty for submodules, for files larger than
// MaxContent, and for the last ones of a pull request with very many bytes, or
// very many files that are not text.
// Size, in bytes, tells the truth even then; it is 0 for submodules.
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

// CheckState is what the bot must know of a check run it made: Digest is
// Check.Digest of what was written, "" while it is incomplete.
type CheckState struct {
	ID         int64
	Digest     string
	Conclusion Conclusion
}

// PostedNote is a comment of this App: Digest is Note.Digest of what it wrote.
// Data is what the bot left in it for itself (Note.Data).
type PostedNote struct {
	ID     int64
	Node   string // its id in the GraphQL API
	Digest string
	Data   string
	Hidden bool // it was posted, and GitHub doesn't show it: all else is unknown
}
