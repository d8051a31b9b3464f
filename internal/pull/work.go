package pull

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Work is an action that finds something out: the rules are asked again with
// what it found, before the rest of a plan is applied.
type Work interface {
	Action
	work()
}

// ErrBusy is that of work for which there is no room now: the run ends and comes again,
// since a worker that waits is one that others lack.
var ErrBusy = errors.New("as many others are under way as may be")

// Pick carries a merged change over to other branches, and pushes the results.
type Pick struct {
	SHA     string // the squash commit, the merge commit, or the last of Commits
	Commits int    // 1, or more for a rebase merge
	Targets []Target
	Markers bool   // conflicts are committed with their markers, and pushed
	Fork    string // account whose fork gets the results; "": the repository itself
	// Message and Author stand for those of a merge commit; "": its own.
	Message, Author string
}

// Target is one branch to pick onto.
type Target struct {
	Branch string
	Head   string // branch that gets the result
	Have   string // commit that Head is at; "" where there is no such branch
}

// OpenPull opens a pull request.
type OpenPull struct {
	Head        string // branch, or OWNER:BRANCH of a fork
	Base        string
	Title, Body string
	Draft       bool
}

// RestoreBranch puts the branch of a pull request back to where it was.
type RestoreBranch struct{ Branch, SHA string }

// DeleteBranch deletes the branch of a pull request.
type DeleteBranch struct{ Branch, SHA string }

// Reopen opens a closed pull request again.
type Reopen struct{}

// RequestReview asks somebody for a review.
type RequestReview struct{ Login string }

// Assign assigns somebody.
type Assign struct{ Login string }

// MergePull merges by squash, or, with Auto, has GitHub do so when its
// conditions are met. SHA is the head that was looked at: another one isn't
// merged, though an auto-merge that is set outlives a push.
type MergePull struct {
	SHA, Title, Body string
	Auto             bool
}

// CancelMerge takes an auto-merge back.
type CancelMerge struct{}

// Outcome of a pick.
type Outcome string

const (
	Clean      Outcome = "clean"
	Conflicted Outcome = "conflict"
	Present    Outcome = "already there"
	Failed     Outcome = "error"
)

// Troubles of opening a pull request for a pick.
const (
	OpenRefused = "pull request refused"
	OpenDenied  = "pull request denied"
)

// TargetMissing is the trouble of a pick whose target branch is not there any
// more.
const TargetMissing = "branch missing"

// Picked is what became of one target of a pick, or of the pull request that
// was to be opened for it.
type Picked struct {
	Target
	Outcome Outcome
	Commit  string // at Head now; "" where nothing was pushed
	// Message and Author are those of the picked commit as git reads them, which
	// knows its encoding; "": as in Merge.
	Message, Author string
	Conflicts       []Conflict
	// Missing are changes of the default branch to the same files that the target
	// lacks: the conflict may come from them.
	Missing []Prerequisite
	// Trouble says why it Failed, as a word of the picker's list; Temporary that
	// later may be better.
	Trouble   string
	Temporary bool
	At        time.Time // by the bot's clock
}

// Conflict is a file that could not be merged by itself.
type Conflict struct {
	Path  string
	Kind  string // git's word: "content", "modify/delete"
	Lines []int  // where the conflicts begin in the file with markers, from 1
}

// Prerequisite is a commit of the default branch that a target lacks.
type Prerequisite struct {
	SHA, Subject string
	Number       int // of its pull request; 0: not known
}

// Learn gives the request with the outcome of a pick.
func (r *Request) Learn(p Picked) *Request {
	next := *r
	next.Picked = with(r.Picked, p.Branch, p)
	if p.Commit != "" {
		head := r.Branches[p.Head]
		head.Tip = p.Commit
		next.Branches = with(r.Branches, p.Head, head)
	}
	if p.Trouble == TargetMissing {
		next.Branches = with(next.Branches, p.Branch, Branch{Requests: r.Branches[p.Branch].Requests})
	}
	return &next
}

// Opened gives the request with the pull request that was opened from a branch.
func (r *Request) Opened(s Summary) *Request {
	next := *r
	head := r.Branches[s.HeadBranch]
	head.Requests = append([]Summary{s}, head.Requests...)
	next.Branches = with(r.Branches, s.HeadBranch, head)
	return &next
}

// Work is the part of a plan that must be done before the rest is known.
func (p Plan) Work() []Work {
	var all []Work
	for _, a := range p.Actions {
		if w, ok := a.(Work); ok {
			all = append(all, w)
		}
	}
	return all
}

// Writes is how many writes a plan leads to, about: each target of a pick is
// pushed, opened and labelled.
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
		onto = append(onto, fmt.Sprintf("%s as %s", t.Branch, t.Head))
	}
	what := short(a.SHA)
	if a.Commits > 1 {
		what = fmt.Sprintf("%d commits up to %s", a.Commits, what)
	}
	return fmt.Sprintf("pick %s onto %s", what, strings.Join(onto, ", "))
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

// people compares what a rule wants of people with the history: each is asked
// once, and what people changed stands.
func (d *decision) people(want Want) {
	r := d.request
	for _, ask := range want.Reviewers {
		_, reviewed := r.Reviews[ask.Login]
		reviewed = reviewed && ask.Since.IsZero()
		asked := slices.ContainsFunc(r.Events, func(e Event) bool {
			return e.Kind == ReviewRequested && strings.EqualFold(e.Subject, ask.Login) && !e.At.Before(ask.Since)
		})
		if !reviewed && !asked && !hasFold(r.Reviewers, ask.Login) && !strings.EqualFold(ask.Login, r.Author) {
			d.once(RequestReview{ask.Login})
		}
	}
	for _, login := range want.Assignees {
		if !hasFold(r.Assignees, login) && !r.Happened(Assigned, login) {
			d.once(Assign{login})
		}
	}
}

// once leaves out what another rule wants too.
func (d *decision) once(a Action) {
	if !slices.Contains(d.plan.Actions, a) {
		d.do(a)
		return
	}
	d.credit(a, d.rule)
}

// life compares what a rule wants of the pull request itself, and of its branch.
func (d *decision) life(want Want) {
	r := d.request
	d.branch(want)
	if r.State != Open {
		return
	}
	cancels := r.AutoMergeMine && (want.Hold || want.Merge != nil && !want.Merge.Auto)
	if cancels {
		d.do(CancelMerge{})
	}
	if want.Merge != nil && !r.Draft && (cancels || !r.AutoMerge) {
		d.merge(*want.Merge)
	}
}

// branch reopens a pull request, or deletes its branch.
func (d *decision) branch(want Want) {
	r := d.request
	tip := r.Branches[r.HeadBranch].Tip
	if want.Reopen && r.State == Closed {
		if tip == "" {
			d.do(RestoreBranch{r.HeadBranch, r.Head})
		}
		d.do(Reopen{})
	}
	open := slices.ContainsFunc(r.Branches[r.HeadBranch].Requests, func(s Summary) bool {
		return s.State == Open && strings.EqualFold(s.HeadOwner, r.HeadOwner) // not a fork's branch with the same name
	})
	if want.Drop && tip == r.Head && !open { // what others have pushed since is theirs
		d.do(DeleteBranch{r.HeadBranch, r.Head})
	}
}

// merge is by the head as soon as all is green. GitHub is told to do it later, if it
// may.
func (d *decision) merge(m MergePull) {
	r := d.request
	m.SHA, m.Auto = r.Head, m.Auto && (r.MergeState == MergeBlocked || r.MergeState == MergeBehind)
	d.plan.Waits = d.plan.Waits || r.MergeState != MergeClean
	if m.Auto || r.MergeState == MergeClean {
		d.do(m)
	}
}
