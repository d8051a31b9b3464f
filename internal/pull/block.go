package pull

import (
	"regexp"
	"strings"
)

// Block is a part of a body that the bot alone writes, between two lines that
// people do not see. The rest of the body is never touched.
type Block struct {
	Start, End string // whole lines, as "<!-- gh-linked-prs -->"
	Text       string // lines between them; "": there is to be no such block
	// Like is how the Start of earlier blocks begins, where it is not always the
	// same: they are replaced. "": it is.
	Like     string
	Markdown Markdown
}

// Markdown reads bodies as GitHub renders them, which the core doesn't know by itself.
// Without it there is no block anywhere, and none is written.
type Markdown interface {
	// Comments are where the lines of a body begin, in bytes, that are an HTML comment
	// and nothing else: not in code, a quote, or what is hidden otherwise.
	Comments(body string) []int
}

// In gives the body with the block in it. Everything outside of such blocks
// stays as it is, to the byte, but for the line breaks around one that goes. The
// first of several is written, and the others go. An opening line without a
// closing one is people's own text. A new block is put at the end, or at the start
// where people's code or comment goes on to the end. Where the lines of such blocks
// are in such disorder that none of this can be done, or the body would get longer
// than GitHub allows, it is left alone.
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

// once is the body that is wanted if it has this block, once, and the other one if
// not.
func (b Block) once(wanted, other string) string {
	if spans := b.spans(wanted); len(spans) != 1 || !b.says(wanted, spans[0]) {
		return other
	}
	return wanted
}

// says tells whether a block in a body is as it should be, whatever its line breaks.
func (b Block) says(body string, s span) bool {
	return s.opening == b.Start && b.text(body, s) == strings.Trim(b.Text, "\n")
}

// written gives a body whose first block is as it should be.
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
	if strings.Contains(body, "\r\n") { // as GitHub's own form sends it
		return "\r\n"
	}
	return "\n"
}

// Of is the text of such blocks in a body, with plain line breaks; "" where
// there is none.
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

// Openings are the opening lines of such blocks in a body.
func (b Block) Openings(body string) []string {
	var all []string
	for _, s := range b.spans(body) {
		all = append(all, s.opening)
	}
	return all
}

// span is where a block is in a body.
type span struct {
	start, end int
	opening    string
}

// spans finds such blocks, where GitHub renders their lines as comments.
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
			open, opening = at, line // of two opening lines in a row the first one is people's
		case open >= 0 && line == b.End:
			all = append(all, span{open, at + len(b.End), opening})
			open = -1
		}
	}
	return all
}

// lineAt is the line that begins at a place, without white space at its end.
func lineAt(body string, at int) string {
	line := body[at:]
	if end := strings.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	return strings.TrimRight(line, " \t")
}

// The line breaks around a block that goes.
var (
	gapAfter   = regexp.MustCompile(`^[ \t]*(?:\r?\n){0,2}`)
	blankAfter = regexp.MustCompile(`^[ \t]*(?:$|\r?\n[ \t]*(?:\r?\n|$))`)
)

// out takes a block out of a body, with the gap before it, or after it where it
// comes first. Paragraphs stay apart.
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

// unbroken takes one line break off the end.
func unbroken(text string) string {
	line, found := strings.CutSuffix(text, "\n")
	if !found {
		return text
	}
	return strings.TrimSuffix(line, "\r")
}

// gap is what makes a block stand by itself at the end of a body.
func gap(body, newline string) string {
	switch {
	case body == "", strings.HasSuffix(body, newline+newline):
		return ""
	case strings.HasSuffix(body, newline):
		return newline
	}
	return newline + newline
}
