package markdown

import (
	"strings"

	md "rsc.io/markdown"
)

// Hole stands in a line for what isn't text: code, a picture, a comment, what raw HTML
// hides, and the ends of a link. A text can't have one of its own.
const Hole = '\x00'

// Kind of a passage.
type Kind int

// The kinds of passages. A heading that is underlined is a Paragraph: that is what
// becomes of a line above a signature's dashes.
const (
	Paragraph Kind = iota
	Heading
	Cell // of a table
)

// Passage is text that GitHub shows in one piece: what it isn't is code, a quote, a
// footnote, or hidden. Tags, backslashes and the marks of emphasis stand as they were
// written, except around what begins a line in bold or italics; character references are
// what they stand for.
type Passage struct {
	Kind  Kind
	Lines []string // without the white space before and after
}

// Read gives the passages of a text, in order. It is false for a text that isn't
// read, since that would cost too much: of more than 65,536 characters, or nested too
// deeply.
func Read(text string) ([]Passage, bool) {
	d := parse(text)
	if d == nil {
		return nil, false
	}
	var r reader
	r.blocks(d.Blocks)
	return r.passages, true
}

// reader walks through a parsed text.
type reader struct {
	passages []Passage
	html     html
	quotes   int // that are open
	links    int // that are open
	line     strings.Builder
	lines    []string

	comments []int // lines of HTML comments, see Comments
	inside   int   // quotes and lists that are open
}

func (r *reader) blocks(all []md.Block) {
	for _, b := range all {
		switch b := b.(type) {
		case *md.Paragraph:
			r.passage(Paragraph, b.Text)
		case *md.Text: // of a list without gaps
			r.passage(Paragraph, b)
		case *md.Heading:
			kind := Heading
			if b.EndLine > b.StartLine {
				kind = Paragraph
			}
			r.passage(kind, b.Text)
		case *md.Quote:
			r.quotes++
			r.within(b.Blocks)
			r.quotes--
		case *md.List:
			for _, item := range b.Items {
				if item, ok := item.(*md.Item); ok {
					r.within(item.Blocks)
				}
			}
		case *md.Table:
			r.table(b)
		case *md.HTMLBlock:
			r.raw(b)
		}
	}
}

func (r *reader) within(all []md.Block) {
	r.inside++
	r.blocks(all)
	r.inside--
}

func (r *reader) table(t *md.Table) {
	for _, row := range append([][]*md.Text{t.Header}, t.Rows...) {
		for _, cell := range row {
			r.passage(Cell, cell)
		}
	}
}

// raw reads a block of HTML, and notes the comments that are lines by themselves.
func (r *reader) raw(b *md.HTMLBlock) {
	for i, line := range b.Text {
		whole := !r.html.markup() && strings.HasPrefix(line, "<!--") &&
			strings.Index(line, "-->") == len(strings.TrimRight(line, " \t"))-len("-->")
		r.html.feed(line + "\n")
		if whole && r.inside == 0 {
			r.comments = append(r.comments, b.StartLine+i)
		}
	}
}

func (r *reader) passage(kind Kind, t *md.Text) {
	r.lines = nil
	r.line.Reset()
	r.inlines(t.Inline)
	r.newLine()
	if r.quotes == 0 && !(len(r.lines) == 1 && r.lines[0] == "") {
		r.passages = append(r.passages, Passage{Kind: kind, Lines: r.lines})
	}
}

func (r *reader) newLine() {
	r.lines = append(r.lines, strings.Trim(r.line.String(), " \t"))
	r.line.Reset()
	if r.links > 0 {
		r.hole()
	}
}

func (r *reader) hole() { r.line.WriteByte(Hole) }

func (r *reader) text(s string) {
	if r.html.hides() {
		r.hole()
		return
	}
	r.line.WriteString(s)
}

// tag is raw HTML within a line.
func (r *reader) tag(raw string) {
	hidden := r.html.hides()
	r.html.feed(raw)
	if hidden || r.html.hides() || strings.HasPrefix(raw, "<!") || strings.HasPrefix(raw, "<?") || strings.Contains(raw, "\n") {
		r.hole()
		return
	}
	r.line.WriteString(raw)
}

func (r *reader) marked(mark string, inner md.Inlines) {
	r.text(mark)
	r.inlines(inner)
	r.text(mark)
}

func (r *reader) stressed(mark string, inner md.Inlines) {
	if r.line.Len() == 0 {
		mark = ""
	}
	r.marked(mark, inner)
}

func (r *reader) inlines(all md.Inlines) {
	for _, x := range all {
		switch x := x.(type) {
		case *md.Plain:
			r.text(x.Text)
		case *md.Escaped:
			r.text(`\` + x.Text)
		case *md.Emph:
			r.stressed(x.Marker, x.Inner)
		case *md.Strong:
			r.stressed(x.Marker, x.Inner)
		case *md.Del:
			r.marked(x.Marker, x.Inner)
		case *md.Link:
			r.hole()
			r.links++
			r.inlines(x.Inner)
			r.links--
			r.hole()
		case *md.AutoLink:
			r.hole()
			r.text(x.Text)
			r.hole()
		case *md.HTMLTag:
			r.tag(x.Text)
		case *md.SoftBreak, *md.HardBreak:
			r.newLine()
		default: // code, pictures, footnotes
			r.hole()
		}
	}
}
