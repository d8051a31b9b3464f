package command

import (
	"slices"
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

// TestHeldCommands: what is said into a hold was turned down, and counts no more once the hold
// has ended; what ends the hold in the same comment, does.
func TestHeldCommands(t *testing.T) {
	c := Config{Settings: config.Commands{Mode: config.On}, Backport: config.Preset().Backport,
		Calendar: builtin}
	at := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	r := &pull.Request{Me: "concorde", State: pull.Merged, Now: at.Add(time.Hour), Author: "hugovk", People: map[string]pull.Role{"erin": pull.Triage}}
	say := func(by, body string) {
		minute := time.Duration(len(r.Comments)) * time.Minute
		r.Comments = append(r.Comments, pull.Comment{ID: int64(len(r.Comments) + 1), By: by, Body: "@concorde " + body, At: at.Add(minute)})
	}
	check := func(when, decided, allowed string, ready ...bool) {
		t.Helper()
		var decisions, asked []string
		for _, e := range c.Decisions(r) {
			decisions = append(decisions, string(e.Kind)+" "+e.Subject)
		}
		for _, e := range c.Asked(r) {
			asked = append(asked, e.Subject)
		}
		var said []bool
		for _, comment := range r.Comments {
			if strings.Contains(comment.Body, "ready") {
				said = append(said, c.SaysReady(r, comment))
			}
		}
		if strings.Join(decisions, ", ") != decided || strings.Join(asked, ", ") != allowed || !slices.Equal(said, ready) {
			t.Errorf("%s: %q, %q, ready %t", when, decisions, asked, said)
		}
	}
	say("erin", "hold")
	say("hugovk", "refuse 3.14 too late")
	say("hugovk", "allow 3.15")
	say("hugovk", "ready")
	check("on hold", "", "", false)
	say("mallory", "resume")
	say("hugovk", "ready")
	check("a stranger ends no hold", "", "", false, false)
	say("hugovk", "resume\n@concorde allow 3.15\n@concorde ready")
	check("with the end of the hold", "allowed 3.15", "needs backport to 3.15", false, false, true)
	say("hugovk", "refuse 3.14 too late\n@concorde hold")
	check("with the next hold", "allowed 3.15, refused 3.14", "needs backport to 3.15", false, false, true)
}

// TestHoldWords: day and reason, in whatever order and punctuation.
func TestHoldWords(t *testing.T) {
	at := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": " ", "until 2026-08-09": "2026-08-09 ", "the release, until 2026-08-09.": "2026-08-09 the release",
		"until 2026-08-10: the freeze": "2026-08-10 the freeze", "(until 2026-08-09) we wait": "2026-08-09 we wait",
		"because it's red": " it's red", "until 3.15.0 is out": " until 3.15.0 is out", "since then": " then", "because": " ",
		"UNTIL 2026-08-09": "2026-08-09 ", "until 2026-08-05": "past", "until 5 August": "no day: until 5 August", "until 2026-8-9": "no day: until 2026-8-9",
		"until 99999-01-01": "no day: until 99999-01-01", "until 24.12.2026.": "no day: until 24.12.2026", "until 2026/12/24": "no day: until 2026/12/24", "until 2026-08-09T10:00": "no day: until 2026-08-09T10:00",
		"until tomorrow": "no day: until tomorrow", "we wait until Monday, please": "no day: we wait until Monday, please", "till 2026-08-09": "2026-08-09 ", "until gh-1 is in": " until gh-1 is in", strings.Repeat("x ", 150): " " + strings.Repeat("x ", 99) + "x…",
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
		case holdNoDay:
			got = "no day:" + got
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestResumeByAClockAhead: a resume counts at once, also if GitHub's clock is ahead of the bot's:
// no event would come when it's time.
func TestResumeByAClockAhead(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	turns := []turn{{Hold: pull.Hold{By: "dana", Since: now.Add(-time.Minute)}},
		{Hold: pull.Hold{By: "dana", Since: now.Add(4 * time.Second)}, goOn: true}}
	r := &pull.Request{Me: "concorde", Now: now}
	if want := holding(r, turns); want.Stop != nil {
		t.Errorf("still on hold: %+v", want.Stop)
	}
	if want := holding(r, turns[:1]); want.Stop == nil {
		t.Error("not on hold before")
	}
}
