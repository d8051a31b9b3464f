package backport

import (
	"slices"
	"strings"
)

// parsed is a commit message as git reads it, with "git interpret-trailers --no-divider"
// and all commands that read commits' trailers (trailer.c).
type parsed struct {
	text     string // subject and body
	trailers []trailer
	rest     string // what git ignores at the end: lines with "#", a list of conflicts
	steps    int    // lines read, as a measure of work
}

// trailer is an entry in the last paragraph. A line that isn't a trailer, which git
// allows between them, has no key.
type trailer struct{ key, value string }

func (t trailer) String() string {
	if t.key == "" {
		return t.value
	}
	return strings.TrimRight(t.key+": "+t.value, " ")
}

// person is whom a trailer credits, or "". Folded, as git compares it.
func (t trailer) person() string {
	if !strings.EqualFold(t.key, coAuthor) {
		return ""
	}
	return strings.ToLower(strings.Join(strings.Fields(t.value), " "))
}

// credit adds people who aren't credited yet, before the other trailers, as
// cherry_picker does.
func (p *parsed) credit(authors ...string) {
	known := map[string]bool{"": true}
	for _, t := range p.trailers {
		known[t.person()] = true
	}
	var missing []trailer
	for _, author := range authors {
		if t := (trailer{coAuthor, author}); !known[t.person()] {
			known[t.person()] = true
			missing = append(missing, t)
		}
	}
	first := 0
	for first < len(p.trailers) && space(p.trailers[first].String()[0]) { // it would continue a trailer before it
		first++
	}
	p.trailers = slices.Insert(p.trailers, first, missing...)
}

// with reassembles a message, with a line between its text and its trailers.
func (p parsed) with(line string) string {
	var b strings.Builder
	text := strings.TrimRight(p.text, spaces)
	b.WriteString(text + "\n")
	if line != "" && !strings.Contains(text, "\n") { // only a subject
		b.WriteString("\n")
	}
	if line != "" {
		b.WriteString(line + "\n")
	}
	if len(p.trailers) > 0 {
		b.WriteString("\n")
	}
	for _, t := range p.trailers {
		b.WriteString(t.String() + "\n")
	}
	if rest := strings.TrimRight(p.rest, spaces); rest != "" {
		b.WriteString(rest + "\n")
	}
	return b.String()
}

const coAuthor = "Co-authored-by"

// parse splits a message. Its first paragraph never has trailers.
func parse(message string) parsed {
	var p parsed
	lines := strings.SplitAfter(message, "\n")
	if n := len(lines); lines[n-1] == "" {
		lines = lines[:n-1]
	}
	end := p.end(lines)
	start := p.start(lines[:end])
	p.text, p.rest = strings.Join(lines[:start], ""), strings.Join(lines[end:], "")
	for block := lines[start:end]; len(block) > 0; {
		p.steps++
		n, at := 1, separator(block[0])
		for at > 0 && n < len(block) && space(block[n][0]) { // a folded value
			p.steps++
			n++
		}
		item := strings.Join(block[:n], "")
		t := trailer{value: strings.TrimRight(item, spaces)}
		if at > 0 {
			t = trailer{strings.Trim(item[:at], spaces), strings.Trim(item[at+1:], spaces)}
		}
		if t.key+t.value != "" {
			p.trailers = append(p.trailers, t)
		}
		block = block[n:]
	}
	return p
}

const (
	scissors = "# ------------------------ >8 ------------------------\n"
	spaces   = " \t\r\n" // as in git
)

func space(b byte) bool { return strings.IndexByte(spaces, b) >= 0 }

func blank(line string) bool { return strings.Trim(line, spaces) == "" }

// end is where git stops reading (ignore_non_trailer).
func (p *parsed) end(lines []string) int {
	end, conflicts := 0, false
	for i := 1; i < len(lines); i++ {
		p.steps++
		line := lines[i]
		overlooked := line[0] == '#' || line[0] == '\n' || line == "Conflicts:\n"
		conflicts = conflicts || line == "Conflicts:\n"
		switch {
		case line == scissors && end == 0:
			return i
		case line == scissors:
			return end
		case overlooked && end == 0:
			end = i
		case !overlooked && !(conflicts && line[0] == '\t') && end > 0:
			end, conflicts = 0, false
		}
	}
	if end == 0 {
		return len(lines)
	}
	return end
}

// start is where the trailers begin, or the end of the lines if there are none
// (find_trailer_start). They're a last paragraph with nothing else, or at least a
// quarter of one in which git itself wrote a line.
func (p *parsed) start(lines []string) int {
	title := p.titleEnd(lines)
	trailers, others, folded, text, byGit := 0, 0, 0, false, false
	for i := len(lines) - 1; i >= title; i-- {
		p.steps++
		line := lines[i]
		switch {
		case line[0] == '#':
			others, folded = others+folded, 0
			continue
		case blank(line) && !text:
			continue
		case blank(line):
			others += folded
			if byGit && trailers*3 >= others || trailers > 0 && others == 0 {
				return i + 1
			}
			return len(lines)
		case strings.HasPrefix(line, "Signed-off-by: "), strings.HasPrefix(line, "(cherry picked from commit "):
			trailers, folded, byGit = trailers+1, 0, true
		case space(line[0]):
			folded++
		case separator(line) > 0:
			trailers, folded = trailers+1, 0
		default:
			others, folded = others+folded+1, 0
		}
		text = true
	}
	return len(lines)
}

// titleEnd is where the first paragraph ends.
func (p *parsed) titleEnd(lines []string) int {
	end := 0
	for end < len(lines) && (lines[end][0] == '#' || !blank(lines[end])) {
		p.steps++
		end++
	}
	return end
}

// separator is the index of the colon after a trailer's key, or -1 (find_separator).
func separator(line string) int {
	spaced := false
	for i := range len(line) {
		c := line[i]
		switch {
		case c == ':':
			return i
		case !spaced && (c == '-' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'):
		case i > 0 && (c == ' ' || c == '\t'):
			spaced = true
		default:
			return -1
		}
	}
	return -1
}
