package config

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/concorde-bot/concorde/internal/glob"
)

// Limits of expressions, in instructions of the matcher, which are about as many
// as the characters that repetitions write out. The time that a match takes grows
// with them and with the text alone.
const (
	maxProgram  = 500
	maxPrograms = 20000 // of all rules together
)

// Bounds of reading all expressions and all globs of a file: characters, and the steps
// that globs take, about as many as the characters that their braces stand for.
const (
	maxExpressionWork = 250_000
	maxGlobWork       = 1_000_000
)

// expressionCost is about the work of reading an expression, in characters: classes
// of Unicode have hundreds of ranges.
func expressionCost(s string) int {
	return 20 + min(len(s), maxLength*4) + 3000*(strings.Count(s, `\p`)+strings.Count(s, `\P`)) + 150*strings.Count(s, "{")
}

// globCost is that of a glob, in steps: those that reading it takes.
func globCost(s string) int {
	budget := glob.Budget{Steps: maxGlobWork}
	if _, err := glob.Parse(s, &budget); err != nil {
		return 10000
	}
	return maxGlobWork - budget.Steps
}

// expression checks an RE2 expression. It is measured before it is compiled: a few
// characters can stand for millions of instructions.
func expression(s string) error {
	parsed, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		var fault *syntax.Error
		if errors.As(err, &fault) && (fault.Code == syntax.ErrInvalidPerlOp || fault.Code == syntax.ErrInvalidEscape) {
			return fmt.Errorf("isn't an RE2 expression: RE2 doesn't support %q, lookaround or backreferences", fault.Expr)
		}
		return fmt.Errorf("isn't an RE2 expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if writtenOut(parsed) > maxProgram {
		return errors.New("is too large: use smaller repetitions")
	}
	return nil
}

// writtenOut is about the size of an expression when its repetitions are written out.
func writtenOut(r *syntax.Regexp) int {
	n := 1
	if r.Op == syntax.OpLiteral {
		n = len(r.Rune)
	}
	for _, sub := range r.Sub {
		n += writtenOut(sub)
	}
	if r.Op == syntax.OpRepeat {
		n *= max(r.Min, r.Max, 1)
	}
	return min(n, 1<<30)
}

// program is the size of an expression that was found good.
func program(s string) int {
	if s == "" {
		return 0
	}
	parsed, err := syntax.Parse(s, syntax.Perl)
	if err != nil {
		return 0
	}
	return min(writtenOut(parsed), maxProgram)
}
