package main

import (
	"strings"
	"unicode"
)

// plain makes a text in which strangers chose words fit for a terminal: no
// control character moves its cursor, and none hides or turns around what is
// written. Lines stay lines.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// plainLine is plain for what stands in a line, such as the path of a file.
func plainLine(text string) string { return plain(strings.ReplaceAll(text, "\n", "\r")) }
