package pull

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Work is an action with a result: the rules run again with it before the rest of a plan
// is applied.
type Work interface {
	Action
	work()
}

// ErrBusy is the error of work while there's no room for it. The run ends and tries
// again, since a waiting worker is one that others can't use.
var ErrBusy = errors.New("as many others are under way as may be")

// Pick copies a merged change to other branches, and pushes the results.
type Pick struct {
	SHA     string // the squash commit, the merge commit, or the last of Commits
	Commits int    // 1, or more for a rebase merge
	Targets []Target
	Markers bool   // commit and push conflicts with their markers
	Fork    string // account whose fork gets the results; "": the repository itself
	// Message and Author replace those of a merge commit; "" keeps them.
	Message, Author string
	// Revert takes the change back instead, with Message, by the App. It has one target.
	Revert bool
}

// Target is a branch to pick onto, and the branch to push the result to. Both are short
// names: refs/heads/Branch.
type Target struct {
	Branch string
	Head   string
	// Have is the full id of the commit that Head should be at; "" if it shouldn't exist.
	// If that's wrong, nothing is pushed, unless Head already is what would be pushed.
	Have string
	// Leave are changed files that stay as Branch has them, sorted.
	Leave []string
}

// OpenPull opens a pull request.
type OpenPull struct {
	Head        string // branch, or OWNER:BRANCH of a fork
	Base        string
	Title, Body string
	Draft       bool
}

// RestoreBranch restores a pull request's branch at its last commit.
type RestoreBranch struct{ Branch, SHA string }

// DeleteBranch deletes a pull request's branch.
type DeleteBranch struct{ Branch, SHA string }

// Reopen reopens a closed pull request.
type Reopen struct{}

// RequestReview requests someone's review.
type RequestReview struct{ Login string }

// Assign assigns someone.
type Assign struct{ Login string }

// MergePull squashes and merges or, with Auto, makes GitHub do so when its conditions
// are met. SHA is the head that was checked: another one isn't merged, although an
// enabled auto-merge outlives a push.
type MergePull struct {
	SHA, Title, Body string
	Auto             bool
}

// CancelMerge disables auto-merge.
type CancelMerge struct{}

// Outcome of a pick onto one target.
type Outcome string

const (
	Clean      Outcome = "clean"
	Conflicted Outcome = "conflict"
	Present    Outcome = "already there" // the branch has the change
	Failed     Outcome = "error"
)

// Errors of opening a pull request for a pick.
const (
	OpenRefused = "pull request refused"
	OpenDenied  = "pull request denied"
)

// TargetMissing is the error of a pick onto a branch that no longer exists.
const TargetMissing = "branch missing"

// Picked is the result for one target of a pick, or for its pull request.
type Picked struct {
	Target
	Revert  bool
	Outcome Outcome
	Commit  string // at Head now; "" if nothing was pushed
	// Message and Author are the picked commit's as git reads them, in any encoding; ""
	// means as in Merge.
	Message, Author string
	Conflicts       []Conflict
	// Missing are the default branch's changes to the same files that the target lacks:
	// they may have caused the conflict.
	Missing []Prerequisite
	// Failure says why it Failed, in the picker's words. Temporary: trying again later may
	// help.
	Failure   string
	Temporary bool
	At        time.Time // by the bot's clock
}

// Conflict is a file that couldn't be merged automatically.
type Conflict struct {
	Path  string
	Kind  string // git's word: "content", "modify/delete"
	Lines []int  // where the conflicts begin in the file with markers, from 1
}

// Prerequisite is a commit of the default branch that a target lacks.
type Prerequisite struct {
	SHA, Subject string
	Number       int // its pull request's; 0 if unknown
}

// RevertOn is the key in Request.Picked of a revert's result on a branch.
func RevertOn(branch string) string { return "revert " + branch }

func (p Picked) key() string {
	if p.Revert {
		return RevertOn(p.Branch)
	}
	return p.Branch
}

// Learn returns the request with a pick's result.
func (r *Request) Learn(p Picked) *Request {
	next := *r
	next.Picked = with(r.Picked, p.key(), p)
	if p.Commit != "" {
		head := r.Branches[p.Head]
		head.Tip = p.Commit
		next.Branches = with(r.Branches, p.Head, head)
	}
	if p.Failure == TargetMissing {
		next.Branches = with(next.Branches, p.Branch, Branch{Requests: r.Branches[p.Branch].Requests})
	}
	return &next
}

// Opened returns the request with a pull request that was opened from a branch.
func (r *Request) Opened(s Summary) *Request {
	next := *r
	head := r.Branches[s.HeadBranch]
	head.Requests = append([]Summary{s}, head.Requests...)
	next.Branches = with(r.Branches, s.HeadBranch, head)
	return &next
}

// Work returns the actions that must be done before the rest is known.
func (p Plan) Work() []Work {
	var all []Work
	for _, a := range p.Actions {
		if w, ok := a.(Work); ok {
			all = append(all, w)
		}
	}
	return all
}

// Writes is roughly how many writes a plan leads to: each target of a pick is pushed,
// opened and labeled.
func (p Plan) Writes() int {
	n := len(p.Actions)
	for _, w := range p.Work() {
		if pick, ok := w.(Pick); ok {
			n += 3*len(pick.Targets) - 1
		}
	}
	return n
}

func (Pick) work()     {}
func (OpenPull) work() {}

func (a Pick) String() string {
	var onto []string
	for _, t := range a.Targets {
		onto = append(onto, fmt.Sprintf("%s as %s", t.Branch, t.Head)+t.without())
	}
	what := short(a.SHA)
	if a.Commits > 1 {
		what = fmt.Sprintf("%d commits up to %s", a.Commits, what)
	}
	verb := "pick"
	if a.Revert {
		verb = "revert"
	}
	return fmt.Sprintf("%s %s onto %s", verb, what, strings.Join(onto, ", "))
}

// without names what a pick leaves out.
func (t Target) without() string {
	switch n := len(t.Leave); {
	case n == 0:
		return ""
	case n > 3:
		return fmt.Sprintf(" without %d files", n)
	}
	return " without " + strings.Join(t.Leave, " and ")
}

func (a OpenPull) String() string {
	kind := "pull request"
	if a.Draft {
		kind = "draft"
	}
	return fmt.Sprintf("open %s %q from %s into %s", kind, a.Title, a.Head, a.Base)
}

func (a RestoreBranch) String() string {
	return fmt.Sprintf("restore branch %s at %s", a.Branch, short(a.SHA))
}
func (a DeleteBranch) String() string {
	return fmt.Sprintf("delete branch %s at %s", a.Branch, short(a.SHA))
}
func (Reopen) String() string          { return "reopen" }
func (a RequestReview) String() string { return "ask for review by " + a.Login }
func (a Assign) String() string        { return "assign " + a.Login }
func (CancelMerge) String() string     { return "cancel auto-merge" }

func (a MergePull) String() string {
	how := "merge"
	if a.Auto {
		how = "auto-merge"
	}
	return fmt.Sprintf("%s %s as %q", how, short(a.SHA), a.Title)
}

// Kind implements Action.
func (Pick) Kind() string { return "pick" }

// Kind implements Action.
func (OpenPull) Kind() string { return "open" }

// Kind implements Action.
func (RestoreBranch) Kind() string { return "restore-branch" }

// Kind implements Action.
func (DeleteBranch) Kind() string { return "delete-branch" }

// Kind implements Action.
func (Reopen) Kind() string { return "reopen" }

// Kind implements Action.
func (RequestReview) Kind() string { return "request-review" }

// Kind implements Action.
func (Assign) Kind() string { return "assign" }

// Kind implements Action.
func (MergePull) Kind() string { return "merge" }

// Kind implements Action.
func (CancelMerge) Kind() string { return "cancel-merge" }
