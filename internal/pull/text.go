package pull

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// String shows the whole plan to people: each action, followed by the texts that it
// writes.
func (p Plan) String() string {
	var b strings.Builder
	if p.Held != nil {
		fmt.Fprintln(&b, p.Held)
	}
	if len(p.Actions) == 0 {
		b.WriteString("nothing to do\n")
	}
	p.writeActions(&b)
	if len(p.Shadow) > 0 {
		b.WriteString("in shadow, so not applied:\n")
	}
	for _, a := range p.Shadow {
		fmt.Fprintf(&b, "  %s (rule %s)\n", a, p.Because[a.String()])
	}
	for _, key := range p.Enqueue {
		fmt.Fprintf(&b, "enqueue %s\n", key)
	}
	for _, key := range p.Points {
		fmt.Fprintf(&b, "point %s to this one\n", key)
	}
	if !p.Again.IsZero() {
		fmt.Fprintf(&b, "run again at %s\n", p.Again.UTC().Format(time.RFC3339))
	}
	return b.String()
}

func (p Plan) writeActions(b *strings.Builder) {
	for _, a := range p.Actions {
		fmt.Fprintln(b, a)
		switch a := a.(type) {
		case SetCheck:
			indent(b, "  ", a.Summary)
			for _, n := range a.Annotations {
				fmt.Fprintf(b, "  %s: %s: %s\n", n.Position(), n.Level, n.Title)
				indent(b, "    ", n.Message)
			}
		case OpenPull:
			indent(b, "  ", a.Body)
		case MergePull:
			indent(b, "  ", a.Body)
		case AddNote:
			indent(b, "  ", a.Body)
		case EditNote:
			indent(b, "  ", a.Body)
		case EditBlock:
			indent(b, "  ", a.Text)
		}
		indent(b, "  because: ", Why(a))
	}
}

func indent(b *strings.Builder, prefix, text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString(strings.TrimRight(prefix+line, " "))
		b.WriteByte('\n')
	}
}

// cut shortens a text to at most limit bytes, at a whole character, with a sign that it
// did.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit - len("…")
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
