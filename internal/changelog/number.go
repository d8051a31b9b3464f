package changelog

import (
	"strings"
	"unicode"
)

// maxDigits is the most that Python's int reads from a text.
const maxDigits = 4300

// most is where number stops counting: what is larger is large enough.
const most = 1 << 40

// number reads a text as Python's int does: with a sign, underscores between digits, and
// the digits of any script. Numbers beyond most are most.
func number(text string) (n int, ok bool) {
	text = trim(text)
	negative := strings.HasPrefix(text, "-")
	if negative || strings.HasPrefix(text, "+") {
		text = text[1:]
	}
	digits, last := 0, '_'
	for _, r := range text {
		d := digit(r)
		if d < 0 && (r != '_' || last == '_') {
			return 0, false
		}
		if d >= 0 {
			n, digits = min(n*10+d, most), digits+1
		}
		last = r
	}
	if last == '_' || digits > maxDigits {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// digit is a decimal digit's value, -1 for anything else. Unicode has them in runs of ten,
// from zero on.
func digit(r rune) int {
	if '0' <= r && r <= '9' {
		return int(r - '0')
	}
	for _, of := range unicode.Nd.R16 {
		if rune(of.Lo) <= r && r <= rune(of.Hi) {
			return int(r-rune(of.Lo)) % 10
		}
	}
	for _, of := range unicode.Nd.R32 {
		if rune(of.Lo) <= r && r <= rune(of.Hi) {
			return int(r-rune(of.Lo)) % 10
		}
	}
	return -1
}
