package markdown

import (
	"strings"

	md "rsc.io/markdown"
)

// Body reads bodies for others that don't know this package.
type Body struct{}

// Comments is the function of that name.
func (Body) Comments(body string) []int { return Comments(body) }

// Comments tells where the lines of a body begin, in bytes, that are an HTML comment
// from their first character on and nothing else, as GitHub renders the body: not in
// code, a quote, a list item, or another comment. There are none in a body that isn't
// read (see Read).
func Comments(body string) []int {
	if !strings.Contains(body, "<!--") {
		return nil
	}
	d := parse(body)
	if d == nil {
		return nil
	}
	var r reader
	r.blocks(d.Blocks)
	starts := lineStarts(body)
	var all []int
	for _, number := range r.comments {
		if number <= len(starts) {
			all = append(all, starts[number-1])
		}
	}
	return all
}

// lineStarts is where each line begins, as the parser counts them.
func lineStarts(body string) []int {
	starts := []int{0}
	for i := range len(body) {
		if body[i] == '\n' || body[i] == '\r' && (i+1 == len(body) || body[i+1] != '\n') {
			starts = append(starts, i+1)
		}
	}
	if strings.HasPrefix(body, byteOrderMark) {
		starts[0] = len(byteOrderMark)
	}
	return starts
}

// Unfenced gives the lines of a text without their ends, and what is code, a quote or
// raw HTML in it as empty ones. It is false for a text that isn't read (see Read).
func Unfenced(text string) ([]string, bool) {
	d := parse(text)
	if d == nil {
		return nil, false
	}
	lines := strings.Split(newlines.Replace(text), "\n")
	var blank func(all []md.Block)
	blank = func(all []md.Block) {
		for _, b := range all {
			switch b := b.(type) {
			case *md.CodeBlock, *md.HTMLBlock, *md.Quote:
				for n := b.Pos().StartLine; n <= min(b.Pos().EndLine, len(lines)); n++ {
					lines[n-1] = ""
				}
			case *md.List:
				blank(b.Items)
			case *md.Item:
				blank(b.Blocks)
			}
		}
	}
	blank(d.Blocks)
	return lines, true
}
