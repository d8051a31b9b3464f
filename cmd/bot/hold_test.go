package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// A triager stops the bot on the page, with a reason. The bot says so in a comment, and from
// then on only reports: a new head gets its status, and no label follows. A command ends
// it.
func TestHold(t *testing.T) {
	g := newGate(t, true)
	g.ok(g.repo.Collaborator("carol", "triage"))
	carol := g.enter("carol")
	_, text := g.open(carol, g.pull())
	_, form, found := strings.Cut(text, "<details><summary>Put on hold")
	if !found {
		t.Fatal(text)
	}
	page, at := carol.submit(form, mustParse(publicPages+g.pull()), "why", "the buildbots are red")
	if !strings.Contains(page, "The bot checks it now") {
		t.Fatalf("%s %s", at, page)
	}
	eventually(t, "the bot to say that it stops", func() bool {
		_, text := g.open(carol, g.pull())
		return g.says("On hold, at `carol`'s request (`the buildbots are red`). I only keep") && strings.Contains(text,
			"On hold, by carol: the buildbots are red.")
	})
	g.ok(g.repo.Label(g.number, "carol", "skip news"))
	_, err := g.repo.Review(g.number, "dana", "CHANGES_REQUESTED", "Please don't.")
	g.ok(err)
	g.comment("eric", "@concorde why")
	eventually(t, "statuses and why to be current", func() bool {
		state, err := g.repo.PR(g.number)
		return err == nil && g.says("This pull request is on hold, at `carol`'s request") && state.Statuses["bedevere/news"].State == "success"
	})
	if state, err := g.repo.PR(g.number); err != nil || slices.Contains(state.Labels, "awaiting changes") {
		t.Errorf("%+v %v", state, err)
	}
	_, text = g.open(carol, g.pull())
	_, form, _ = strings.Cut(text, "Check again")
	page, at = carol.submit(form, mustParse(publicPages+g.pull()))
	if !strings.Contains(page, "The bot would change nothing now. On hold, by carol") {
		t.Errorf("%s %s", at, page)
	}
	g.comment("carol", "@concorde resume")
	eventually(t, "the bot to go on", func() bool {
		state, err := g.repo.PR(g.number)
		return err == nil && slices.Contains(state.Labels, "awaiting changes") && g.says("The hold has ended.")
	})
}

// says reports whether the bot commented so on the pull request.
func (g *gate) says(text string) bool {
	g.Helper()
	state, err := g.repo.PR(g.number)
	g.ok(err)
	return slices.ContainsFunc(state.Comments, func(c ghtest.Comment) bool { return strings.Contains(c.Body, text) })
}

func (g *gate) comment(by, body string) {
	g.Helper()
	_, err := g.repo.Comment(g.number, by, body)
	g.ok(err)
}
