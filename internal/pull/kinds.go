package pull

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// kind is what is true of all actions of one kind.
type kind struct {
	name string // as of Action.Kind
	// joins: GraphQL can make it in one request with others.
	joins bool
	// after is the pull request as it is after the action, see After.
	after func(r *Request, a Action) (*Request, bool)
	// change is what it replaces and writes, see Change; nil: its String says it all.
	change func(r *Request, a Action) (before, after string)
}

// kinds are all kinds of actions, in the order in which a plan applies them: work first,
// whose results the rest may need. What goes into one request is together, bodies first,
// since they were just read. The reaction to a comment comes after everything that the
// comment requested, and what ends a pull request comes last.
var kinds = []kind{
	{"pick", false, model(func(r *Request, a Pick) { // picks always succeed in the model
		for _, t := range a.Targets {
			*r = *r.Learn(Picked{Target: t, Revert: a.Revert, Outcome: Clean, Commit: a.SHA, At: r.Now})
		}
	}), nil},
	{"open", false, model(func(r *Request, a OpenPull) { *r = *r.Opened(opened(r, a)) }),
		shows(func(_ *Request, a OpenPull) (string, string) { return "none", a.Title })},
	{"restore-branch", false, model(func(r *Request, a RestoreBranch) { r.tip(a.SHA) }), nil},
	{"reopen", false, model(func(r *Request, _ Reopen) { r.State = Open }), always[Reopen]("closed", "open")},
	{"ready", true, model(func(r *Request, _ Ready) { r.Draft, r.Events = false, r.happens(Readied, "") }),
		always[Ready]("draft", "ready for review")},
	{"edit-comment", true, model(func(r *Request, a EditNote) {
		r.Notes = with(r.Notes, a.Key, PostedNote{ID: a.ID, Node: a.Node, Digest: a.Digest(), Data: a.Data})
	}), shows(func(_ *Request, a EditNote) (string, string) { return "", a.Body })},
	{"edit-list", true, model(func(r *Request, a EditEntry) {
		issue := r.Issues[a.Issue]
		issue.Body = a.In(issue.Body)
		r.Issues = with(r.Issues, a.Issue, issue)
	}), shows(func(_ *Request, a EditEntry) (string, string) { return onOff(!a.On), onOff(a.On) })},
	{"edit-body", true, model(func(r *Request, a EditBlock) { r.Body = a.In(r.Body) }),
		shows(func(_ *Request, a EditBlock) (string, string) { return a.Of(a.Seen), a.Text })},
	{"comment", true, model(func(r *Request, a AddNote) {
		r.Notes = with(r.Notes, a.Key, PostedNote{ID: int64(len(r.Notes) + 1), Digest: a.Digest(), Data: a.Data})
	}), shows(func(_ *Request, a AddNote) (string, string) { return "none", a.Body })},
	{"unlabel", true, model(func(r *Request, a RemoveLabel) {
		r.Labels = slices.DeleteFunc(slices.Clone(r.Labels), func(l string) bool { return hasFold([]string{l}, a.Name) })
		r.Events = r.happens(Unlabeled, a.Name)
	}), always[RemoveLabel]("on", "off")},
	{"label", true, model(func(r *Request, a AddLabel) {
		r.Labels, r.Events = append(slices.Clone(r.Labels), a.Name), r.happens(Labeled, a.Name)
	}), always[AddLabel]("off", "on")},
	{"check", true, model(func(r *Request, a SetCheck) {
		r.Checks = with(r.Checks, a.Name, CheckState{ID: 1, Digest: a.Digest(), Conclusion: a.Conclusion})
	}), shows(func(r *Request, a SetCheck) (string, string) {
		before := "none"
		if was, there := r.Checks[a.Name]; there {
			before = string(was.Conclusion)
		}
		return before, string(a.Conclusion) + ": " + a.Title
	})},
	{"request-review", true, model(func(r *Request, a RequestReview) { r.Reviewers = append(slices.Clone(r.Reviewers), a.Login) }),
		shows(func(r *Request, a RequestReview) (string, string) {
			return logins(r.Reviewers), logins(append(slices.Clone(r.Reviewers), a.Login))
		})},
	{"assign", true, model(func(r *Request, a Assign) { r.Assignees = append(slices.Clone(r.Assignees), a.Login) }),
		shows(func(r *Request, a Assign) (string, string) {
			return logins(r.Assignees), logins(append(slices.Clone(r.Assignees), a.Login))
		})},
	{"react", true, model(func(r *Request, a React) {
		r.Comments = slices.Clone(r.Comments)
		for i := range r.Comments {
			if c := &r.Comments[i]; c.ID == a.Comment {
				c.Answered, c.Done = true, c.Done || a.With == ThumbsUp
			}
		}
	}), nil},
	{"status", false, model(func(r *Request, a SetStatus) {
		r.Statuses = with(r.Statuses, a.Context, a.Status)
		r.EarlierStatuses = with(r.EarlierStatuses, a.Context, true)
	}), shows(func(r *Request, a SetStatus) (string, string) {
		before := "none"
		if was, there := r.Statuses[a.Context]; there {
			before = statusLine(was)
		}
		return before, statusLine(a.Status)
	})},
	{"cancel-merge", false, model(func(r *Request, _ CancelMerge) { r.AutoMerge, r.AutoMergeMine = false, false }),
		always[CancelMerge]("auto-merge", "no auto-merge")},
	{"merge", false, model(func(r *Request, a MergePull) {
		if a.Auto {
			r.AutoMerge, r.AutoMergeMine = true, true
			return
		}
		r.State, r.ClosedAt, r.Merge = Merged, r.Now, &Merge{SHA: a.SHA, Message: a.Title, Parents: 1, At: r.Now}
	}), shows(func(_ *Request, a MergePull) (string, string) {
		if a.Auto {
			return "no auto-merge", "auto-merge"
		}
		return "open", "merged"
	})},
	{"close", true, model(func(r *Request, _ Close) { r.State, r.ClosedAt, r.Events = Closed, r.Now, r.happens(WasClosed, "") }),
		always[Close]("open", "closed")},
	{"delete-branch", false, model(func(r *Request, _ DeleteBranch) { r.tip("") }), nil},
}

// model makes kind.after of a change to a copy of the request.
func model[A Action](change func(r *Request, a A)) func(*Request, Action) (*Request, bool) {
	return func(r *Request, a Action) (*Request, bool) {
		next := *r
		of, is := a.(A)
		if is {
			change(&next, of)
		}
		return &next, is
	}
}

// order is the place of an action's kind in a plan; -1 for unknown kinds.
func order(a Action) int {
	return slices.IndexFunc(kinds, func(k kind) bool { return k.name == a.Kind() })
}

// Joins reports whether GraphQL can make the action in one request with others.
func Joins(a Action) bool {
	at := order(a)
	return at >= 0 && kinds[at].joins
}

// After returns the pull request as it is after an action: the model of GitHub by which
// the laws are tested (after applying a plan, there's nothing left to do). It doesn't
// change the Request.
func (r *Request) After(a Action) (*Request, error) {
	if at := order(a); at >= 0 {
		if next, is := kinds[at].after(r, a); is {
			return next, nil
		}
	}
	return nil, fmt.Errorf("applying %T to the model: unknown action", a)
}

// opened is the pull request that an action opens.
func opened(r *Request, a OpenPull) Summary {
	_, branch, fork := strings.Cut(a.Head, ":")
	if !fork {
		branch = a.Head
	}
	return Summary{
		Number: 100_000 + len(a.Base), Title: a.Title, Body: a.Body, State: Open, Draft: a.Draft, Own: true, Base: a.Base,
		HeadBranch: branch, Head: r.Branches[branch].Tip,
	}
}

// tip sets the commit of the pull request's own branch; "" deletes the branch.
func (r *Request) tip(sha string) {
	r.Branches = with(r.Branches, r.HeadBranch, Branch{Tip: sha, Requests: r.Branches[r.HeadBranch].Requests})
}

func (r *Request) happens(kind EventKind, subject string) []Event {
	if r.Facts&Events == 0 {
		return r.Events
	}
	return append(slices.Clone(r.Events), Event{Kind: kind, Subject: subject, Own: true, At: r.Now})
}

func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	next := maps.Clone(m)
	if next == nil {
		next = map[K]V{}
	}
	next[key] = value
	return next
}
