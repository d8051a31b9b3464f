package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// TestLeadingVersions: versions in any company, the reason after them.
func TestLeadingVersions(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "|",
		"3.13":                       "3.13|",
		"3.13, 3.14 it's late":       "3.13 3.14|it's late",
		"3.13 and 3.14.":             "3.13 3.14|",
		"to 3.13 because of the ABI": "3.13|because of the ABI",
		"and so on":                  "|and so on",
		"3.13 ...3.14":               "3.13 3.14|", // once out of range
		"3.13 !!!!!!to 3.3":          "3.13 3.3|",
		"3.13 / / 3.14 x":            "3.13 3.14|x",
		"not 3.13":                   "|not 3.13",
	} {
		versions, rest := leadingVersions(text)
		if got := strings.Join(versions, " ") + "|" + rest; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzLeadingVersions: what strangers write ends, and gives versions alone.
func FuzzLeadingVersions(f *testing.F) {
	for _, seed := range []string{"3.13 ..3.14", "3.13 !!to 3.3", "and and 3.1", ",;/ .", "3.14 \xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		versions, rest := leadingVersions(text)
		if slices.ContainsFunc(versions, func(v string) bool { return !lifecycle.ValidVersion(v) }) || len(rest) > len(text)+len("…") {
			t.Errorf("%q: %q and %q", text, versions, rest)
		}
	})
}
