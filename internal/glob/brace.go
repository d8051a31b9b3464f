package glob

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Escaped characters are replaced while braces are expanded, and lose their backslashes,
// as in minimatch. These are private characters of Unicode.
const (
	escapedBackslash = '\U000FFFF0' + iota
	escapedOpen
	escapedClose
	escapedComma
	escapedPeriod
)

var (
	escapes = strings.NewReplacer(`\\`, string(escapedBackslash), `\{`, string(escapedOpen), `\}`, string(escapedClose),
		`\,`, string(escapedComma), `\.`, string(escapedPeriod))
	unescapes = strings.NewReplacer(string(escapedBackslash), `\`, string(escapedOpen), "{", string(escapedClose), "}",
		string(escapedComma), ",", string(escapedPeriod), ".")

	numbers = regexp.MustCompile(`^(-?[0-9]+)\.\.(-?[0-9]+)(?:\.\.(-?[0-9]+))?$`)
	letters = regexp.MustCompile(`^([a-zA-Z])\.\.([a-zA-Z])(?:\.\.(-?[0-9]+))?$`)
	padded  = regexp.MustCompile(`^-?0[0-9]`)
	// options matches alternatives in the text after a pair of braces without any.
	options = regexp.MustCompile(`,(?:[^,\n].*)?\}`)
	paired  = regexp.MustCompile(`\{[^{\n]*\}`)
)

// expand expands a glob's braces into texts, each once.
func (g *Glob) expand(pattern string, budget *Budget) ([]string, error) {
	if err := budget.spend(len(pattern)); err != nil {
		return nil, err
	}
	if !paired.MatchString(pattern) {
		g.braces(strings.Contains(escapes.Replace(pattern), "{"))
		return []string{pattern}, nil
	}
	if rest, found := strings.CutPrefix(pattern, "{}"); found {
		pattern = `\{\}` + rest
	}
	e := &expander{budget: budget, glob: g}
	all := e.expand(escapes.Replace(pattern), true)
	if e.err != nil {
		return nil, e.err
	}
	seen := make(map[string]bool, len(all))
	texts := all[:0]
	for _, text := range all {
		if text = unescapes.Replace(text); !seen[text] {
			seen[text] = true
			texts = append(texts, text)
		}
	}
	return texts, nil
}

// braces notes braces that stand for themselves.
func (g *Glob) braces(odd bool) {
	if odd {
		g.note(`has braces that aren't alternatives, so they stand for themselves: write \{`)
	}
}

type expander struct {
	budget *Budget
	glob   *Glob
	err    error
}

// ok reports whether the budget allows work on so many bytes.
func (e *expander) ok(bytes int) bool {
	if e.err == nil {
		e.err = e.budget.spend(bytes + 1)
	}
	return e.err == nil
}

// expand expands the first pair of braces, and those after it.
func (e *expander) expand(s string, top bool) (all []string) {
	open, shut, found := braces(s)
	if !e.ok(10*len(s)) || !found {
		e.glob.braces(strings.Contains(s, "{"))
		return []string{s}
	}
	before, body, after := s[:open], s[open+1:shut], s[shut+1:]
	rest := []string{""}
	sequence, isSequence := e.sequence(body)
	parts := sequence
	switch {
	case strings.HasSuffix(before, "$"): // a shell's variable
		parts = []string{"{" + body + "}"}
		e.glob.braces(true)
	case isSequence:
	case strings.Contains(body, ","):
		parts = e.choices(body)
	case options.MatchString(after):
		e.glob.braces(true)
		return e.expand(s[:shut]+string(escapedClose)+after, true)
	default:
		e.glob.braces(true)
		return []string{s}
	}
	if after != "" {
		rest = e.expand(after, false)
	}
	for _, part := range parts {
		for _, end := range rest {
			text := before + part + end
			if !e.ok(len(text)) {
				return nil
			}
			if top && !isSequence && text == "" {
				continue
			}
			if all = append(all, text); len(all) > MaxAlternatives {
				e.err = fmt.Errorf("has more than %d alternatives: split it into several globs", MaxAlternatives)
				return nil
			}
		}
	}
	return all
}

// braces finds the first matching pair of braces.
func braces(s string) (open, shut int, found bool) {
	var opens []int
	for i := range len(s) {
		switch {
		case s[i] == '{':
			opens = append(opens, i)
		case s[i] == '}' && len(opens) > 0:
			last := len(opens) - 1
			if !found || opens[last] < open {
				open, shut, found = opens[last], i, true
			}
			if opens = opens[:last]; last == 0 {
				return open, shut, true
			}
		}
	}
	return open, shut, found
}

// choices expands the parts between a body's commas. {{a,b}} has one.
func (e *expander) choices(body string) (all []string) {
	parts := e.split(body)
	if len(parts) == 1 {
		var embraced []string
		for _, part := range e.expand(parts[0], false) {
			embraced = append(embraced, "{"+part+"}")
		}
		if parts = embraced; len(parts) == 1 {
			return parts
		}
	}
	for _, part := range parts {
		if part == "" {
			all = append(all, "")
			continue
		}
		if all = append(all, e.expand(part, false)...); e.err != nil {
			return nil
		}
	}
	return all
}

// split splits at the commas outside of braces.
func (e *expander) split(body string) (parts []string) {
	from := 0
	for at := 0; e.ok(10 * (len(body) - at)); {
		open, shut, found := braces(body[at:])
		end := at + open
		if !found {
			end = len(body)
		}
		for ; at < end; at++ {
			if body[at] == ',' {
				parts, from = append(parts, body[from:at]), at+1
			}
		}
		if !found {
			return append(parts, body[from:])
		}
		at = end + shut - open + 1
	}
	return nil
}

// span is a range in braces: 1..3, 01..10, 0..10..5 or a..e.
type span struct {
	first, last, step int
	width             int // of numbers with leading zeros
	numbers           bool
}

// sequence expands a range.
func (e *expander) sequence(body string) (all []string, ok bool) {
	s, ok, err := parseSpan(body)
	if !ok || err != nil {
		e.err = cmp.Or(e.err, err)
		return nil, ok
	}
	for n := s.first; (s.step > 0 && n <= s.last || s.step < 0 && n >= s.last) && e.ok(1); n += s.step {
		if len(all) >= MaxAlternatives {
			e.err = fmt.Errorf("has more than %d alternatives: split it into several globs", MaxAlternatives)
			return nil, true
		}
		switch {
		case s.numbers:
			all = append(all, fmt.Sprintf("%0*d", s.width, n))
		case n == '\\':
			all = append(all, "")
		default:
			all = append(all, string(rune(n)))
		}
	}
	return all, true
}

func parseSpan(body string) (s span, ok bool, err error) {
	m := numbers.FindStringSubmatch(body)
	if s.numbers = m != nil; !s.numbers {
		m = letters.FindStringSubmatch(body)
	}
	if m == nil {
		return s, false, nil
	}
	if len(m[1]) > 15 || len(m[2]) > 15 || len(m[3]) > 15 {
		return s, true, fmt.Errorf("has the range {%s}, whose numbers are too large", body)
	}
	s.first, s.last, s.step = int(m[1][0]), int(m[2][0]), 1
	if s.numbers {
		s.first, s.last = integer(m[1]), integer(m[2])
		if slices.ContainsFunc(m[1:], padded.MatchString) {
			s.width = max(len(m[1]), len(m[2]))
		}
	}
	if m[3] != "" {
		s.step = max(integer(m[3]), -integer(m[3]), 1)
	}
	if s.last < s.first {
		s.step = -s.step
	}
	return s, true, nil
}

// integer of digits that a regular expression found.
func integer(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
