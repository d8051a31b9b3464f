package pull

import (
	"slices"
	"strings"
)

// people compares what a rule wants from people with the history: each is asked once,
// and changes by hand stay.
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

// once skips what another rule wants too.
func (d *decision) once(a Action) {
	if !slices.Contains(d.plan.Actions, a) {
		d.do(a)
		return
	}
	d.credit(a, d.rule)
}

// life compares what a rule wants for the pull request's state and its branch.
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

// merge merges the head once all is green, or makes GitHub do so later, if allowed.
func (d *decision) merge(m MergePull) {
	r := d.request
	m.SHA, m.Auto = r.Head, m.Auto && (r.MergeState == MergeBlocked || r.MergeState == MergeBehind)
	d.plan.Waits = d.plan.Waits || r.MergeState != MergeClean
	if m.Auto || r.MergeState == MergeClean {
		d.do(m)
	}
}
