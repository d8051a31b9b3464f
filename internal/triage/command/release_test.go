package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/weigh"
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
		"for 3.13 it's late":         "3.13|it's late",
		"to the 3.13 branch: late":   "3.13|late",
		"(3.13) late":                "3.13|late",
		"v3.13, please":              "3.13|",
		"“3.13”，late":                "3.13|late",
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
		most := min(utf8.RuneCountInString(text), maxReason)
		if slices.ContainsFunc(versions, func(v string) bool { return !lifecycle.ValidVersion(v) }) || utf8.RuneCountInString(rest) > most {
			t.Errorf("%q: %q and %q", text, versions, rest)
		}
	})
}

// TestFreezesOfManagers: a manager's command counts, or one that was carried out. However
// long what others write in a tracking issue is, nobody reads it for each pull request.
func TestFreezesOfManagers(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	c := Config{Settings: config.Commands{Mode: config.On},
		Backport: config.Preset().Backport, Calendar: builtin,
		Release: config.Release{Issues: []config.TrackingIssue{{Version: "3.15", Issue: 7}}}}
	r := &pull.Request{Me: "concorde", Now: now}
	comments := []pull.Comment{
		{ID: 1, By: "Hugovk", Body: "@concorde freeze 3.15", At: now.Add(-3 * time.Hour)},
		{ID: 2, By: "former", Body: "@concorde thaw 3.15", At: now.Add(-2 * time.Hour), Answered: true, Done: true},
	}
	for i := range pull.MaxThread - len(comments) {
		comments = append(comments, pull.Comment{ID: int64(i + 3), By: fmt.Sprint("mallory", i), At: now.Add(-time.Hour),
			Body: "@concorde freeze 3.15\n" + strings.Repeat("> ", 500)})
	}
	if all := c.Freezes(r, "3.15", comments); len(all) != 2 || all[0].Kind != pull.Frozen || all[1].Kind != pull.Thawed {
		t.Errorf("%+v", all)
	}
	weigh.Linear(t, 1000*len(comments), 1, func() { c.Freezes(r, "3.15", comments) })
}

// TestFreezesTurnedDown: a command that was turned down never counts later, whatever else changes
// than the comment: freezes are turned on, or its author becomes a release manager. In a comment with other
// commands, nothing shows which one was turned down.
func TestFreezesTurnedDown(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	c := Config{Settings: config.Commands{Mode: config.On}, Freeze: true,
		Backport: config.Preset().Backport, Calendar: builtin,
		Release: config.Release{Issues: []config.TrackingIssue{{Version: "3.15", Issue: 7}}}}
	for body, want := range map[string]int{"@concorde freeze 3.15": 0, "@concorde freeze 3.15\n@concorde freeze 3.14": 1} {
		asked := []pull.Comment{{ID: 1, By: "hugovk", Body: body, At: now.Add(-time.Hour), Answered: true}}
		if all := c.Freezes(&pull.Request{Me: "concorde", Now: now}, "3.15", asked); len(all) != want {
			t.Errorf("%q: %+v, want %d", body, all, want)
		}
		asked[0].Editor = "hugovk" // it counts as it says now
		if all := c.Freezes(&pull.Request{Me: "concorde", Now: now}, "3.15", asked); len(all) != 1 {
			t.Errorf("%q, edited: %+v", body, all)
		}
	}
}

// TestDecisionsOfAnEarlierBase: a command that names no version isn't about a base that came
// after it, nor in the same second. One that names it is.
func TestDecisionsOfAnEarlierBase(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	c := Config{Settings: config.Commands{Mode: config.On}, Backport: config.Preset().Backport, Calendar: builtin}
	decided := func(body string, moved time.Time) string {
		r := &pull.Request{Me: "concorde", Now: now, Base: "3.12", Events: []pull.Event{{Kind: pull.BaseChanged, Subject: "3.12", At: moved}},
			Comments: []pull.Comment{{ID: 1, By: "Yhg1s", Body: body, At: now.Add(-time.Hour), Answered: true, Done: true}}}
		var versions []string
		for _, e := range c.Decisions(r) {
			versions = append(versions, string(e.Kind)+" "+e.Subject)
		}
		return strings.Join(versions, ", ")
	}
	for _, test := range []struct {
		body  string
		moved time.Duration // ago
		want  string
	}{
		{"@concorde allow", 2 * time.Hour, "allowed 3.12"},
		{"@concorde allow", time.Hour, ""},
		{"@concorde allow", time.Minute, ""},
		{"@concorde refuse it's late", time.Minute, "refused 3.12"}, // the author may have changed it there and back
		{"@concorde allow 3.12", time.Minute, "allowed 3.12"},
	} {
		if got := decided(test.body, now.Add(-test.moved)); got != test.want {
			t.Errorf("%s, and a base that changed %v ago: %q, want %q", test.body, test.moved, got, test.want)
		}
	}
}
