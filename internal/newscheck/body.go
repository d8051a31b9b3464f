package newscheck

import "strings"

// body is the text of an entry as blurb reads it: metadata and comments at the
// top, then the lines of the text, up to a line that is ".." alone.
type body struct {
	metadata []metadata
	first    int      // line of the text's first line, counted from 1
	lines    []string // of the text; none for an empty entry
	ends     []int    // lines that are ".." alone
	more     bool     // there is text after the first of them
}

// metadata is a line ".. name: value" at the top.
type metadata struct {
	line        int
	name, value string // name in lower case
	colon       bool   // blurb stops at a line without one
}

// newlines reads every end of a line as Python does in text mode.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func readBody(text string) body {
	var b body
	number := 0
	for line := range strings.SplitSeq(newlines.Replace(text), "\n") {
		number++
		line = trimRight(line)
		switch {
		case b.lines == nil && strings.HasPrefix(line, ".."):
			name, value, colon := strings.Cut(line[2:], ":")
			b.metadata = append(b.metadata, metadata{number, strings.ToLower(trim(name)), trim(value), colon})
		case b.lines == nil && (line == "" || strings.HasPrefix(line, "#")):
		case line == "..":
			b.ends = append(b.ends, number)
		case len(b.ends) > 0:
			b.more = b.more || line != ""
		default:
			if b.lines == nil {
				b.first = number
			}
			b.lines = append(b.lines, line)
		}
	}
	return b
}

// text of the entry as it goes into the file of a release; "" for none.
func (b body) text(width int) string {
	if b.lines == nil {
		return ""
	}
	return reflow(strings.Join(b.lines, "\n"), width)
}

// raw is the text as it was written, from line first on.
func (b body) raw() string { return strings.Join(b.lines, "\n") }
