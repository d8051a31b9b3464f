package pull

import (
	"strings"
	"unicode/utf8"
)

// Describe returns text that GitHub accepts as the description of a commit status or a
// label: with at most most characters, and without those beyond U+FFFF, mostly emoji,
// which it rejects ("description doesn't accept 4-byte Unicode",
// ouzi-dev/commit-status-updater#526).
func Describe(text string, most int) string {
	if strings.ContainsFunc(text, fourBytes) {
		text = strings.Join(strings.Fields(withoutFourBytes(text)), " ")
	}
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

func fourBytes(r rune) bool { return r > 0xFFFF }

// withoutFourBytes also drops characters that join or modify dropped ones: alone, they
// mean nothing.
func withoutFourBytes(text string) string {
	const joiner, emojiStyle = '\u200D', '\uFE0F'
	dropped := false
	return strings.Map(func(r rune) rune {
		dropped = fourBytes(r) || dropped && (r == joiner || r == emojiStyle)
		if dropped {
			return -1
		}
		return r
	}, text)
}
