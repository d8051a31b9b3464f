package labeler

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The action reads YAML with js-yaml 4 (versions 5 and 6) or 5 (version 7). What
// the two read alike is read so here, and merge keys as js-yaml 4 does.

var (
	blankLine   = regexp.MustCompile(`(?m)^[ \t]*\t[ \t]*(\r?)$`)
	versionLine = regexp.MustCompile(`^(\x{FEFF}?(?:[ \t\r]*(?:#.*)?\n)*)%(YAML[ \t]+1\.[0-9]+[ \t]*\r?\n(?:[ \t\r]*(?:[#%].*)?\n)*---\s)`)
	// escape is an escape of double quotes: \/, or a backslash that escapes another.
	escape = regexp.MustCompile(`(?s)\\.`)
)

// Characters that js-yaml takes for others than the YAML package does stand for
// themselves by private ones while the file is parsed: three line breaks of YAML 1.1,
// which are characters like any other in YAML 1.2, and the backslash before a slash.
const (
	private   = "\uE000\uE001\uE002\uE003"
	backslash = "\uE003"
)

var (
	hide = strings.NewReplacer("\u0085", "\uE000", "\u2028", "\uE001", "\u2029", "\uE002")
	show = strings.NewReplacer("\uE000", "\u0085", "\uE001", "\u2028", "\uE002", "\u2029", backslash, `\`)
)

// tolerant takes out of a file what js-yaml passes over and the YAML package does not
// take, without moving anything. What it hides, restore shows again in the values.
func tolerant(data []byte) (text []byte, hidden bool) {
	data = blankLine.ReplaceAll(data, []byte("$1"))
	data = versionLine.ReplaceAll(data, []byte("$1#$2"))
	if !bytes.ContainsAny(data, "\u0085\u2028\u2029\\") || bytes.ContainsAny(data, private) {
		return data, false
	}
	return escape.ReplaceAllFunc([]byte(hide.Replace(string(data))), func(pair []byte) []byte {
		if string(pair) == `\/` {
			return []byte(backslash + "/")
		}
		return pair
	}), true
}

func restore(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		if n.Style&yaml.DoubleQuotedStyle != 0 {
			n.Value = strings.ReplaceAll(n.Value, backslash, "")
		}
		n.Value = show.Replace(n.Value)
	}
	for _, child := range n.Content {
		restore(child)
	}
}

var (
	integerForm = regexp.MustCompile(`^[-+]?(0b[01]+|0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+)$`)
	floatForm   = regexp.MustCompile(`^(?:[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)$`)
	infForm     = regexp.MustCompile(`^[-+]?\.(?:inf|Inf|INF)$`)
	nanForm     = regexp.MustCompile(`^\.(?:nan|NaN|NAN)$`)
	dateForm    = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2})`)
)

// unclear is a value that versions of the action read in different ways, or none.
type unclear struct{ what string }

// scalar is the value of a node to JavaScript: a string, float64, bool, nil or
// unclear.
func scalar(n *yaml.Node) any {
	if n.Style&yaml.TaggedStyle != 0 {
		switch n.ShortTag() {
		case "!!str":
			return n.Value
		case "!!int", "!!float", "!!bool", "!!null":
			v := plain(n.Value)
			if _, text := v.(string); text {
				return unclear{"has the tag " + n.Tag}
			}
			return v
		}
		return unclear{"has the tag " + n.Tag}
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return n.Value
	}
	return plain(n.Value)
}

// plain is a value without quotes.
func plain(s string) any {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "true", "True", "TRUE":
		return true
	case "false", "False", "FALSE":
		return false
	}
	switch {
	case dateForm.MatchString(s):
		return unclear{"is a date"}
	case integerForm.MatchString(s):
		return whole(s)
	case infForm.MatchString(s):
		if s[0] == '-' {
			return math.Inf(-1)
		}
		return math.Inf(1)
	case nanForm.MatchString(s):
		return math.NaN()
	case floatForm.MatchString(s):
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f
		}
	}
	return s
}

// whole is the value of digits, in base 10 unless they say another.
func whole(s string) any {
	sign, digits := 1.0, strings.TrimLeft(s, "+-")
	if s[0] == '-' {
		sign = -1
	}
	base := 10.0
	if len(digits) > 2 {
		switch digits[1] {
		case 'b':
			return unclear{"is a binary number"}
		case 'x':
			base, digits = 16, digits[2:]
		case 'o':
			base, digits = 8, digits[2:]
		}
	}
	if base == 10 {
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil {
			return s
		}
		return sign * f
	}
	n := 0.0
	for _, c := range strings.ToLower(digits) {
		digit := c - '0'
		if c >= 'a' {
			digit = c - 'a' + 10
		}
		n = n*base + float64(digit)
	}
	return sign * n
}

// limitOf is an option of the action by its value.
func limitOf(v any) (limit int, ok bool) {
	switch v := v.(type) {
	case float64:
		if v < 0 || v != math.Trunc(v) || math.IsInf(v, 0) {
			return 0, false
		}
		return int(min(v, math.MaxInt32)), true
	case string:
		v = strings.TrimSpace(v)
		if v == "" || strings.Trim(v, "0123456789") != "" {
			return 0, false
		}
		if n, err := strconv.ParseInt(v, 10, 32); err == nil {
			return int(n), true
		}
		return math.MaxInt32, true
	}
	return 0, false
}

// script is a value as JavaScript writes it, and what it is where that isn't text.
func script(v any) (text, kind string) {
	switch v := v.(type) {
	case string:
		return v, ""
	case nil:
		return "null", "no value"
	case bool:
		return strconv.FormatBool(v), "true or false"
	case float64:
		return number(v), "a number"
	}
	return "", ""
}

// number is a number as JavaScript writes it (ECMAScript, Number::toString).
func number(f float64) string {
	switch {
	case f == 0:
		return "0"
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	if size := math.Abs(f); size >= 1e21 || size < 1e-6 {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
		return fmt.Sprintf("%se%c%s", mantissa, exponent[0], strings.TrimLeft(exponent[1:], "0"))
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
