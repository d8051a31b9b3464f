package pull

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// After returns the pull request as it is after an action: the model of GitHub by which
// the laws are tested (after applying a plan, there's nothing left to do). It doesn't
// change the Request.
func (r *Request) After(a Action) (*Request, error) {
	next := *r
	switch a := a.(type) {
	case SetStatus:
		next.Statuses = with(r.Statuses, a.Context, a.Status)
		next.EarlierStatuses = with(r.EarlierStatuses, a.Context, true)
	case SetCheck:
		next.Checks = with(r.Checks, a.Name, CheckState{ID: 1, Digest: a.Digest(), Conclusion: a.Conclusion})
	case AddLabel:
		next.Labels = append(slices.Clone(r.Labels), a.Name)
		next.Events = r.happens(Labeled, a.Name)
	case RemoveLabel:
		next.Labels = slices.DeleteFunc(slices.Clone(r.Labels), func(l string) bool { return hasFold([]string{l}, a.Name) })
		next.Events = r.happens(Unlabeled, a.Name)
	case AddNote:
		next.Notes = with(r.Notes, a.Key, PostedNote{ID: int64(len(r.Notes) + 1), Digest: a.Digest(), Data: a.Data})
	case EditNote:
		next.Notes = with(r.Notes, a.Key, PostedNote{ID: a.ID, Node: a.Node, Digest: a.Digest(), Data: a.Data})
	default:
		if after, known := r.afterWork(a); known {
			return after, nil
		}
		if after, known := r.afterWrite(a); known {
			return after, nil
		}
		return nil, fmt.Errorf("applying %T to the model: unknown action", a)
	}
	return &next, nil
}

// afterWork is After for the actions in work.go. Picks always succeed in the model.
func (r *Request) afterWork(a Action) (*Request, bool) {
	next := *r
	switch a := a.(type) {
	case Pick:
		out := r
		for _, t := range a.Targets {
			out = out.Learn(Picked{Target: t, Outcome: Clean, Commit: a.SHA, At: r.Now})
		}
		return out, true
	case OpenPull:
		_, branch, fork := strings.Cut(a.Head, ":")
		if !fork {
			branch = a.Head
		}
		return r.Opened(Summary{
			Number: 100_000 + len(a.Base), Title: a.Title, Body: a.Body, State: Open, Draft: a.Draft, Own: true, Base: a.Base, HeadBranch: branch,
			Head: r.Branches[branch].Tip,
		}), true
	case RestoreBranch, DeleteBranch:
		tip := Branch{Requests: r.Branches[r.HeadBranch].Requests}
		if restore, ok := a.(RestoreBranch); ok {
			tip.Tip = restore.SHA
		}
		next.Branches = with(r.Branches, r.HeadBranch, tip)
	case Reopen:
		next.State = Open
	case RequestReview:
		next.Reviewers = append(slices.Clone(r.Reviewers), a.Login)
	case Assign:
		next.Assignees = append(slices.Clone(r.Assignees), a.Login)
	case MergePull:
		if a.Auto {
			next.AutoMerge, next.AutoMergeMine = true, true
			break
		}
		next.State, next.ClosedAt, next.Merge = Merged, r.Now, &Merge{SHA: a.SHA, Message: a.Title, Parents: 1, At: r.Now}
	case CancelMerge:
		next.AutoMerge, next.AutoMergeMine = false, false
	default:
		return nil, false
	}
	return &next, true
}

func (r *Request) happens(kind EventKind, subject string) []Event {
	if r.Facts&Events == 0 {
		return r.Events
	}
	return append(slices.Clone(r.Events), Event{Kind: kind, Subject: subject, Own: true, At: r.Now})
}

func with[V any](m map[string]V, key string, value V) map[string]V {
	next := maps.Clone(m)
	if next == nil {
		next = map[string]V{}
	}
	next[key] = value
	return next
}
