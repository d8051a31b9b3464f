package glob

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Escaped characters stand apart while braces are written out, and lose their
// backslashes by it, as in minimatch. These are private characters of Unicode.
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
	// options are in what follows a pair of braces without any.
	options = regexp.MustCompile(`,(?:[^,\n].*)?\}`)
	paired  = regexp.MustCompile(`\{[^{\n]*\}`)
)

// expand writes the braces of a glob out, each text once.
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

// braces notes some that stand for themselves.
func (g *Glob) braces(odd bool) {
	if odd {
		g.note(`has braces that stand for themselves, since they have no alternatives, aren't closed, or follow a $: write \{ for a brace`)
	}
}

type expander struct {
	budget *Budget
	glob   *Glob
	err    error
}

// ok tells whether there is budget for work on so many bytes.
func (e *expander) ok(bytes int) bool {
	if e.err == nil {
		e.err = e.budget.spend(bytes + 1)
	}
	return e.err == nil
}

// expand writes out the first pair of braces, and those after it.
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
	case strings.HasSuffix(before, "$"): // of a shell's variable
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
				e.err = fmt.Errorf("has more than %d alternatives: make several globs of it", MaxAlternatives)
				return nil
			}
		}
	}
	return all
}

// braces finds the first pair of braces that belong together.
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

// choices are what the commas of a body are between, written out. {{a,b}} has one.
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

// split cuts at the commas outside of braces.
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

// sequence writes a range out: 1..3, 01..10, 0..10..5 or a..e.
func (e *expander) sequence(body string) (all []string, ok bool) {
	m, isNumber := numbers.FindStringSubmatch(body), true
	if m == nil {
		m, isNumber = letters.FindStringSubmatch(body), false
	}
	if m == nil {
		return nil, false
	}
	if len(m[1]) > 15 || len(m[2]) > 15 || len(m[3]) > 15 {
		e.err = fmt.Errorf("has the range {%s}, whose numbers are too large", body)
		return nil, true
	}
	first, last := int(m[1][0]), int(m[2][0])
	if isNumber {
		first, last = integer(m[1]), integer(m[2])
	}
	step := 1
	if m[3] != "" {
		step = max(integer(m[3]), -integer(m[3]), 1)
	}
	if last < first {
		step = -step
	}
	width := 0
	if isNumber && (padded.MatchString(m[1]) || padded.MatchString(m[2]) || padded.MatchString(m[3])) {
		width = max(len(m[1]), len(m[2]))
	}
	for n := first; (step > 0 && n <= last || step < 0 && n >= last) && e.ok(1); n += step {
		if len(all) >= MaxAlternatives {
			e.err = fmt.Errorf("has more than %d alternatives: make several globs of it", MaxAlternatives)
			return nil, true
		}
		switch {
		case isNumber:
			all = append(all, fmt.Sprintf("%0*d", width, n))
		case n == '\\':
			all = append(all, "")
		default:
			all = append(all, string(rune(n)))
		}
	}
	return all, true
}

// integer of digits that a regular expression found.
func integer(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
