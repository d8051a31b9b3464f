package main

import (
	"strings"
	"unicode"
)

// plain makes strangers' text safe for a terminal: no control character moves the
// cursor, and none hides or reverses text. Line breaks stay.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// plainLine is plain for text within a line, such as a file's path.
func plainLine(text string) string { return plain(strings.ReplaceAll(text, "\n", "\r")) }
