package pull

import (
	"fmt"
	"regexp"
	"slices"
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

// prediction is what an action is about, and how that is now, or false if others can't be
// seen to do it: a check run, a reaction, and an edit of a comment are always an App's
// own.
func (r *Request) prediction(a Action) (p Prediction, comparable bool) {
	thing := func(thing, want string) (Prediction, bool) {
		found, known := r.Found(thing)
		return Prediction{Thing: thing, Want: want, Found: found, Why: Why(a)}, known
	}
	switch a := a.(type) {
	case AddLabel:
		return thing(LabelThing+a.Name, On)
	case RemoveLabel:
		return thing(LabelThing+a.Name, Off)
	case SetStatus:
		return thing(statusThing(a.Context, a.SHA), string(a.State))
	case AddNote:
		return Prediction{Thing: CommentThing + a.Key, Want: Posted}, r.Facts&Comments != 0
	case OpenPull:
		return thing(BackportThing+a.Base, a.Title)
	case RequestReview:
		return thing("review by "+a.Login, On)
	case Assign:
		return thing("assignment of "+a.Login, On)
	case Ready:
		return thing("draft", Off)
	case Close:
		return thing("state", string(Closed))
	case Reopen:
		return thing("state", string(Open))
	case MergePull:
		if a.Auto {
			return thing("auto-merge", On)
		}
		return thing("state", string(Merged))
	case CancelMerge:
		return thing("auto-merge", Off)
	case DeleteBranch:
		return thing("branch "+a.Branch, None)
	}
	return r.predictedEdit(a)
}

// predictedEdit is the prediction of an edit in the text of a pull request or issue.
func (r *Request) predictedEdit(a Action) (p Prediction, comparable bool) {
	switch a := a.(type) {
	case EditBlock:
		return thing("block "+a.Start, textOrNone(a.Text))
	case EditEntry:
		return thing(fmt.Sprintf("list of issue #%d", a.Issue), onOff(a.On))
	}
	return Prediction{}, false
}

func textOrNone(text string) string {
	if text = oneLine(text); text == "" {
		return None
	}
	return text
}

// Found returns the state of a thing that can be told by its name, or false.
func (r *Request) Found(thing string) (state string, known bool) {
	kind, name, _ := strings.Cut(thing, " ")
	switch kind {
	case "label":
		return onOff(r.HasLabel(name)), true
	case "status":
		context, on := strings.CutSuffix(name, " on "+short(r.Head))
		if s, there := r.Statuses[context]; there && on {
			return string(s.State), true
		}
		return None, on && r.Facts&Statuses != 0
	case "backport":
		base := strings.TrimPrefix(name, "to ")
		into, looked := r.Into[base]
		if s := r.backport(into); s.Number != 0 {
			return s.Title, true
		}
		return None, looked
	case "review":
		login := strings.TrimPrefix(name, "by ")
		return onOff(hasFold(r.Reviewers, login)), r.Facts&Reviews != 0
	case "assignment":
		return onOff(hasFold(r.Assignees, strings.TrimPrefix(name, "of "))), r.Facts&Reviews != 0
	case "draft":
		return onOff(r.Draft), true
	case "state":
		return string(r.State), true
	case "auto-merge":
		return onOff(r.AutoMerge), r.Facts&Merging != 0
	case "block":
		return textOrNone(blockText(r.Body, name)), true
	case "list":
		var number int
		_, _ = fmt.Sscanf(name, "of issue #%d", &number) // 0 is no issue
		issue, looked := r.Issues[number]
		in := slices.ContainsFunc(strings.Split(issue.Body, "\n"), func(line string) bool { return entry(line) == r.Key.Number })
		return onOff(in), looked
	case "branch":
		tip, looked := r.Branches[name]
		if tip.Tip == "" {
			return None, looked
		}
		return On, looked
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
func (r *Request) Backport(base string) Summary { return r.backport(r.Into[base]) }

func (r *Request) backport(into []Summary) (newest Summary) {
	if r.Merge == nil {
		return newest
	}
	number := regexp.MustCompile(fmt.Sprintf(`(?i)(?:GH-|#)%d\b`, r.Key.Number))
	for _, s := range into {
		names := number.MatchString(s.Title) || strings.Contains(s.Body, r.Merge.SHA) || strings.Contains(s.HeadBranch, short(r.Merge.SHA))
		if names && s.Number > r.Key.Number && s.Number > newest.Number {
			newest = s
		}
	}
	return newest
}
