// Package glob matches paths of a repository against very many globs at once.
//
// Globs are those of github.com/bmatcuk/doublestar: * for any run of characters
// but slashes, ? for one character, [a-z] for one of a class, {a,b} for
// alternatives, and ** for any number of directories. They name files from the
// top of the repository; Doc/** is everything below Doc, names that start with a
// dot too.
//
// It must not know what is done with a match.
package glob

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// maxAlternatives of one glob, when its braces are written out.
const maxAlternatives = 100

var (
	extended = regexp.MustCompile(`(^|[^\\])[@!?*+]\(`)
	oddClass = regexp.MustCompile(`\[\[[:.=]|\[[^\]]*/[^\]]*\]|\\/`)
)

// Check says what is wrong with a glob, to follow the glob and "which".
func Check(pattern string) error {
	switch {
	case pattern == "":
		return errors.New("is empty")
	case strings.HasPrefix(pattern, "!"):
		return errors.New("starts with an exclamation mark: list what is to be left out under except or none")
	case extended.MatchString(pattern):
		return errors.New("has a group in parentheses: write alternatives as {a,b}, and other parentheses with \\ before them")
	case oddClass.MatchString(pattern):
		return errors.New("has a class that globs do not have: list the characters, as in [a-z0-9]")
	}
	parts, err := expand(pattern)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if !doublestar.ValidatePattern(part) {
			return errors.New("is not a glob: close its brackets, and put no \\ at the end")
		}
		if !fs.ValidPath(part) || part == "." {
			return errors.New("matches no path of the repository: write it from the top, without a slash at either end and without . or .. in it")
		}
	}
	return nil
}

// expand writes the braces of a glob out. Alternatives of alternatives would
// else be tried one by one for each path, and their number multiplies.
func expand(pattern string) ([]string, error) {
	open, bars, end, err := brace(pattern)
	if err != nil || open < 0 {
		return []string{pattern}, err
	}
	var all []string
	for i := range len(bars) - 1 {
		parts, err := expand(pattern[:open] + pattern[bars[i]+1:bars[i+1]] + pattern[end:])
		if err != nil {
			return nil, err
		}
		if all = append(all, parts...); len(all) > maxAlternatives {
			return nil, fmt.Errorf("has more than %d alternatives: make several globs of it", maxAlternatives)
		}
	}
	return all, nil
}

// brace finds the first group in braces: where it opens, what its alternatives
// are between, and where the rest begins.
func brace(pattern string) (open int, bars []int, end int, err error) {
	open, depth := -1, 0
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case c == '[':
			i = classEnd(pattern, i)
		case c == '{':
			if depth++; depth == 1 {
				open, bars = i, []int{i}
			}
		case c == ',' && depth == 1:
			bars = append(bars, i)
		case c == '}' && depth > 0:
			if depth--; depth == 0 {
				return open, append(bars, i), i + 1, nil
			}
		}
	}
	if depth > 0 {
		return 0, nil, 0, errors.New("is not a glob: close its braces")
	}
	return -1, nil, 0, nil
}

// classEnd is where the class that opens at i ends; i itself where it does not.
func classEnd(pattern string, i int) int {
	for j := i + 1; j < len(pattern); j++ {
		switch pattern[j] {
		case '\\':
			j++
		case ']':
			return j
		}
	}
	return i
}
