package ghtest

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// PRState is a pull request (or issue) as it stands, for assertions; a copy.
type PRState struct {
	NodeID              string // in the GraphQL API
	Number              int
	Title, Body, Author string
	State               string // open, closed
	Locked              bool
	Draft, Merged       bool
	Base, Head          string // branches; Head is "owner:branch"
	BaseSHA, HeadSHA    string
	MergeSHA            string
	MergedBy            string
	HeadBranchExists    bool
	MaintainerCanModify bool
	Reviewers           []string // requested, and not yet there
	Assignees           []string
	Reviews             []Review          // oldest first
	AutoMerge           string            // its method: squash, merge, rebase; "" when it is off
	AutoMergeBy         string            // who enabled it
	Labels              []string          // in the order they were set
	Statuses            map[string]Status // the newest of each context on the head
	CheckRuns           []CheckRun        // on the head, oldest first
	Comments            []Comment         // oldest first
}

// Review is a submitted review.
type Review struct {
	ID                       int64
	Author, State, Body, SHA string // State is APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED; SHA the head that was reviewed
	Time                     time.Time
}

// Label is a label of a repository.
type Label struct{ Name, Color, Description string }

// Status is a commit status.
type Status struct {
	Context, State, Description, TargetURL string
	Creator                                string // login
	Time                                   time.Time
}

// CheckRun is a check run, of the App under test or another one.
type CheckRun struct {
	ID                        int64
	Name, HeadSHA             string
	Status, Conclusion        string
	ExternalID                string
	Title, Summary, Text, App string
	Annotations               []Annotation
}

// Annotation is a remark of a check run on lines of a file.
type Annotation struct {
	Path                              string
	StartLine, EndLine                int
	Column                            int // 0: the whole line
	Level, Title, Message, RawDetails string
}

// Comment is a comment on an issue or pull request.
type Comment struct {
	ID           int64
	Author, Body string
	Time         time.Time
	Edited       time.Time // zero: never
	Reactions    []Reaction
}

// Reaction is an emoji on a comment: "+1", "-1", "laugh", "hooray", "confused", "heart", "rocket" or "eyes".
type Reaction struct{ By, Content string }

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

func (r *Repo) wrote(w Write) {
	w.Time = r.srv.now()
	r.writes = append(r.writes, w)
}

// Writes are all writes of the App in this repository, in order: they show that nothing was done twice.
func (r *Repo) Writes() []Write {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	return slices.Clone(r.writes)
}

// PR reads a pull request, or an issue.
func (r *Repo) PR(number int) (PRState, error) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	i := r.issues[number]
	if i == nil {
		return PRState{}, fmt.Errorf("reading %s#%d: there is none", r.fullName(), number)
	}
	return r.snapshot(i), nil
}

// PRs are all pull requests, oldest first.
func (r *Repo) PRs() []PRState {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	var out []PRState
	for _, i := range r.pullsWith(func(*pull) bool { return true }) {
		out = append(out, r.snapshot(i))
	}
	return out
}

func (r *Repo) snapshot(i *issue) PRState {
	st := PRState{
		NodeID: i.nodeID(), Number: i.number, Title: i.title, Body: i.body, Author: i.author.login, State: i.state, Locked: i.lock != nil,
		Labels: slices.Clone(i.labels), Assignees: loginsOf(i.assignees), Statuses: map[string]Status{},
	}
	for _, c := range i.comments {
		st.Comments = append(st.Comments, c.snapshot())
	}
	p := i.pull
	if p == nil {
		return st
	}
	st.Draft, st.Merged, st.MergeSHA = p.draft, p.merged(), p.mergeSHA
	st.Base, st.BaseSHA, st.Head, st.HeadSHA = p.baseRef, p.baseSHA, p.label(), p.headSHA
	st.HeadBranchExists, st.MaintainerCanModify, st.Reviewers = p.head() != "", p.maintainers, loginsOf(p.reviewers)
	if p.mergedBy != nil {
		st.MergedBy = p.mergedBy.login
	}
	if p.auto != nil {
		st.AutoMerge, st.AutoMergeBy = p.auto.method, p.auto.by.login
	}
	for _, v := range p.reviews {
		st.Reviews = append(st.Reviews, Review{ID: v.id, Author: v.author.login, State: v.state, Body: v.body, SHA: v.sha, Time: v.submitted})
	}
	for _, x := range r.statuses[p.headSHA] {
		st.Statuses[x.context] = x.snapshot()
	}
	for _, k := range r.checksAt(p.headSHA, "") {
		st.CheckRuns = append(st.CheckRuns, k.snapshot(r.srv.appOf(k).slug))
	}
	return st
}

func (c *comment) snapshot() Comment {
	out := Comment{ID: c.id, Author: c.author.login, Body: c.body, Time: c.created, Edited: c.edited}
	for _, x := range c.reactions {
		out.Reactions = append(out.Reactions, Reaction{By: x.user.login, Content: x.content})
	}
	return out
}

func loginsOf(users []*user) []string {
	var out []string
	for _, u := range users {
		out = append(out, u.login)
	}
	return out
}

// Branches are the names of all branches, sorted.
func (r *Repo) Branches() []string {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	return r.branches()
}

// Labels are those of the repository, sorted by name.
func (r *Repo) Labels() []Label {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	var out []Label
	for _, key := range slices.Sorted(maps.Keys(r.labels)) {
		l := r.labels[key]
		out = append(out, Label{Name: l.name, Color: l.color, Description: l.description})
	}
	return out
}

// SetLabel makes or changes a label of the repository, by a person; an empty Color stays what it is.
func (r *Repo) SetLabel(l Label) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	in := labelInput{Description: &l.Description}
	if l.Color != "" {
		in.Color = &l.Color
	}
	if err := in.check(l.Name); err != nil {
		return fmt.Errorf("setting label %q of %s: %w", l.Name, r.fullName(), err)
	}
	to := r.label(l.Name)
	set(&to.color, in.Color)
	to.description = l.Description
	return nil
}

// Statuses are all statuses of a commit, oldest first.
func (r *Repo) Statuses(sha string) []Status {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	var out []Status
	for _, x := range r.statuses[sha] {
		out = append(out, x.snapshot())
	}
	return out
}

// SetStatus sets a status on a commit as somebody else's CI does.
func (r *Repo) SetStatus(sha, by string, in Status) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	err := r.addStatus(sha, &status{context: in.Context, state: in.State, description: in.Description, targetURL: in.TargetURL, creator: r.srv.account(by)})
	if err != nil {
		return fmt.Errorf("setting status %s on %s: %w", in.Context, sha, err)
	}
	return nil
}

func (x *status) snapshot() Status {
	return Status{Context: x.context, State: x.state, Description: x.description, TargetURL: x.targetURL, Creator: x.creator.login, Time: x.created}
}

func (k *check) snapshot(app string) CheckRun {
	out := CheckRun{
		ID: k.id, Name: k.name, HeadSHA: k.sha, Status: k.status, Conclusion: k.conclusion, ExternalID: k.externalID, App: app,
		Title: value(k.title), Summary: value(k.summary), Text: value(k.text),
	}
	for _, a := range k.annotations {
		out.Annotations = append(out.Annotations, Annotation{
			Path: a.Path, StartLine: a.StartLine, EndLine: a.EndLine, Column: column(a.StartColumn), Level: a.AnnotationLevel, Title: value(a.Title), Message: a.Message, RawDetails: value(a.RawDetails),
		})
	}
	return out
}

func column(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
