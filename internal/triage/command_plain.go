package triage

import (
	"bytes"
	"strings"
)

// plain gives a comment in which everything that is code, a quote or an HTML
// comment is NUL bytes; lines stay where they are. It knows as much of Markdown as
// that needs (GitHub Flavored Markdown Spec, "Leaf blocks", "Container blocks",
// "Code spans"), in linear time. In doubt it hides more rather than less: a
// command that does not run is written again.
func plain(body string) string {
	lower := []byte(body) // strings.ToLower changes the length of some letters
	for i, b := range lower {
		if 'A' <= b && b <= 'Z' {
			lower[i] = b + 'a' - 'A'
		}
	}
	p := prose{text: []byte(body), lower: string(lower)}
	for start := 0; start < len(body); {
		end := start + strings.IndexByte(body[start:], '\n')
		if end < start {
			end = len(body)
		}
		p.line(start, end)
		start = end + 1
	}
	p.paragraph(len(body))
	return string(p.text)
}

// prose is a comment while it is read.
type prose struct {
	text  []byte
	lower string
	fence fence  // that is open; no n: none
	html  string // what ends the HTML that is open
	quote bool   // the line before was of a quote, which goes on until a blank line
	open  bool   // there is a paragraph, and it begins at from
	from  int
}

// fence of a block of code: n times mark. A line that is indented less than
// least ends what the block is in; one that is indented more than most does not
// close it.
type fence struct {
	mark        byte
	n           int
	least, most int
}

// htmlEnds are the elements, and the comment, in which nothing is a command.
var htmlEnds = []struct{ start, end string }{
	{"<!--", "-->"}, {"<pre", "</pre>"}, {"<code", "</code>"}, {"<blockquote", "</blockquote>"},
	{"<script", "</script>"}, {"<style", "</style>"}, {"<textarea", "</textarea>"},
}

func (p *prose) hide(start, end int) {
	for i := start; i < end; i++ {
		p.text[i] = 0
	}
}

// line reads one line, without its line break.
func (p *prose) line(start, end int) {
	line := strings.TrimRight(p.lower[start:end], " \t\r")
	if p.html != "" {
		p.take(start, start+len(line))
		return
	}
	column, at := indentation(line)
	blank := at == len(line)
	if p.fence.n > 0 {
		if blank || column >= p.fence.least {
			p.hide(start, end)
			if column <= p.fence.most && p.fence.closes(line[at:]) {
				p.fence = fence{}
			}
			return
		}
		p.fence = fence{}
	}
	if blank {
		p.paragraph(start)
		p.quote = false
		return
	}
	inside, width := listed(line[at:])
	opened, opens := opening(inside, column, width)
	switch {
	case opens:
		p.paragraph(start)
		p.quote, p.fence = false, opened
		p.hide(start, end)
	case strings.HasPrefix(inside, ">"), p.quote:
		p.paragraph(start)
		p.quote = true
		p.hide(start, end)
		if !strings.HasPrefix(inside, ">") { // HTML ends a quote
			p.element(start, start+len(line))
		}
	case column >= 4 && !p.open:
		p.hide(start, end)
	default:
		if width > 0 || inside[0] == '#' {
			p.paragraph(start)
		}
		p.take(start, start+len(line))
	}
}

// take takes a line into the paragraph.
func (p *prose) take(start, end int) {
	if !p.open {
		p.open, p.from = true, start
	}
	p.element(start, end)
}

// element hides what HTML elements and comments hide of a line.
func (p *prose) element(start, end int) {
	ticks := 0
	for at := start; at < end; {
		if p.html != "" {
			stop := strings.Index(p.lower[at:end], p.html)
			if stop < 0 {
				p.hide(at, end)
				return
			}
			p.hide(at, at+stop+len(p.html))
			at, p.html = at+stop+len(p.html), ""
			continue
		}
		next := strings.IndexByte(p.lower[at:end], '<')
		if next < 0 {
			return
		}
		ticks += strings.Count(p.lower[at:at+next], "`")
		at += next
		for _, e := range htmlEnds {
			if ticks%2 == 0 && strings.HasPrefix(p.lower[at:end], e.start) {
				p.html = e.end
			}
		}
		if p.html == "" {
			at++
		}
	}
}

// paragraph ends the one that is open, and hides the code in it.
func (p *prose) paragraph(end int) {
	if !p.open {
		return
	}
	p.open = false
	text := p.text[p.from:end]
	runs := map[int][]int{} // where backticks stand, by how many together
	for i := 0; i < len(text); i++ {
		if n := ticksAt(text[i:]); n > 0 {
			runs[n] = append(runs[n], i)
			i += n
		}
	}
	for i := 0; i < len(text); i++ {
		n := ticksAt(text[i:])
		switch {
		case text[i] == '\\':
			i++
		case n > 0:
			for len(runs[n]) > 0 && runs[n][0] < i+n {
				runs[n] = runs[n][1:]
			}
			if len(runs[n]) > 0 {
				stop := runs[n][0] + n
				for ; i < stop; i++ {
					if text[i] != '\n' {
						text[i] = 0
					}
				}
				i--
			} else {
				i += n - 1
			}
		}
	}
}

// ticksAt is how many backticks a text begins with.
func ticksAt(text []byte) int { return len(text) - len(bytes.TrimLeft(text, "`")) }

// indentation of a line in columns, and where its text begins.
func indentation(line string) (column, at int) {
	for ; at < len(line); at++ {
		switch line[at] {
		case ' ':
			column++
		case '\t':
			column += 4 - column%4
		default:
			return column, at
		}
	}
	return column, at
}

// listed takes off the marks of list items before a text, and says how wide they
// are.
func listed(text string) (inside string, width int) {
	for {
		digits := 0
		for digits < min(len(text), 9) && text[digits] >= '0' && text[digits] <= '9' {
			digits++
		}
		if digits == len(text) || (digits == 0) != strings.ContainsRune("-*+", rune(text[digits])) || digits > 0 && !strings.ContainsRune(".)", rune(text[digits])) {
			return text, width
		}
		rest := text[digits+1:]
		spaces, _ := indentation(rest)
		if spaces == 0 || strings.TrimLeft(rest, " \t") == "" {
			return text, width
		}
		width += digits + 1 + spaces
		text = strings.TrimLeft(rest, " \t")
	}
}

// opening tells whether a text, at a column and behind the marks of list items,
// opens a block of code. Where no mark is seen, it may be of an item all the
// same: then it is taken to end as late as it can.
func opening(text string, column, width int) (fence, bool) {
	f := fence{mark: text[0], n: len(text) - len(strings.TrimLeft(text, text[:1])), most: 3}
	if f.mark != '`' && f.mark != '~' || f.n < 3 || f.mark == '`' && strings.Contains(text[f.n:], "`") {
		return fence{}, false
	}
	switch {
	case width > 0:
		f.least, f.most = column+width, column+width+3
	case column > 3:
		f.least, f.most = column-3, column
	}
	return f, true
}

func (f fence) closes(text string) bool {
	return len(text) >= f.n && strings.Trim(text, string(f.mark)) == ""
}
