package command

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

func (t *execution) reaction() pull.Reaction {
	if len(t.faults) > 0 || t.more > 0 || t.tooMany || t.unread {
		return pull.Confused
	}
	return pull.ThumbsUp
}

// answer is the comment on what didn't work and what was asked; "" if a reaction is enough.
func (t *execution) answer() string {
	var parts []string
	if len(t.faults) > 0 {
		parts = append(parts, fmt.Sprintf(answerFaults, t.By)+"\n\n"+strings.Join(t.faults, "\n"))
	}
	if t.more > 0 {
		parts = append(parts, answerMore(t.more))
	}
	if t.tooMany {
		parts = append(parts, fmt.Sprintf(answerTooMany, t.By, maxDailyCommands))
	}
	switch {
	case t.Unread:
		parts = append(parts, fmt.Sprintf(answerTooLong, t.By))
	case t.unread:
		parts = append(parts, fmt.Sprintf(answerUnread, t.By))
	}
	return strings.Join(append(parts, t.extras...), "\n\n")
}

// help lists the commands that this person can use here.
func (t *execution) help() string {
	var b strings.Builder
	fmt.Fprintf(&b, helpStart, t.By)
	b.WriteString("\n\n| command | what it does |\n| --- | --- |\n")
	author := strings.EqualFold(t.r.Author, t.By)
	for _, v := range verbs {
		does := v.does
		if v.name == verbLabel && !v.may(t.rank, author) && len(t.Settings.Outsiders) > 0 {
			does = v.does + " " + t.onlyLabels()
		} else if !v.may(t.rank, author) || v.pulls && t.r.Issue || v.issues && !t.tracks() {
			continue
		}
		fmt.Fprintf(&b, "| `@%s %s` | %s |\n", t.r.Me, v.example, does)
	}
	return strings.TrimRight(b.String(), "\n")
}

// tracks reports whether a version can be frozen here.
func (t *execution) tracks() bool {
	return t.Freeze && t.r.Issue && t.Release.Version(t.r.Key.Number) != ""
}

// maxWhyRows is how many labels and statuses the answer to why has.
const maxWhyRows = 50

// why shows who set each label and status, when and why, by the audit log and the pull
// request's history.
func (t *execution) why() string {
	var rows []string
	r := t.r
	for _, label := range slices.Sorted(slices.Values(r.Labels)) {
		rows = append(rows, t.whyLabel(label))
	}
	statuses := map[string]bool{}
	for _, d := range slices.Backward(r.AuditLog) {
		if m := statusForm.FindStringSubmatch(d.Action); m != nil && strings.HasPrefix(r.Head, m[4]) && !statuses[m[1]] && !r.Issue {
			statuses[m[1]] = true
			why := codeCell(cmp.Or(d.Why, unquote(m[3])))
			what, by := fmt.Sprintf(whyStatus, codeCell(m[1]), m[2]), fmt.Sprintf(whyRule, codeCell(d.Rule))
			rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |", what, by, whenText(d.At), why))
		}
	}
	start := whyStart
	if t.hold != nil {
		start = fmt.Sprintf(whyHold, holdText(t.hold), r.Me) + "\n\n" + start
	}
	if len(rows) == 0 {
		return strings.TrimSuffix(start, whyStart) + whyNothing + t.pageLink()
	}
	more := ""
	if over := len(rows) - maxWhyRows; over > 0 {
		rows, more = rows[:maxWhyRows], "\n\n"+fmt.Sprintf(whyMore, over)
	}
	return start + "\n\n| what | set by | when | why |\n| --- | --- | --- | --- |\n" + strings.Join(rows, "\n") + more + t.pageLink()
}

// pageLink leads to the page, which knows more; "" if not everybody can see it.
func (t *execution) pageLink() string {
	if t.r.Page == "" {
		return ""
	}
	return "\n\n" + fmt.Sprintf(whyPage, t.r.Page)
}

// whyLabel is a label's row.
func (t *execution) whyLabel(label string) string {
	var set pull.Event
	for _, e := range t.r.Events {
		if e.Kind == pull.Labeled && strings.EqualFold(e.Subject, label) {
			set = e
		}
	}
	by, at, why := codeCell(set.By), set.At, whyHand
	asked, mine := t.labels[strings.ToLower(label)]
	switch {
	case set.Own && mine && !set.At.Before(t.r.Now): // in this very run
		by, why = fmt.Sprintf(whyRule, codeCell(ruleName)), codeCell(asked.Why)
	case set.Own || set.Kind == "":
		by, why = whyNobody, ""
		if set.Own {
			by, why = whyForgotten, whyUnknown
		}
		for _, d := range t.r.AuditLog {
			if strings.EqualFold(d.Action, pull.AddLabel{Name: label}.String()) {
				by, at, why = fmt.Sprintf(whyRule, codeCell(d.Rule)), d.At, codeCell(d.Why)
			}
		}
	case strings.HasSuffix(set.By, "[bot]"):
		why = ""
	}
	return fmt.Sprintf("| %s | %s | %s | %s |", fmt.Sprintf(whyLabelled, codeCell(label)), by, whenText(at), why)
}
