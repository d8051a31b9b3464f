package pull

import (
	"regexp"
	"strings"
)

// Block is a part of a body that only the bot writes, between two hidden lines. The rest
// of the body is never touched.
type Block struct {
	Start, End string // whole lines, as "<!-- gh-linked-prs -->"
	Text       string // lines between them; "" for no block
	// Like is the common start of earlier blocks' Start, if it varies: those are replaced.
	// "" if it doesn't vary.
	Like     string
	Markdown Markdown
}

// Markdown reads bodies as GitHub renders them, which the core can't do by itself.
// Without it, there are no blocks, and none are written.
type Markdown interface {
	// Comments returns where lines of a body start, in bytes, that are HTML comments and
	// nothing else: not in code, a quote, or another hidden part.
	Comments(body string) []int
}

// In returns the body with the block in it. Everything else stays the same, to the byte,
// except line breaks around a removed block. Of several blocks, the first is rewritten
// and the others are removed. An opening line without a closing one is someone's own
// text. A new block goes at the end, or at the start if someone's code or comment
// extends to the end. If the lines are too disordered for all that, or the body would
// get longer than GitHub allows, it's left alone.
func (b Block) In(body string) string {
	spans := b.spans(body)
	next := body
	for i := len(spans) - 1; i >= 0 && (i > 0 || b.Text == ""); i-- {
		next = spans[i].out(next)
	}
	switch {
	case b.Text == "" && len(spans) > 0 && len(b.spans(next)) > 0:
		return body
	case b.Text == "":
		return next
	case len(spans) > 0:
		return b.once(b.written(next, spans[0]), body)
	}
	newline := newlineOf(body)
	whole := b.whole(newline)
	if next = b.once(body+gap(body, newline)+whole, body); next == body {
		next = b.once(whole+newline+newline+body, body)
	}
	return next
}

// once returns the wanted body if it has this block exactly once, or else the other.
func (b Block) once(wanted, other string) string {
	if spans := b.spans(wanted); len(spans) != 1 || !b.says(wanted, spans[0]) {
		return other
	}
	return wanted
}

// says reports whether a block in a body is as it should be, whatever its line breaks.
func (b Block) says(body string, s span) bool {
	return s.opening == b.Start && b.text(body, s) == strings.Trim(b.Text, "\n")
}

// written returns a body whose first block is as it should be.
func (b Block) written(body string, first span) string {
	if b.says(body, first) {
		return body
	}
	return body[:first.start] + b.whole(newlineOf(body)) + body[first.end:]
}

func (b Block) whole(newline string) string {
	return strings.ReplaceAll(b.Start+"\n"+strings.Trim(b.Text, "\n")+"\n"+b.End, "\n", newline)
}

func newlineOf(body string) string {
	if strings.Contains(body, "\r\n") { // GitHub's web form sends these
		return "\r\n"
	}
	return "\n"
}

// Of returns the text of such blocks in a body, with plain line breaks, or "" if there
// are none.
func (b Block) Of(body string) string {
	var texts []string
	for _, s := range b.spans(body) {
		texts = append(texts, b.text(body, s))
	}
	return strings.Join(texts, "\n")
}

func (b Block) text(body string, s span) string {
	text := body[s.start+len(s.opening) : s.end-len(b.End)]
	return strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// Openings returns the opening lines of such blocks in a body.
func (b Block) Openings(body string) []string {
	var all []string
	for _, s := range b.spans(body) {
		all = append(all, s.opening)
	}
	return all
}

// span is a block's place in a body.
type span struct {
	start, end int
	opening    string
}

// spans finds such blocks, if GitHub renders their lines as comments.
func (b Block) spans(body string) []span {
	if b.Markdown == nil || b.End == "" || !strings.Contains(body, b.End) {
		return nil
	}
	var all []span
	open := -1
	opening := ""
	for _, at := range b.Markdown.Comments(body) {
		line := lineAt(body, at)
		switch {
		case line == b.Start, b.Like != "" && strings.HasPrefix(line, b.Like):
			open, opening = at, line // of two opening lines in a row, the first is someone's own
		case open >= 0 && line == b.End:
			all = append(all, span{open, at + len(b.End), opening})
			open = -1
		}
	}
	return all
}

// lineAt returns the line that starts at a place, without trailing white space.
func lineAt(body string, at int) string {
	line := body[at:]
	if end := strings.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	return strings.TrimRight(line, " \t")
}

// The line breaks around a removed block.
var (
	gapAfter   = regexp.MustCompile(`^[ \t]*(?:\r?\n){0,2}`)
	blankAfter = regexp.MustCompile(`^[ \t]*(?:$|\r?\n[ \t]*(?:\r?\n|$))`)
)

// out removes a block from a body, with the gap before it, or after it if it comes
// first. Paragraphs stay apart.
func (s span) out(body string) string {
	before, after := body[:s.start], body[s.end:]
	if before == "" {
		return gapAfter.ReplaceAllString(after, "")
	}
	if before = unbroken(before); blankAfter.MatchString(after) {
		before = unbroken(before)
	}
	return before + after
}

// unbroken removes one line break from the end.
func unbroken(text string) string {
	line, found := strings.CutSuffix(text, "\n")
	if !found {
		return text
	}
	return strings.TrimSuffix(line, "\r")
}

// gap separates a block from the end of a body.
func gap(body, newline string) string {
	switch {
	case body == "", strings.HasSuffix(body, newline+newline):
		return ""
	case strings.HasSuffix(body, newline):
		return newline
	}
	return newline + newline
}
