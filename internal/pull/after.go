package pull

import (
	"fmt"
	"maps"
	"slices"
)

// After is the pull request as it is once an action is applied: the model of
// GitHub by which the laws are tested (a plan, applied, leaves nothing to do).
// The Request itself is left as it was.
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
		next.Notes = with(r.Notes, a.Key, PostedNote{ID: a.ID, Digest: a.Digest(), Data: a.Data})
	default:
		if after, known := r.afterWork(a); known {
			return after, nil
		}
		return nil, fmt.Errorf("applying %T to the model: it does not know this action", a)
	}
	return &next, nil
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
