package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/glob"
)

// minimatch translates a glob of actions/labeler, which are those of the
// JavaScript library minimatch: an exclamation mark before it negates it, braces
// may hold a range, braces without alternatives are characters, and there are
// groups in parentheses, of which @(a|b) and ?(a|b) have a translation.
func minimatch(s string) (pattern string, negated bool, err error) {
	switch {
	case s == "":
		return "", false, errors.New("is empty: it matches nothing")
	case strings.HasPrefix(s, "#"):
		return "", false, errors.New(`is a comment to the action: write \# for a name that starts so`)
	case strings.HasPrefix(s, "!("):
		return "", false, errors.New("has a group !(…), which there is none like here: write ! alone before the glob")
	}
	for strings.HasPrefix(s, "!") {
		s, negated = s[1:], !negated
	}
	pattern, err = translate(s)
	if err != nil {
		return "", false, err
	}
	return pattern, negated, glob.Check(pattern)
}

func translate(s string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		rest := s[i:]
		switch {
		case s[i] == '\\' && i+1 < len(s):
			out.WriteString(s[i : i+2])
			i++
		case s[i] == '[' && strings.Contains(rest, "]"):
			end := strings.Index(rest, "]")
			out.WriteString(rest[:end+1])
			i += end
		case strings.HasPrefix(rest, "!("), strings.HasPrefix(rest, "+("), strings.HasPrefix(rest, "*("):
			return "", fmt.Errorf("has a group %s…), which there is none like here: write several globs", rest[:2])
		case strings.HasPrefix(rest, "@("), strings.HasPrefix(rest, "?("):
			end, parts := group(rest[1:], '(', '|', ')')
			if end < 0 {
				return "", errors.New("is not a glob: close its parentheses")
			}
			if s[i] == '?' {
				parts = append([]string{""}, parts...)
			}
			if err := braces(&out, parts); err != nil {
				return "", err
			}
			i += end + 1
		case s[i] == '{':
			end, parts := group(rest, '{', ',', '}')
			if end < 0 {
				out.WriteString(`\{`)
				continue
			}
			if len(parts) == 1 {
				if parts = span(parts[0]); parts == nil {
					out.WriteString(`\{`) // its end is a character too
					continue
				}
			}
			if err := braces(&out, parts); err != nil {
				return "", err
			}
			i += end
		case s[i] == '}':
			out.WriteString(`\}`)
		default:
			out.WriteByte(s[i])
		}
	}
	return out.String(), nil
}

func braces(out *strings.Builder, parts []string) error {
	for i, part := range parts {
		translated, err := translate(part)
		if err != nil {
			return err
		}
		parts[i] = translated
	}
	out.WriteString("{" + strings.Join(parts, ",") + "}")
	return nil
}

// group finds the end of a group that s starts with, and its alternatives; -1
// where it has no end.
func group(s string, open, bar, shut byte) (end int, parts []string) {
	depth, from := 0, 1
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == open:
			depth++
		case c == bar && depth == 1:
			parts, from = append(parts, s[from:i]), i+1
		case c == shut:
			if depth--; depth == 0 {
				return i, append(parts, s[from:i])
			}
		}
	}
	return -1, nil
}

// span writes a range of numbers or letters out, as 1..3; nil for what is none.
func span(s string) []string {
	first, last, found := strings.Cut(s, "..")
	if !found {
		return nil
	}
	a, errA := strconv.Atoi(first)
	b, errB := strconv.Atoi(last)
	letters := len(first) == 1 && len(last) == 1 && errA != nil && errB != nil
	if letters {
		a, b = int(first[0]), int(last[0])
	} else if errA != nil || errB != nil || strconv.Itoa(a) != first || strconv.Itoa(b) != last {
		return nil
	}
	var all []string
	step := 1
	if b < a {
		step = -1
	}
	for n := a; len(all) <= 100; n += step { // more are a fault of the glob
		if letters {
			all = append(all, string(rune(n)))
		} else {
			all = append(all, strconv.Itoa(n))
		}
		if n == b {
			break
		}
	}
	return all
}
