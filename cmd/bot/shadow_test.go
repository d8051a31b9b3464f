package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/shadow"
)

// inShadow are settings with which the rules that replace the old bots are in shadow, and
// all others off.
const inShadow = `
modes: {news: shadow, issue-number: shadow, title: shadow, stage: shadow, backport: shadow, abi: "off", labels: "off", links: shadow,
  wrong-branch: "off", conflict: "off", backport-pr: "off", end-of-life: "off", settings: "off", commands: "off"}
shadow: {window: 60}
`

func newShadow(t *testing.T, settings, database string) *oldBot {
	t.Helper()
	set, err := config.Parse("concorde.yml", []byte(phases+settings))
	if err != nil {
		t.Fatal(err)
	}
	o := newDayOn(t, set, database).beside()
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

// report is what the program prints once all windows have ended.
func (o *oldBot) report(flags ...string) (r shadow.Report) {
	o.Helper()
	o.acts()
	o.run(o.clock().Add(2 * time.Hour))
	code, out, errs := runCommand(o, nil, slices.Concat([]string{"shadow-report", "--json", "--database", o.database}, flags)...)
	if code != exitOK || errs != "" {
		o.Fatalf("exit code %d: %s", code, errs)
	}
	o.must(json.Unmarshal([]byte(out), &r))
	return r
}

// tells checks the differences of a report: OUTCOME: KEY, THING: RULE, WANTED, FOUND.
func (o *oldBot) tells(r shadow.Report, want ...string) {
	o.Helper()
	var found []string
	varies := regexp.MustCompile(` on [0-9a-f]{7}$|-\d{8}-\d{6}$`)
	for _, d := range r.Differences {
		thing := varies.ReplaceAllString(d.Thing, "")
		found = append(found, fmt.Sprintf("%s: %s, %s: %s wants %s, found %s", d.Outcome, d.Key, thing, d.Rule, d.Want, d.Found))
	}
	slices.Sort(found)
	if diff := cmp.Diff(want, found); diff != "" {
		o.Errorf("differences (-want +found):\n%s", diff)
	}
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
	databases(t, func(t *testing.T, database string) {
		o := newShadow(t, inShadow, database)
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
		o.tells(report,
			"different: python/cpython#1, status bedevere/news: news wants failure, found success",
			"different: python/cpython#4, backport to 3.14: backport wants [3.14] gh-140000: Grill (GH-4), found 3.14: gh-140000: Grill (GH-4)",
			"extra: python/cpython#3, label awaiting merge: stage wants off, found on",
			"missing: python/cpython#2, label awaiting review: stage wants on, found off",
			"missing: python/cpython#5, comment changes-requested: stage wants posted, found none")
		agreement := []shadow.Agreement{
			{Rule: "backport", Same: 5, Different: 1, Percent: 83},
			{Rule: "issue-number", Same: 8, Percent: 100},
			{Rule: "links", Same: 16, Percent: 100},
			{Rule: "news", Same: 7, Different: 1, Percent: 87},
			{Rule: "stage", Same: 18, Missing: 2, Extra: 1, Percent: 85},
			{Rule: "title", Same: 2, Percent: 100},
		}
		if diff := cmp.Diff(agreement, report.Rules, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("agreement (-want +found):\n%s", diff)
		}
		o.tells(o.report("--rule", "news", "python/cpython"),
			"different: python/cpython#1, status bedevere/news: news wants failure, found success")
		o.tells(o.report("--since", o.clock().Format(time.RFC3339)))
		o.silent()
	})
}

// TestShadowOfAGoodBot: beside a bot that does all as the rules would, also before they
// look, there's no difference.
func TestShadowOfAGoodBot(t *testing.T) {
	t.Parallel()
	for name, faster := range map[string]bool{"slower": false, "faster": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newShadow(t, inShadow, filepath.Join(t.TempDir(), "concorde.db"))
			o.faster = faster
			number := o.opens("gh-140000: Roast", 0)
			o.opens("gh-140000: Fry silently", 0)
			o.reviews(number, "CHANGES_REQUESTED")
			o.reviews(number, "APPROVED")
			o.merges(number)
			report := o.report()
			o.tells(report)
			if len(report.Rules) < 5 { // a faster bot's links and backports are there before the rules could want them
				t.Errorf("rules without a prediction: %+v", report.Rules)
			}
			o.silent()
		})
	}
}

// TestShadowWithoutAnOldBot: a bot whose rules are all in shadow sends fewer requests than
// one whose rules act on the same events, although it looks again when windows end.
func TestShadowWithoutAnOldBot(t *testing.T) {
	t.Parallel()
	requests := map[string]int{}
	for name, settings := range map[string]string{"shadow": inShadow, "on": strings.ReplaceAll(inShadow, ": shadow", `: "on"`)} {
		o := newShadow(t, settings, filepath.Join(t.TempDir(), "concorde.db"))
		o.away = true
		begin := o.sent()
		number := o.opens("gh-140000: Roast", 0)
		o.reviews(number, "CHANGES_REQUESTED")
		o.reviews(number, "APPROVED")
		o.merges(number)
		o.report()
		requests[name] = o.sent() - begin
		if name == "shadow" {
			o.silent()
		}
	}
	t.Logf("requests: %v", requests)
	if requests["shadow"] == 0 || requests["shadow"] > requests["on"] {
		t.Errorf("requests: %v", requests)
	}
}

func TestShadowReportMisused(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "none.db")
	for want, args := range map[string][]string{
		`reading --rule: "newz" isn't a rule: expected one of news, abi, `: {"--rule", "newz"},
		`reading --since: "yesterday" isn't a time`:                        {"--since", "yesterday"},
		"name the bot's database with --database":                          {},
		"cpython": {"cpython"},
	} {
		code, out, errs := runCommand(t, nil, append([]string{"shadow-report", "--database", database}, args...)...)
		if code == exitOK || out != "" || !strings.Contains(errs, want) {
			t.Errorf("%q: exit code %d, %s%s", args, code, out, errs)
		}
	}
}

// TestEveryRuleHasAMode: each rule can be put into shadow by its name, and each mode is some
// rule's.
func TestEveryRuleHasAMode(t *testing.T) {
	preset := config.Preset()
	preset.Conflicts.Mode = config.On
	preset.Release.Issues = []config.TrackingIssue{{Version: "3.15", Issue: 1}}
	var names []string
	for _, rule := range (surroundings{central: preset}).rules(preset.Rules) {
		names = append(names, rule.Name)
		if rule.Shadow != nil {
			t.Errorf("the preset has %s in shadow", rule.Name)
		}
	}
	slices.Sort(names)
	if modes := slices.Sorted(slices.Values(config.RulesWithMode())); !slices.Equal(modes, names) {
		t.Errorf("there are modes for %q, and the rules are %q", modes, names)
	}
	set, err := preset.Override("f.yml", []byte("modes: {stage: shadow, news: off, commands: shadow, backport: shadow}\n"))
	if err != nil {
		t.Fatal(err)
	}
	in := surroundings{central: preset, calendar: builtin()}
	for _, rule := range in.rules(set) {
		shadow := slices.Contains([]string{"stage", "commands", "backport"}, rule.Name)
		if (rule.Shadow != nil) != shadow || rule.Name == "news" {
			t.Errorf("rule %s: shadow %v", rule.Name, rule.Shadow)
		}
	}
	r := pull.Repository{Key: pull.Key{Owner: "python", Repo: "cpython"}, Branches: []string{"3.14"}}
	if now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC); len(in.labels(preset.Rules, r, now)) == 0 || len(in.labels(set, r, now)) > 0 {
		t.Error("labels for backports are made in shadow, or not without")
	}
}
