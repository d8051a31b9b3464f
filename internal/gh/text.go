package gh

import (
	"regexp"
	"strings"
)

var secrets = regexp.MustCompile(`\bgh[a-z]_[A-Za-z0-9._-]{16,}|\bgithub_pat_\w+|\beyJ[\w-]*\.[\w-]+(\.[\w-]*)?|` +
	`(?i:\bauthorization\b\W{0,4}((bearer|token|basic)\s+)?)[^\s"',]+`)

// Redact removes secrets from a text from outside.
func Redact(s string) string { return secrets.ReplaceAllString(s, "[redacted]") }

// Tidy makes a text from outside fit for a log: one short line without secrets.
func Tidy(s string) string {
	const limit = 300
	s = strings.ToValidUTF8(strings.Join(strings.Fields(Redact(s)), " "), "?")
	if runes := []rune(s); len(runes) > limit {
		s = string(runes[:limit]) + "…"
	}
	return s
}

// Shorten cuts s to at most limit bytes, between characters.
func Shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xC0 == 0x80 {
		limit--
	}
	return s[:limit]
}

// IsCommit reports whether s is the id of a commit: SHA-1 or SHA-256.
func IsCommit(s string) bool { return commitID.MatchString(s) }

var commitID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)
