package backport

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxShown is how many conflicts, and commits that they may come from, are
// named of one branch.
const maxShown = 10

// board wants the comment that shows all branches, and has the person who
// merged assigned where nobody else would know that there is something to do.
// Before the merge there is one only when something is wrong.
func (o *original) board() {
	_, posted := o.r.Notes[boardKey]
	merged := o.r.Merge != nil
	wrong := slices.ContainsFunc(o.rows, func(w row) bool { return w.State == stateRefused })
	if len(o.rows) == 0 && !posted || !merged && !wrong && !posted {
		return
	}
	m := memory{Rows: map[string]row{}}
	if merged {
		m.SHA = o.r.Merge.SHA
	}
	for _, w := range o.rows {
		m.Rows[w.Version] = w
		if merged && w.PR == 0 && (w.State == stateConflict || w.State == stateError && !w.Temporary) {
			o.wants.Assignees = []string{o.r.Merge.By}
		}
	}
	data, err := json.Marshal(m)
	if err != nil {
		data = nil // of strings and numbers: it does not happen
	}
	o.wants.Notes = append(o.wants.Notes, pull.Note{Key: boardKey, Body: o.boardText(), Data: string(data)})
}

func (o *original) boardText() string {
	var b strings.Builder
	switch {
	case len(o.rows) == 0:
		return boardEmpty
	case o.r.Merge != nil && strings.EqualFold(o.r.Author, o.r.Merge.By):
		fmt.Fprintf(&b, boardAlone, o.r.Author)
	case o.r.Merge != nil:
		fmt.Fprintf(&b, boardMerged, o.r.Author, o.r.Merge.By)
	default:
		b.WriteString(boardBefore)
	}
	b.WriteString("\n\n| Branch | Backport | |\n| --- | --- | --- |\n")
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
	return strings.TrimRight(b.String(), "\n")
}

// below is what is to be said of a row under the table.
func (o *original) below(w row) string {
	page := strings.TrimRight(o.ServerURL, "/") + "/" + o.r.Key.Repository().String()
	switch {
	case w.State == stateOpen:
		return fmt.Sprintf(linkText, w.PR, page, w.PR, w.Version, page, w.Version)
	case w.State == stateConflict:
		return "\n" + conflictDetails(w.Version, w.Conflicts, w.Missing) + byHand(o.r.Merge.SHA, w.Version)
	case w.State == stateError && o.r.Merge != nil:
		return byHand(o.r.Merge.SHA, w.Version)
	}
	return ""
}

// cell makes a text that a person typed fit for a table: as code, on one line.
func cell(text string) string {
	text = strings.NewReplacer("`", "'", "|", "/", "\n", " ", "\r", " ").Replace(text)
	if text == "" {
		return "(none)"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' }) {
		return "`" + text + "`"
	}
	return text
}

// conflictDetails names the files, the places in them, and where the conflicts
// may come from.
func conflictDetails(version string, conflicts []pull.Conflict, missing []pull.Prerequisite) string {
	var b strings.Builder
	fmt.Fprintf(&b, conflictTitle, version)
	for _, c := range conflicts[:min(len(conflicts), maxShown)] {
		fmt.Fprintf(&b, "- %s", code(c.Path))
		if c.Kind != "" && c.Kind != "content" {
			fmt.Fprintf(&b, " (%s)", c.Kind)
		}
		if len(c.Lines) > 0 {
			fmt.Fprintf(&b, ", line%s %s", plural(len(c.Lines)), list(c.Lines))
		}
		b.WriteByte('\n')
	}
	if over := len(conflicts) - maxShown; over > 0 {
		fmt.Fprintf(&b, "- and %d more\n", over)
	}
	if len(missing) > 0 {
		fmt.Fprintf(&b, missingTitle, version)
		for _, m := range missing[:min(len(missing), maxShown)] {
			fmt.Fprintf(&b, "- %s %s", short(m.SHA), code(m.Subject))
			if m.Number > 0 {
				fmt.Fprintf(&b, " (#%d)", m.Number)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// code shows a text of strangers so that nothing in it is Markdown or a mention.
func code(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return "`` " + strings.ReplaceAll(text, "``", "` `") + " ``"
}

func list(lines []int) string {
	var all []string
	for _, n := range lines[:min(len(lines), maxShown)] {
		all = append(all, fmt.Sprint(n))
	}
	if len(lines) > maxShown {
		all = append(all, "…")
	}
	return strings.Join(all, ", ")
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func short(sha string) string { return sha[:min(len(sha), 10)] }
