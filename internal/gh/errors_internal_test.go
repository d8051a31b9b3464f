package gh

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"a\n\tb":           "a b",
		"x " + trial.Token: "x [redacted]",
		trial.Token + `"}`: `[redacted]"}`,
		"ghs_short":        "ghs_short",
		"gho_" + someSHA:   "[redacted]",
		"github_pat_11AAA": "[redacted]",
		"ghs_" + "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc-_": "[redacted]",
		"Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc-_":   "Bearer [redacted]",
		"Authorization: Basic dXNlcjpwYXNz, x":             "[redacted], x",
		`{"authorization":"token abc"}`:                    `{"[redacted]"}`,
		"bad \xff byte":                                    "bad ? byte",
		strings.Repeat("ä", 400):                           strings.Repeat("ä", 300) + "…",
		strings.Repeat("x", 290) + " " + trial.Token:       strings.Repeat("x", 290) + " [redacted…",
	} {
		if got := Tidy(in); got != want {
			t.Errorf("tidy(%q) = %q, want %q", in, got, want)
		}
	}
}
