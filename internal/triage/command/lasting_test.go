package command

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestLastingCommands: of the commands in an answered comment that its author edited, these
// count as they are now, and the documentation names them. All others ran once.
func TestLastingCommands(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	c := Config{Settings: config.Commands{Mode: config.On}, Backport: config.Preset().Backport, Calendar: builtin, Freeze: true, Revert: true,
		Release: config.Release{Issues: []config.TrackingIssue{{Version: "3.15", Issue: 7}}}}
	c.Backport.Mode = config.On
	var lasting []string
	for _, v := range verbs {
		said := pull.Comment{ID: 1, By: "hugovk", Editor: "hugovk", At: now.Add(-time.Hour), Answered: true, Done: true,
			Body: "@concorde " + v.example}
		r := &pull.Request{Me: "concorde", Now: now, State: pull.Merged, Author: "hugovk", Comments: []pull.Comment{said}}
		_, turns := c.heard(r)
		if len(turns)+len(c.Decisions(r))+len(c.Freezes(r, "3.15", r.Comments))+len(c.Reverts(r, false)) > 0 || c.SaysReady(r, said) {
			lasting = append(lasting, v.name)
		}
		want := c.want(r)
		if v.name == verbHold && want.Stop == nil || len(want.Notes)+len(want.Reactions) > 0 || want.Readied ||
			slices.ContainsFunc(want.Labels, func(l pull.Label) bool { return l.On }) {
			t.Errorf("%s runs again: %+v", v.name, want)
		}
		for _, e := range c.Asked(r) {
			if !e.Edited {
				t.Errorf("%s requests a backport again: %+v", v.name, e)
			}
		}
	}
	docs, err := os.ReadFile("../../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sentence, _ := strings.Cut(string(docs), "count as the comment says now: ")
	sentence, _, _ = strings.Cut(sentence, ".")
	var named []string
	for _, m := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(sentence, -1) {
		named = append(named, m[1])
	}
	slices.Sort(named)
	slices.Sort(lasting)
	if !slices.Equal(named, lasting) {
		t.Errorf("docs/commands.md names %q, and these count after an edit: %q", named, lasting)
	}
}
