package ghtest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
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

// Writes are all writes of the App in this repository, in order: they show that nothing was done twice.
func (r *Repo) Writes() []Write {
	defer r.lock()()
	return slices.Clone(r.repo.Writes)
}

// PR reads a pull request, or an issue.
func (r *Repo) PR(number int) (PRState, error) {
	defer r.lock()()
	i := r.repo.Issues[number]
	if i == nil {
		return PRState{}, fmt.Errorf("reading %s#%d: there is none", r.repo.FullName(), number)
	}
	return r.snapshot(i), nil
}

// PRs are all pull requests, oldest first.
func (r *Repo) PRs() []PRState {
	defer r.lock()()
	var out []PRState
	for _, i := range r.repo.PullsWith(func(*world.Pull) bool { return true }) {
		out = append(out, r.snapshot(i))
	}
	return out
}

// Branches are the names of all branches, sorted.
func (r *Repo) Branches() []string {
	defer r.lock()()
	return r.repo.Branches()
}

// Labels are those of the repository, sorted by name.
func (r *Repo) Labels() []Label {
	defer r.lock()()
	var out []Label
	for _, key := range slices.Sorted(maps.Keys(r.repo.Labels)) {
		l := r.repo.Labels[key]
		out = append(out, Label{Name: l.Name, Color: l.Color, Description: l.Description})
	}
	return out
}

// Statuses are all statuses of a commit, oldest first.
func (r *Repo) Statuses(sha string) []Status {
	defer r.lock()()
	var out []Status
	for _, x := range r.repo.Statuses[sha] {
		out = append(out, statusOf(x))
	}
	return out
}

func (r *Repo) snapshot(i *world.Issue) PRState {
	st := PRState{
		NodeID: i.NodeID(), Number: i.Number, Title: i.Title, Body: i.Body, Author: i.Author.Login, State: i.State, Locked: i.Lock != nil,
		Labels: slices.Clone(i.Labels), Assignees: loginsOf(i.Assignees), Statuses: map[string]Status{},
	}
	for _, c := range i.Comments {
		st.Comments = append(st.Comments, commentOf(c))
	}
	p := i.Pull
	if p == nil {
		return st
	}
	st.Draft, st.Merged, st.MergeSHA = p.Draft, p.Merged(), p.MergeSHA
	st.Base, st.BaseSHA, st.Head, st.HeadSHA = p.BaseRef, p.BaseSHA, p.Label(), p.HeadSHA
	st.HeadBranchExists, st.MaintainerCanModify, st.Reviewers = p.Head() != "", p.Maintainers, loginsOf(p.Reviewers)
	if p.MergedBy != nil {
		st.MergedBy = p.MergedBy.Login
	}
	if p.Auto != nil {
		st.AutoMerge, st.AutoMergeBy = p.Auto.Method, p.Auto.By.Login
	}
	for _, v := range p.Reviews {
		st.Reviews = append(st.Reviews, Review{ID: v.ID, Author: v.Author.Login, State: v.State, Body: v.Body, SHA: v.SHA, Time: v.Submitted})
	}
	for _, x := range r.repo.Statuses[p.HeadSHA] {
		st.Statuses[x.Context] = statusOf(x)
	}
	for _, k := range r.repo.ChecksAt(p.HeadSHA, "") {
		st.CheckRuns = append(st.CheckRuns, checkRunOf(k, r.srv.world.AppOf(k).Slug))
	}
	return st
}

func commentOf(c *world.Comment) Comment {
	out := Comment{ID: c.ID, Author: c.Author.Login, Body: c.Body, Time: c.Created, Edited: c.Edited}
	for _, x := range c.Reactions {
		out.Reactions = append(out.Reactions, Reaction{By: x.User.Login, Content: x.Content})
	}
	return out
}

func loginsOf(users []*world.User) []string {
	var out []string
	for _, u := range users {
		out = append(out, u.Login)
	}
	return out
}

func statusOf(x *world.Status) Status {
	return Status{Context: x.Context, State: x.State, Description: x.Description, TargetURL: x.TargetURL, Creator: x.Creator.Login, Time: x.Created}
}

func checkRunOf(k *world.Check, app string) CheckRun {
	out := CheckRun{
		ID: k.ID, Name: k.Name, HeadSHA: k.SHA, Status: k.Status, Conclusion: k.Conclusion, ExternalID: k.ExternalID, App: app,
		Title: value(k.Title), Summary: value(k.Summary), Text: value(k.Text),
	}
	for _, a := range k.Annotations {
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
