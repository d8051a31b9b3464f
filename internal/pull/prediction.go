package pull

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Prediction is something that a rule in shadow wants.
type Prediction struct {
	Rule string
	// Thing is what it's about, one line: "label docs", "status bedevere/news on 1234567".
	Thing string
	// Want and Found are the thing's states. For a comment, Found is "": who knows the
	// earlier ones must look for it.
	Want, Found string
	Action      string // Action.String; "" if it needs none
	Why         string
}

// States of things. A thing that isn't there is Off or None.
const (
	On     = "on"
	Off    = "off"
	None   = "none"
	Posted = "posted"
)

// How things begin.
const (
	LabelThing    = "label "
	StatusThing   = "status "
	CommentThing  = "comment "
	BackportThing = "backport to "
)

func statusThing(context, head string) string { return StatusThing + context + " on " + short(head) }

// claim is what an action makes of a thing.
type claim struct{ thing, want string }

// claims are those of all actions that others can be seen to do. A check run, a reaction,
// and an edit of a comment are always an App's own; a pick shows as a pull request.
var claims = []func(Action) (c claim, is bool){
	makes(func(a AddLabel) claim { return claim{LabelThing + a.Name, On} }),
	makes(func(a RemoveLabel) claim { return claim{LabelThing + a.Name, Off} }),
	makes(func(a SetStatus) claim { return claim{statusThing(a.Context, a.SHA), string(a.State)} }),
	makes(func(a AddNote) claim { return claim{CommentThing + a.Key, Posted} }),
	makes(func(a OpenPull) claim { return claim{BackportThing + a.Base, a.Title} }),
	makes(func(a RequestReview) claim { return claim{"review by " + a.Login, On} }),
	makes(func(a Assign) claim { return claim{"assignment of " + a.Login, On} }),
	makes(func(a EditBlock) claim { return claim{"block " + a.Start, textOrNone(a.Text)} }),
	makes(func(a EditEntry) claim { return claim{fmt.Sprintf("list of issue #%d", a.Issue), onOff(a.On)} }),
	makes(func(Ready) claim { return claim{"draft", Off} }),
	makes(func(Close) claim { return claim{"state", string(Closed)} }),
	makes(func(Reopen) claim { return claim{"state", string(Open)} }),
	makes(func(a MergePull) claim {
		if a.Auto {
			return claim{"auto-merge", On}
		}
		return claim{"state", string(Merged)}
	}),
	makes(func(CancelMerge) claim { return claim{"auto-merge", Off} }),
	makes(func(a DeleteBranch) claim { return claim{"branch " + a.Branch, None} }),
}

// makes is a claim of a type of action.
func makes[A Action](of func(A) claim) func(Action) (claim, bool) {
	return func(a Action) (c claim, is bool) {
		action, is := a.(A)
		if is {
			c = of(action)
		}
		return c, is
	}
}

// prediction is what an action is about, and how that is now, or false if others can't be
// seen to do it.
func (r *Request) prediction(a Action) (p Prediction, comparable bool) {
	for _, claimed := range claims {
		if c, is := claimed(a); is {
			found, known := r.Found(c.thing)
			return Prediction{Thing: c.thing, Want: c.want, Found: found, Why: Why(a)}, known
		}
	}
	return Prediction{}, false
}

func textOrNone(text string) string {
	if text = oneLine(text); text == "" {
		return None
	}
	return text
}

// states tell a thing's state by the rest of its name, after the first word, or false if
// that wasn't loaded.
var states = map[string]func(r *Request, name string) (state string, known bool){
	"label": func(r *Request, name string) (string, bool) { return onOff(r.HasLabel(name)), true },
	"status": func(r *Request, name string) (string, bool) {
		context, on := strings.CutSuffix(name, " on "+short(r.Head))
		if s, there := r.Statuses[context]; there && on {
			return string(s.State), true
		}
		return None, on && r.Facts&Statuses != 0
	},
	"comment": func(r *Request, _ string) (string, bool) { return "", r.Facts&Comments != 0 },
	"backport": func(r *Request, name string) (string, bool) {
		base := strings.TrimPrefix(name, "to ")
		if s := r.Backport(base); s.Number != 0 {
			return s.Title, true
		}
		_, looked := r.Into[base]
		return None, looked
	},
	"review": func(r *Request, name string) (string, bool) {
		return onOff(hasFold(r.Reviewers, strings.TrimPrefix(name, "by "))), r.Facts&Reviews != 0
	},
	"assignment": func(r *Request, name string) (string, bool) {
		return onOff(hasFold(r.Assignees, strings.TrimPrefix(name, "of "))), r.Facts&Reviews != 0
	},
	"block": func(r *Request, name string) (string, bool) { return textOrNone(blockText(r.Body, name)), true },
	"list": func(r *Request, name string) (string, bool) {
		number, _ := strconv.Atoi(strings.TrimPrefix(name, "of issue #")) // no issue is 0
		issue, looked := r.Issues[number]
		in := slices.ContainsFunc(strings.Split(issue.Body, "\n"), func(line string) bool { return entry(line) == r.Key.Number })
		return onOff(in), looked
	},
	"draft":      func(r *Request, _ string) (string, bool) { return onOff(r.Draft), true },
	"state":      func(r *Request, _ string) (string, bool) { return string(r.State), true },
	"auto-merge": func(r *Request, _ string) (string, bool) { return onOff(r.AutoMerge), r.Facts&Merging != 0 },
	"branch": func(r *Request, name string) (string, bool) {
		branch, looked := r.Branches[name]
		if branch.Tip == "" {
			return None, looked
		}
		return On, looked
	},
}

// Found returns a thing's state, or false if it isn't known. Of a comment, it only tells
// whether comments are known: the state is "".
func (r *Request) Found(thing string) (state string, known bool) {
	kind, name, _ := strings.Cut(thing, " ")
	if tell := states[kind]; tell != nil {
		return tell(r, name)
	}
	return "", false
}

// blockText is what a body has from a block's first line to the next closing one. To
// compare, it's enough to find it as text.
func blockText(body, start string) string {
	_, rest, found := strings.Cut(body, start)
	text, _, closed := strings.Cut(rest, "<!-- /")
	if !found || !closed {
		return ""
	}
	return text
}

// Backport returns the newest pull request that others opened as a backport to a branch;
// its number is 0 if there's none. Its title may be wrong: the number in it, the commit
// in its text or in its branch's name is enough.
func (r *Request) Backport(base string) (newest Summary) {
	if r.Merge == nil {
		return newest
	}
	number := regexp.MustCompile(fmt.Sprintf(`(?i)(?:GH-|#)%d\b`, r.Key.Number))
	for _, s := range r.Into[base] {
		tells := number.MatchString(s.Title) || strings.Contains(s.Body, r.Merge.SHA) || strings.Contains(s.HeadBranch, short(r.Merge.SHA))
		if tells && s.Number > r.Key.Number && s.Number > newest.Number {
			newest = s
		}
	}
	return newest
}
