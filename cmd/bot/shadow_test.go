package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/shadow"
)

// inShadow are settings with which the rules that replace the old bots are in shadow, and
// all others off.
const inShadow = `
modes: {news: shadow, issue-number: shadow, title: shadow, stage: shadow, backport: shadow, abi: "off", labels: "off", links: "off",
  wrong-branch: "off", conflict: "off", backport-pr: "off", end-of-life: "off", settings: "off", commands: "off"}
shadow: {window: 60}
`

var hexes = regexp.MustCompile(`\b[0-9a-f]{7}$`)

func newShadow(t *testing.T, settings string) *oldBot {
	t.Helper()
	set, err := config.Parse("concorde.yml", []byte(phases+settings))
	if err != nil {
		t.Fatal(err)
	}
	o := newDay(t, set).beside()
	o.must(o.cpython.Collaborator("dana", "write"))
	o.acts()
	return o
}

// opens opens a pull request of alice.
func (o *oldBot) opens(title string, m mistake) int {
	o.Helper()
	head := fmt.Sprintf("alice:change-%d", len(o.cpython.PRs())+1)
	_, err := o.cpython.Push(head, ghtest.Commit{Message: title, Author: "alice", Files: worked(title)})
	o.must(err)
	number, err := o.cpython.OpenPR(ghtest.PR{Title: title, Author: "alice", Head: head})
	o.must(err)
	if m != 0 {
		o.wrong[number] = m
	}
	o.acts()
	return number
}

// then lets a minute pass after something happened.
func (o *oldBot) then(err error) {
	o.Helper()
	o.must(err)
	o.acts()
	o.run(o.clock().Add(time.Minute))
}

func (o *oldBot) reviews(number int, review string) {
	o.Helper()
	_, err := o.cpython.Review(number, "dana", review, "So be it.")
	o.then(err)
}

// merges merges it, with a backport to 3.14.
func (o *oldBot) merges(number int) {
	o.Helper()
	o.then(o.cpython.Label(number, "dana", "needs backport to 3.14"))
	_, err := o.cpython.Merge(number, "dana")
	o.then(err)
}

// report is what there is after the window.
func (o *oldBot) report() *shadow.Report {
	o.Helper()
	o.acts()
	o.run(o.clock().Add(2 * time.Hour))
	report := shadow.NewReport("https://github.com", shadow.Filter{})
	reader, err := queue.OpenReader(o.Context(), o.database, o.clock)
	o.must(err)
	defer reader.Close()
	o.must(reader.Predictions(o.Context(), time.Time{}, func(p queue.Prediction) error {
		report.Add(p.Key, p.Thing, p.At, p.Value)
		return nil
	}))
	return report
}

// silent checks that the bot wrote nothing at all to GitHub.
func (o *oldBot) silent() {
	o.Helper()
	if writes := o.cpython.Writes(); len(writes) > 0 {
		o.Errorf("the bot wrote: %+v", writes)
	}
	for _, s := range o.spent {
		if s.points > 1 {
			o.Errorf("a request that writes, at %s", s.at)
		}
	}
	for _, r := range o.github.Requests() {
		reads := r.Method == "GET" || r.Route == "POST /graphql" || strings.HasSuffix(r.Path, "/access_tokens")
		if !reads {
			o.Errorf("the request %s %s (%s)", r.Method, r.Path, r.Route)
		}
	}
}

// TestShadowBesideAnOldBot: the old bot is wrong in five known ways. The report lists
// exactly these, agreement for all the rest, and the bot writes nothing.
func TestShadowBesideAnOldBot(t *testing.T) {
	t.Parallel()
	o := newShadow(t, inShadow)
	o.opens("gh-140000: Fry silently", wrongState)
	o.opens("gh-140000: Boil", noLabel)
	o.opens("gh-140000: Bake", labelTooMany)
	titled := o.opens("gh-140000: Grill", wrongTitle)
	silent := o.opens("gh-140000: Toast", noComment)
	good := o.opens("gh-140000: Roast", 0)
	o.reviews(silent, "CHANGES_REQUESTED")
	o.reviews(good, "CHANGES_REQUESTED")
	for _, number := range []int{titled, good} {
		o.reviews(number, "APPROVED")
		o.merges(number)
	}
	report := o.report()
	var found []string
	for _, d := range report.Differences {
		thing := hexes.ReplaceAllString(d.Thing, "X")
		found = append(found, fmt.Sprintf("%s: %s, %s: rule %s wants %s and found %s", d.Outcome, d.Key, thing, d.Rule, d.Want, d.Found))
	}
	slices.Sort(found)
	want := []string{
		"different: python/cpython#1, status bedevere/news on X: rule news wants failure and found success",
		"different: python/cpython#4, backport to 3.14: rule backport wants " +
			"[3.14] gh-140000: Grill (GH-4) and found 3.14: gh-140000: Grill (GH-4)",
		"extra: python/cpython#3, label awaiting merge: rule stage wants off and found on",
		"missing: python/cpython#2, label awaiting review: rule stage wants on and found off",
		"missing: python/cpython#5, comment changes-requested-20261129-121100: rule stage wants posted and found none",
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("differences (-want +found):\n%s", diff)
	}
	agreement := []shadow.Agreement{
		{Rule: "backport", Same: 5, Different: 1, Percent: 83},
		{Rule: "issue-number", Same: 8, Percent: 100},
		{Rule: "news", Same: 7, Different: 1, Percent: 87},
		{Rule: "stage", Same: 18, Missing: 2, Extra: 1, Percent: 85},
		{Rule: "title", Same: 2, Percent: 100},
	}
	if diff := cmp.Diff(agreement, report.Rules); diff != "" {
		t.Errorf("agreement (-want +found):\n%s", diff)
	}
	o.silent()
}
