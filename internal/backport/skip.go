package backport

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// skips in a commit's message keep GitHub from running workflows ("Skip workflow runs"),
// so the backport's checks would never come.
var skips = []string{"[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"}

// skipChecks is the trailer that does the same for check runs, folded or not.
var skipChecks = regexp.MustCompile(`(?i)^[ \t]*skip-checks[ \t]*:[ \t]*(?:\n[ \t]+)?true[ \t]*\n?$`)

// Unskipped removes them from a message. The text on both sides may form new ones, so
// each is compared with what is kept.
func Unskipped(message string) string {
	kept := make([]byte, 0, len(message))
	for i := 0; i < len(message); i++ {
		kept = append(kept, message[i])
		at := len(kept) - skipAtEnd(kept)
		if at == len(kept) {
			continue
		}
		kept = bytes.TrimRight(kept[:at], " ")
		if len(kept) > 0 && kept[len(kept)-1] != '\n' {
			continue
		}
		for i+1 < len(message) && message[i+1] == ' ' {
			i++
		}
		if i+1 < len(message) && message[i+1] == '\n' { // an empty line would end the trailers
			i++
		}
	}
	return withoutSkipChecks(string(kept))
}

// withoutSkipChecks removes lines, and pairs of lines, that are the trailer.
func withoutSkipChecks(message string) string {
	var kept []string
	for line := range strings.Lines(message) {
		kept = append(kept, line)
		for n := range min(len(kept), 2) {
			if at := len(kept) - 1 - n; skipChecks.MatchString(strings.Join(kept[at:], "")) {
				kept = slices.Delete(kept, at, len(kept))
				break
			}
		}
	}
	return strings.Join(kept, "")
}

// skipAtEnd is the length of the skip that a text ends with, or 0.
func skipAtEnd(text []byte) int {
	if text[len(text)-1] != ']' {
		return 0
	}
	for _, skip := range skips {
		if at := len(text) - len(skip); at >= 0 && strings.EqualFold(string(text[at:]), skip) {
			return len(skip)
		}
	}
	return 0
}
