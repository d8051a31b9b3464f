package pull

import (
	"fmt"
	"strings"
)

// maxChange bounds each side of a Change, in runes.
const maxChange = 200

// Change returns what an action replaces in the snapshot and what it writes, one line
// each, shortened for the audit log. A side is "" if it says no more than the action
// does, or if the snapshot doesn't have it: of its own comments the bot keeps no text.
func (r *Request) Change(a Action) (before, after string) {
	if at := order(a); at >= 0 && kinds[at].change != nil {
		before, after = kinds[at].change(r, a)
	}
	return oneLine(before), oneLine(after)
}

// shows makes kind.change for a kind's type of action.
func shows[A Action](change func(r *Request, a A) (before, after string)) func(*Request, Action) (string, string) {
	return func(r *Request, a Action) (before, after string) {
		if of, is := a.(A); is {
			return change(r, of)
		}
		return "", ""
	}
}

// always is a change that is the same for all actions of a type.
func always[A Action](before, after string) func(*Request, Action) (string, string) {
	return shows(func(*Request, A) (string, string) { return before, after })
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
