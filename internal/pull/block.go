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
	Like string
}

// In gives the body with the block in it. Everything outside of such blocks
// stays as it is, to the byte, but for the line breaks around one that goes. The
// first of several is written, and the others go. An opening line without a
// closing one is people's own text: a new block is then put at the end. Where
// the lines of such blocks are in such disorder that this cannot be done, the
// body is left alone.
func (b Block) In(body string) string {
	spans := b.spans(body)
	next, want := body, 0
	for i := len(spans) - 1; i >= 0 && (i > 0 || b.Text == ""); i-- {
		next = spans[i].out(next)
	}
	if b.Text != "" {
		next, want = b.written(next, spans), 1
	}
	if len(b.spans(next)) != want {
		return body
	}
	return next
}

// written gives a body that has the first of these blocks, or none, with what
// the block is to say.
func (b Block) written(body string, spans []span) string {
	newline := "\n"
	if strings.Contains(body, "\r\n") { // as GitHub's own form sends it
		newline = "\r\n"
	}
	text := strings.Trim(b.Text, "\n")
	whole := strings.ReplaceAll(b.Start+"\n"+text+"\n"+b.End, "\n", newline)
	switch {
	case len(spans) == 0:
		return body + gap(body, newline) + whole
	case spans[0].opening == b.Start && b.text(body, spans[0]) == text:
		return body // whatever its line breaks
	}
	return body[:spans[0].start] + whole + body[spans[0].end:]
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

// spans finds such blocks. Their lines must be whole: in a quote they mean
// nothing, nor in a fenced block of code.
func (b Block) spans(body string) []span {
	var all []span
	code := fenced(body)
	open := -1
	opening := ""
	for at := 0; at < len(body); {
		line, next := lineAt(body, at)
		switch {
		case open < 0 && code[at] > at:
			next = code[at]
		case line != "" && line == b.Start, b.Like != "" && strings.HasPrefix(line, b.Like) && strings.HasSuffix(line, "-->"):
			open, opening = at, line // of two opening lines in a row the first one is people's
		case open >= 0 && line == b.End:
			all = append(all, span{open, at + len(b.End), opening})
			open = -1
		}
		at = next
	}
	return all
}

// lineAt is the line that begins at a place, without white space at its end,
// and where the next one begins.
func lineAt(body string, at int) (line string, next int) {
	next = len(body)
	if n := strings.IndexByte(body[at:], '\n'); n >= 0 {
		next = at + n + 1
	}
	return strings.TrimRight(body[at:next], " \t\r\n"), next
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

// fenced are the fenced blocks of code of a body: where each begins, and where
// what follows it does ("Fenced code blocks", CommonMark). One without an end
// is left out: what the bot puts below it must be found again.
func fenced(body string) map[int]int {
	all := map[int]int{}
	endless := map[byte]int{} // by character: from this length on there is no end
	for at := 0; at < len(body); {
		line, next := lineAt(body, at)
		if char, length, _ := fence(line); length > 0 && (endless[char] == 0 || length < endless[char]) {
			if end := fenceEnd(body, next, char, length); end > 0 {
				all[at], next = end, end
			} else {
				endless[char] = length
			}
		}
		at = next
	}
	return all
}

func fenceEnd(body string, at int, char byte, length int) int {
	for at < len(body) {
		line, next := lineAt(body, at)
		if c, n, info := fence(line); c == char && n >= length && info == "" {
			return next
		}
		at = next
	}
	return -1
}

// fence reads a line of at least three backticks or tildes, and the words after
// them.
func fence(line string) (char byte, length int, info string) {
	rest := strings.TrimLeft(line, " ")
	if len(line)-len(rest) > 3 || rest == "" || rest[0] != '`' && rest[0] != '~' {
		return 0, 0, ""
	}
	info = strings.TrimLeft(rest, rest[:1])
	length = len(rest) - len(info)
	if length < 3 || rest[0] == '`' && strings.Contains(info, "`") {
		return 0, 0, ""
	}
	return rest[0], length, info
}
