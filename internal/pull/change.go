package pull

import (
	"fmt"
	"slices"
	"strings"
)

// maxChange bounds each side of a Change, in runes.
const maxChange = 200

// Change returns what an action replaces in the snapshot and what it writes, one line
// each, shortened for the audit log. A side is "" if it says no more than the action
// does, or if the snapshot doesn't have it: of its own comments the bot keeps no text.
func (r *Request) Change(a Action) (before, after string) {
	switch a := a.(type) {
	case SetStatus:
		before, after = "none", statusLine(a.Status)
		if was, there := r.Statuses[a.Context]; there {
			before = statusLine(was)
		}
	case SetCheck:
		before, after = "none", string(a.Conclusion)+": "+a.Title
		if was, there := r.Checks[a.Name]; there {
			before = string(was.Conclusion)
		}
	case AddLabel:
		before, after = "off", "on"
	case RemoveLabel:
		before, after = "on", "off"
	case AddNote:
		before, after = "none", a.Body
	case EditNote:
		after = a.Body
	default:
		before, after = r.changeWork(a)
	}
	return oneLine(before), oneLine(after)
}

func (r *Request) changeWork(a Action) (before, after string) {
	switch a := a.(type) {
	case EditBlock:
		return a.Of(a.Seen), a.Text
	case EditEntry:
		return onOff(!a.On), onOff(a.On)
	case RequestReview:
		return logins(r.Reviewers), logins(append(slices.Clone(r.Reviewers), a.Login))
	case Assign:
		return logins(r.Assignees), logins(append(slices.Clone(r.Assignees), a.Login))
	case OpenPull:
		return "none", a.Title
	case Reopen, Close:
		closed := map[bool]string{true: "closed", false: "open"}
		_, closes := a.(Close)
		return closed[!closes], closed[closes]
	case Ready:
		return "draft", "ready for review"
	case MergePull:
		if a.Auto {
			return "no auto-merge", "auto-merge"
		}
		return "open", "merged"
	case CancelMerge:
		return "auto-merge", "no auto-merge"
	}
	return "", ""
}

func statusLine(s Status) string {
	return strings.TrimSuffix(fmt.Sprintf("%s: %s", s.State, s.Description), ": ")
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func logins(all []string) string {
	if len(all) == 0 {
		return "nobody"
	}
	return strings.Join(all, ", ")
}

// oneLine shortens a text to one line.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxChange {
		return string(runes[:maxChange-1]) + "…"
	}
	return text
}
