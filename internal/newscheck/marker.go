package newscheck

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/pull"
)

// markers knows the two ABI markers, and what people write in their place.
type markers struct {
	commit, news string
	alike        *regexp.Regexp // nil if the markers have no words to look for
}

// mark is what a text says about the ABI.
type mark struct {
	exact bool
	at    int    // where in the text it starts, in bytes
	miss  string // what stands in the place of the marker, "" for nothing
}

func newMarkers(commit, news string) markers {
	m := markers{commit: commit, news: news}
	var forms []string
	for _, marker := range []string{news, commit} { // the longer one first
		words := strings.FieldsFunc(marker, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		for i := range words {
			words[i] = regexp.QuoteMeta(words[i])
		}
		if len(words) > 0 {
			forms = append(forms, strings.Join(words, `[\s_-]*`))
		}
	}
	if len(forms) > 0 {
		m.alike = regexp.MustCompile(`(?i)(?:[(\[{]\s*)?\b(?:` + strings.Join(forms, "|") + `)\b(?:\s*[)\]}])?`)
	}
	return m
}

// subject finds the marker in a title or in the summary line of a commit: at
// its start, before or after prefixes such as "[3.14] gh-130000: ". What is
// taken back is not marked.
func (m markers) subject(text string) mark {
	start := m.start(text)
	if strings.HasPrefix(text[start:], m.commit) {
		return mark{exact: true, at: start}
	}
	if _, reverts := pull.Reverted(text[start:]); reverts {
		return mark{}
	}
	return m.missed(text, start)
}

// start is where the words of a title start, or the marker before a prefix.
func (m markers) start(title string) int {
	rest := title
	for !strings.HasPrefix(rest, m.commit) {
		prefix := titlePrefix.FindString(rest)
		if prefix == "" {
			break
		}
		rest = rest[len(prefix):]
	}
	return len(title) - len(rest)
}

// body finds the marker at the beginning of an entry, also where it is longer
// than a line.
func (m markers) body(b changelog.Body, width int) mark {
	if strings.HasPrefix(b.Text(max(width, len(m.news))), m.news) {
		return mark{exact: true}
	}
	return m.missed(b.Raw(), 0)
}

// missed finds what is meant as a marker but is none. The text proper starts
// at start.
func (m markers) missed(text string, start int) mark {
	for _, at := range m.meant(text, start) {
		return mark{at: at[0], miss: text[at[0]:at[1]]}
	}
	return mark{}
}

// meant is where something is meant as a marker.
func (m markers) meant(text string, start int) [][]int {
	if m.alike == nil {
		return nil
	}
	return slices.DeleteFunc(m.alike.FindAllStringIndex(text, -1), func(at []int) bool { return !meant(text, at[0], at[1], start) })
}

// nearby is how far meant looks for the other parenthesis, in bytes.
const nearby = 200

// meant tells a marker with a slip from prose about the ABI: it has
// parentheses, or one whose other half is nowhere, or a colon at the start of
// the text. What is quoted is talked about.
func meant(text string, from, to, start int) bool {
	before, after := text[max(0, from-nearby):from], text[to:min(len(text), to+nearby)]
	if r, _ := utf8.DecodeLastRuneInString(before); strings.ContainsRune("`\"'“‘", r) {
		return false
	}
	first := strings.TrimSpace(text[min(start, from):from]) == ""
	opens, closes := strings.ContainsAny(text[from:from+1], "([{"), strings.ContainsAny(text[to-1:to], ")]}")
	switch {
	case opens && closes:
		return true
	case opens:
		return first || strings.Count(after, ")") <= strings.Count(after, "(")
	case closes:
		return strings.Count(before, "(") <= strings.Count(before, ")")
	}
	return first && strings.HasPrefix(after, ":")
}

var mergeForm = regexp.MustCompile(`^Merge (?:branch|branches|remote-tracking branch|commit|tag|pull request|[0-9a-f]{7,40}) `)

// maxSubject is how much of a summary line is read, in bytes. A title has 256 characters
// at most, and the longest of CPython's subjects some hundreds.
const maxSubject = 1024

// subjectOf is the summary line of a commit.
func subjectOf(message string) string {
	line, _, _ := strings.Cut(message, "\n")
	if line = strings.TrimSpace(line); len(line) > maxSubject {
		line = strings.ToValidUTF8(line[:maxSubject], "")
	}
	return line
}

// withMarker is the title with the marker in its place, and nowhere else.
func (m markers) withMarker(title string) string {
	title = m.without(title)
	start := m.start(title)
	return strings.Join(strings.Fields(title[:start]+" "+m.commit+" "+title[start:]), " ")
}

// without is the title without the marker, and without what is meant as one.
func (m markers) without(title string) string {
	start := m.start(title)
	if strings.HasPrefix(title[start:], m.commit) {
		title = title[:start] + " " + title[start+len(m.commit):]
		start = m.start(title)
	}
	if _, reverts := pull.Reverted(title[start:]); reverts {
		return title
	}
	var b strings.Builder
	last := 0
	for _, at := range m.meant(title, start) {
		b.WriteString(title[last:at[0]] + " ")
		last = at[1] + len(title[at[1]:]) - len(strings.TrimLeft(title[at[1]:], " :"))
	}
	return b.String() + title[last:]
}
