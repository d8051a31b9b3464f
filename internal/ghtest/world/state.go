package world

import (
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// World is the state of a GitHub, with all changes. Its lock guards everything: hold it to read or change anything.
type World struct {
	sync.Mutex
	URL    string      // of the server, without a slash at the end
	Listen func(Event) // called at every event, with the lock held
	App    *App        // the one under test
	Git    *gitstore.Git
	Dir    string // where repositories are kept

	Users    map[string]*User         // by lower-case login
	RepoList []*Repo                  // in order of creation
	Installs map[string]*Installation // by lower-case login
	Tokens   map[string]*Token        // by value
	Visitor  *User                    // whose browser opens pages; nil: nobody's who is signed in
	Weather  Weather
	Dice     *mathrand.Rand // of the weather

	cfg     Config
	offset  time.Duration // how far Advance moved the clock
	lastID  int64
	repos   map[string]*Repo // by lower-case owner/name
	renamed map[string]*Repo // by a name that they had
	others  map[string]*App  // Apps other than the one under test, by slug
	teams   map[string]*Team // by lower-case org/slug

	codes    map[string]registered // of Apps just created from a manifest
	grants   map[string]Grant      // by code, of people who just authorized the App
	agreed   map[*User]bool        // who authorized the App once
	owners   map[*User][]*User     // of organizations
	requests []*InstallRequest
}

// Repo is a repository with its issues and pull requests; the world's lock guards it.
type Repo struct {
	World         *World
	ID            int64
	Owner         *User
	Name          string
	Dir           string
	Store         *gitstore.Store
	Parent        *Repo // of a fork
	Private       bool
	Installed     bool
	Deleted       bool
	Archived      bool // takes no writes
	DefaultBranch string
	Created       time.Time
	Pushed        time.Time

	Refs   map[string]string // full name to object
	onDisk map[string]string // the refs as git has them: behind until save
	Forks  map[string]*Repo  // by lower-case owner
	Labels map[string]*Label // by lower-case name
	last   int               // number of the newest issue or pull request
	Open   int               // how many are
	Issues map[int]*Issue

	Transferred map[int]*Issue // by the number that they had here
	Erased      map[int]bool   // numbers of deleted issues

	Roles       map[*User]string          // of collaborators
	protections map[string]Protection     // by branch or pattern
	reviewRules map[string]RequiredReview // of rulesets, by pattern
	Methods     []string                  // of merging; nil is all
	NoAutoMerge bool
	NoPlan      bool                 // for auto-merge
	waiting     map[int]*Issue       // open pull requests with auto-merge
	Queues      map[string][]*Queued // by base branch, of those that have a merge queue

	Rejection string // refuses every push with this text
	Ruleset   Ruleset
	SecretIn  string // pattern of branches
	NoFilter  bool

	Statuses       map[string][]*Status         // by SHA, oldest first
	Checks         []*Check                     // oldest first
	CommitComments map[string][]*Comment        // by SHA, oldest first
	Workflows      []*Workflow                  // runs, oldest first
	trunks         map[string]map[string]bool   // commits by the tips that they lead to
	diffs          map[[2]string]*gitstore.Diff // by base and head
	merges         map[[2]string]string         // trees by base and head, "" is a conflict
	asked          map[[2]string]any            // who asked first for the mergeability, by base and head; nil: it is always known
	Writes         []Write
}

// FullName is "owner/name".
func (r *Repo) FullName() string { return r.Owner.Login + "/" + r.Name }

// Root is the repository whose pull requests and objects count: of a fork its parent.
func (r *Repo) Root() *Repo {
	if r.Parent != nil {
		return r.Parent
	}
	return r
}

// Label is a label of a repository.
type Label struct {
	ID                       int64
	Name, Color, Description string
	Deleted                  bool
}

// Protection is what a protected branch requires. People may bypass it; clients of the APIs and of git may not.
type Protection struct {
	RequiredReviews  int      // approvals by people who may write; with any, changes come by pull request only
	DismissStale     bool     // a push to the head dismisses approvals
	LastPush         bool     // the last push must be approved by someone other than the pusher
	RequiredContexts []string // statuses or check runs that must be successful on the head
	Strict           bool     // the head must contain the tip of the base
	NoPush           bool     // no pushes; merging is how the branch moves
	Deletions        bool     // the branch may be deleted
	MergeQueue       bool     // the API merges nothing: the queue does
}

// RequiredReview is what a rule asks of reviews; both branch protections and rulesets have it. GitHub applies the strictest of all.
type RequiredReview struct {
	Required     int  // approvals by people who may write
	DismissStale bool // a push to the head dismisses approvals
	LastPush     bool // the last push must be approved by someone other than the pusher
}

// Ruleset is a rule on the branches that a pattern matches.
type Ruleset struct{ Pattern, Violation string }

// Status is a commit status.
type Status struct {
	ID                                     int64
	Context, State, Description, TargetURL string
	Creator                                *User
	Created                                time.Time
}

// Check is a check run.
type Check struct {
	ID                            int64
	App                           *App // nil: the App under test
	Name, SHA, Status, Conclusion string
	ExternalID, DetailsURL        string
	Title, Summary, Text          *string
	Annotations                   []Annotation
	Started, Completed            time.Time
}

// Annotation is a remark of a check run on lines of a file, as the REST API has it.
type Annotation struct {
	Path            string  `json:"path"`
	StartLine       int     `json:"start_line"`
	EndLine         int     `json:"end_line"`
	StartColumn     *int    `json:"start_column"`
	EndColumn       *int    `json:"end_column"`
	AnnotationLevel string  `json:"annotation_level"`
	Message         string  `json:"message"`
	Title           *string `json:"title"`
	RawDetails      *string `json:"raw_details"`
	BlobHref        string  `json:"blob_href"`
}

// Suite is all that an App's check runs on a commit have come to.
type Suite struct {
	App             *App
	SHA, Conclusion string
}

// AutoMerge is a pull request's order to merge itself as soon as it may.
type AutoMerge struct {
	By          *User
	Method      string // merge, squash, rebase
	Title, Body string
	At          time.Time
}

// Queued is a pull request in the merge queue of its base branch. Its group is the branch as it will be with it and all before it.
type Queued struct {
	ID     int64
	Pull   *Issue
	By     *User
	At     time.Time
	Branch string
	Base   string   // the head of the group before, or the tip of the branch
	made   []string // commits that the group adds, oldest first
}

// Head is the group's last commit.
func (q *Queued) Head() string { return q.made[len(q.made)-1] }

// Ref is the group's branch.
func (q *Queued) Ref() string {
	return fmt.Sprintf("refs/heads/gh-readonly-queue/%s/pr-%d-%s", q.Branch, q.Pull.Number, q.Base)
}

// Write is one write of the App.
type Write struct {
	// Kind is status, check-run, check-run-update, comment, comment-edit, comment-delete, react, label, unlabel, label-create, label-edit,
	// label-delete, pull, pull-edit, issue-edit, close, merge, draft, ready, auto-merge, auto-merge-off, request-review,
	// unrequest-review, assign, unassign, ref, ref-update, ref-delete, or push.
	Kind   string
	Number int    // of the issue or pull request, where the write names one
	SHA    string // of the commit, where the write names one
	Key    string // context, check name, label, ref, method, fields of an edit, logins, "base <- owner:head", or id of the comment
	Text   string // state and description, conclusion, title, body, or reaction
	Time   time.Time
}

// Weather is how GitHub is on a bad day, as its users report. Faults of tests come first.
type Weather struct {
	MentionsLate time.Duration // so long after it was made a cross-reference shows (python-github-backup#528)
	// Stale: a GraphQL query sees issues, pull requests, their comments and reviews, statuses and check runs as they were up to so
	// long ago, for it's answered by a copy that lags behind. Writes see everything, as do branches and lists.
	Stale time.Duration
	// Silent: what a token may not read is null in GraphQL without an error, if it lacks this permission: a GitHub that's worse than the
	// real one is known to be.
	Silent  string
	Failing float64 // the share of API requests that fail, each in one of the ways that are documented or reported
	// Waits: some failures are secondary limits that don't say for how long, after which a client must wait a minute or more.
	Waits bool
	Seed  uint64
}

// version is what an issue or pull request was like from a time on.
type version struct {
	Since time.Time
	Issue *Issue
}

// Event is something that happened, as webhooks report it.
type Event struct {
	Name   string // of the webhook event: pull_request, issue_comment, push, …
	Action string // opened, labeled, …; a push and a status have none
	Repo   *Repo  // nil for what happens to an organization or an installation
	By     *User

	Issue     *Issue // or pull request
	Comment   *Comment
	Review    *Review
	Label     *Label            // that was put on or taken off
	User      *User             // who was assigned, asked to review, or joined or left the team
	Other     *Issue            // of a transferred issue: as it was before, or is now
	Milestone string            // that it was put into or taken out of
	Reason    string            // why it was dequeued, why auto-merge was disabled, why a merge group was destroyed
	Was       map[string]string // what an edit replaced, by name: title, body, base and its sha, name

	Ref, Before, After string // of a push; the commits of a new head too
	Status             *Status
	Commit             *gitstore.Commit // of the status
	Suite              *Suite
	Group              *Queued
	Team               *Team
	Installation       *Installation
}
