package command

import (
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestHeldBackports: a backport that a command requests while the pull request is on hold
// isn't requested afterwards either. One that comes with the end of the hold is.
func TestHeldBackports(t *testing.T) {
	c := Config{Settings: config.Commands{Mode: config.On}, Backport: config.Preset().Backport}
	at := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	r := &pull.Request{Me: "concorde", State: pull.Merged, Now: at.Add(time.Hour), People: map[string]pull.Role{"erin": pull.Triage}}
	for i, body := range []string{"hold", "backport 3.14", "label +needs backport to 3.13", "resume\n@concorde backport 3.12",
		"backport 3.11"} {
		r.Comments = append(r.Comments, pull.Comment{ID: int64(i + 1), By: "erin", Body: "@concorde " + body,
			At: at.Add(time.Duration(i) * time.Minute)})
	}
	var asked []string
	for _, e := range c.Asked(r) {
		asked = append(asked, e.Subject)
	}
	if want := "needs backport to 3.12, needs backport to 3.11"; strings.Join(asked, ", ") != want {
		t.Errorf("%q, want %q", asked, want)
	}
}

// TestHoldWords: day and reason, in whatever order and punctuation.
func TestHoldWords(t *testing.T) {
	at := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": " ", "until 2026-08-09": "2026-08-09 ", "the release, until 2026-08-09.": "2026-08-09 the release",
		"until 2026-08-10: the freeze": "2026-08-10 the freeze", "(until 2026-08-09) we wait": "2026-08-09 we wait",
		"because it's red": " it's red", "until 3.15.0 is out": " until 3.15.0 is out", "since then": " then", "because": " ",
		"UNTIL 2026-08-09": "2026-08-09 ", "until 2026-08-05": "past", "until 5 August": "no day", "until 2026-8-9": "no day",
		"until 99999-01-01": "no day", "until 24.12.2026.": "no day", "until 2026/12/24": "no day", "until 2026-08-09T10:00": "no day",
		"until tomorrow": "no day", "we wait until Monday, please": "no day", "till 2026-08-09": "2026-08-09 ", "until gh-1 is in": " until gh-1 is in", strings.Repeat("x ", 150): " " + strings.Repeat("x ", 99) + "x…",
	} {
		h, fault := holdOf(text, at)
		got := h.Why
		if !h.Until.IsZero() {
			got = h.Until.Format(time.DateOnly) + " " + got
		} else {
			got = " " + got
		}
		switch fault {
		case faultPastDay:
			got = "past"
		case faultNoDay:
			got = "no day"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
