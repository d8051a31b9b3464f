package markdown

import (
	"strings"
	"unicode"
)

// Fence is a block of code of text in which strangers chose the words: its fence is
// longer than any in the text.
func Fence(text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + "\n" + strings.TrimRight(text, "\n") + "\n" + fence
}

// Code is a code span of text in which strangers chose the words, on one line: nothing
// in it is Markdown, a mention or an HTML comment. "" stays so.
func Code(text string) string {
	if text == "" {
		return ""
	}
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return "`" + unspanned.Replace(text) + "`"
}

// unspanned takes out what would end a code span, and what hidden marks start with:
// bots look for these without reading Markdown.
var unspanned = strings.NewReplacer("`", "'", "<!--", "<! --")

// CodeCell is Code in a table.
func CodeCell(text string) string { return strings.ReplaceAll(Code(text), "|", `\|`) }

// Line is a text in which strangers chose the words, on one line, for people to read: what
// nobody sees becomes a space, and "…" stands for what's beyond so many characters.
func Line(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
