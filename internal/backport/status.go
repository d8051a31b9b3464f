package backport

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// shows reports whether there should be a status comment. Before the merge, there's
// one only if something is wrong, or if someone opened a backport by hand.
func (o *original) shows() bool {
	if _, posted := o.r.Notes[statusKey]; posted {
		return true
	}
	return slices.ContainsFunc(o.rows, func(w row) bool {
		return o.r.Merge != nil || w.State == stateRefused || w.person || w.PR != 0
	})
}

// statusComment writes the status comment. It also assigns whoever merged the pull request if
// nobody else would notice that there's something to do.
func (o *original) statusComment() {
	if !o.shows() {
		return
	}
	merged := o.r.Merge != nil
	m := memory{Rows: map[string]row{}}
	if merged {
		m.SHA = o.r.Merge.SHA
	}
	if stacked(o.r) {
		m.Outer = o.outer().Number
	}
	o.fit()
	for _, w := range o.rows {
		m.Rows[w.Version] = w
		_, retried := w.next()
		if merged && w.PR == 0 && (w.State == stateConflict || w.State == stateError && !retried) {
			o.ask(w.Version)
		}
	}
	o.wants.Notes = append(o.wants.Notes, pull.Note{Key: statusKey, Body: o.statusText(), Data: pull.Data(m)})
}

// ask assigns someone, or mentions them if they can't be assigned.
func (o *original) ask(version string) {
	login, assignable := o.responsible(o.merged(), version, o.r.Now)
	switch {
	case login == "":
	case assignable && !slices.Contains(o.wants.Assignees, login):
		o.wants.Assignees = append(o.wants.Assignees, login)
	case !assignable && !slices.Contains(o.mentions, login):
		o.mentions = append(o.mentions, login)
	}
}

// maxDetails limits the rows' details on conflicts, in bytes: the status comment has
// room for 16 kB of data.
const maxDetails = 12 << 10

// fit shortens details on conflicts, and drops them if there are too many.
func (o *original) fit() {
	left := maxDetails
	for i := range o.rows {
		w := &o.rows[i]
		w.Conflicts = o.paths.order(w.Conflicts)
		w.brief()
		details, _ := json.Marshal([]any{w.Conflicts, w.Missing})
		if left -= len(details); left < 0 {
			w.Conflicts, w.Missing = nil, nil
		}
		if w.Failure != "" { // its text may name a file
			*w = o.worded(w.Version, *w)
		}
	}
}

func (o *original) statusText() string {
	var b strings.Builder
	switch {
	case len(o.rows) == 0:
		return statusEmpty
	case o.r.Merge != nil && o.merged().merger() == "", o.r.Merge != nil && strings.EqualFold(o.r.Author, o.merged().merger()):
		fmt.Fprintf(&b, statusAlone, o.r.Author)
	case o.r.Merge != nil:
		fmt.Fprintf(&b, statusMerged, o.r.Author, o.merged().merger())
	case slices.ContainsFunc(o.rows, func(w row) bool { return w.State == stateRefused }):
		b.WriteString(statusRefused)
	case slices.ContainsFunc(o.rows, func(w row) bool { return w.PR != 0 }):
		b.WriteString(statusMade)
	default:
		b.WriteString(statusBefore)
	}
	b.WriteString("\n\n| Branch | Backport | Next |\n| --- | --- | --- |\n")
	for _, w := range o.rows {
		state := string(w.State)
		if w.PR != 0 {
			state += fmt.Sprintf(": #%d", w.PR)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(w.Version), state, w.Text)
	}
	for _, w := range o.rows {
		b.WriteString(o.below(w))
	}
	for _, login := range o.mentions {
		fmt.Fprintf(&b, statusAsk, login)
	}
	return strings.TrimRight(b.String(), "\n")
}

// below is a row's text under the table.
func (o *original) below(w row) string {
	page := strings.TrimRight(o.ServerURL, "/") + "/" + o.r.Key.Repository().String()
	switch {
	case w.State == stateOpen:
		return fmt.Sprintf(linkText, w.PR, page, w.PR, w.Version, page, w.Version) + o.special(w)
	case w.State == stateConflict && w.PR != 0: // the pull request has the details
		return o.special(w)
	case w.State == stateConflict:
		return "\n" + w.details() + o.special(w) + byHand(o.r.Merge.SHA, w.Version)
	case w.State == stateError && o.r.Merge != nil && failures[w.Failure].byHand:
		return byHand(o.r.Merge.SHA, w.Version)
	}
	return ""
}

// special says which files a pick leaves out, and what makes the generated ones again.
func (o *original) special(w row) string {
	if w.others {
		return ""
	}
	text := ""
	left := o.left(w.Version)
	if len(left) > 0 {
		text = "\n" + textLeft(w.Version, left) + "\n"
	}
	if w.State == stateConflict {
		return text + o.paths.regenerate(w)
	}
	kept := slices.DeleteFunc(changed(o.r), func(path string) bool { return slices.Contains(left, path) })
	if commands, _ := o.paths.Commands(kept); len(commands) > 0 {
		text += "\n" + fmt.Sprintf(textGenerated, w.Version, commandList(commands)) + "\n"
	}
	return text
}

// regenerate says which commands resolve a row's conflicts in generated files.
func (p *Paths) regenerate(w row) string {
	var paths []string
	for _, c := range w.Conflicts {
		paths = append(paths, c.Path)
	}
	switch commands, all := p.Commands(paths); {
	case len(commands) == 0:
		return ""
	case all:
		return "\n" + fmt.Sprintf(textSourcesClean, w.Version, commandList(commands)) + "\n"
	default:
		return "\n" + fmt.Sprintf(textSomeGenerated, commandList(commands)) + "\n"
	}
}

// cell escapes text that a person typed for a table: a version stays, the rest becomes
// code.
func cell(text string) string {
	if text == "" {
		return "(none)"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' }) {
		return markdown.CodeCell(text)
	}
	return text
}

// details names the files, the places in them, and commits that may have caused the
// conflicts.
func (w row) details() string {
	var b strings.Builder
	conflicts, more, missing := w.Conflicts, w.More, w.Missing
	fmt.Fprintf(&b, conflictTitle, w.Version)
	if len(conflicts) == 0 {
		b.WriteString(conflictMany)
	}
	for _, c := range conflicts {
		fmt.Fprintf(&b, "- %s", markdown.Code(c.Path))
		if c.Kind != "" && c.Kind != "content" {
			fmt.Fprintf(&b, " (%s)", c.Kind)
		}
		if len(c.Lines) > 0 {
			fmt.Fprintf(&b, ", %s %s", english.PluralWord(len(c.Lines), "line", ""), list(c.Lines))
		}
		b.WriteByte('\n')
	}
	if more > 0 {
		fmt.Fprintf(&b, "- and %d more\n", more)
	}
	if len(missing) > 0 {
		fmt.Fprintf(&b, missingTitle, w.Version)
		for _, m := range missing {
			fmt.Fprintf(&b, "- %s %s", short(m.SHA), markdown.Code(m.Subject))
			if m.Number > 0 {
				fmt.Fprintf(&b, " (#%d)", m.Number)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func list(lines []int) string {
	var all []string
	for _, n := range lines {
		all = append(all, fmt.Sprint(n))
	}
	return strings.Join(all, ", ")
}

func short(sha string) string { return sha[:min(len(sha), 10)] }
