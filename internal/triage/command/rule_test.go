package command

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// keeper keeps a label, as the rule on stages does.
func keeper() pull.Rule {
	return pull.Rule{Name: "stage", Owns: []string{"awaiting *"}, Want: func(*pull.Request) pull.Want { return pull.Want{} }}
}

// follower has the label docs follow the title, as rules on labels do.
func follower() pull.Rule {
	return pull.Rule{Name: "labels", Needs: pull.Events, Issues: true, Want: func(r *pull.Request) pull.Want {
		return pull.Want{Labels: []pull.Label{{Name: "docs", On: strings.Contains(r.Title, "docs"), Hold: pull.Following,
			Why: ".github/labeler.yml:3"}}}
	}}
}

var release = lifecycle.Builtin()

func builtin() *lifecycle.Calendar { return release }

func commandRules(settings []byte) ([]pull.Rule, error) {
	set, err := config.Preset().Override("settings", settings)
	if err != nil {
		return nil, err
	}
	rules := []pull.Rule{keeper(), follower()}
	with := Config{Settings: set.Commands, Backport: set.Backport, Release: set.Release, Calendar: builtin, Revert: true,
		Freeze: set.FreezesAct(), Rules: rules}
	if commands := Rule(with); commands.Want != nil {
		rules = append(rules, commands)
	}
	return rules, nil
}

func TestGolden(t *testing.T) { pulltest.Golden(t, map[string]pulltest.Rules{"": commandRules}) }

// TestNoCommandIsHeardLocally shows that a range on someone's disk, which knows
// no bot, has no commands.
func TestNoCommandIsHeardLocally(t *testing.T) {
	c := Config{Settings: config.Commands{Mode: config.On}}
	r := &pull.Request{State: pull.Open, Author: "eric", Comments: []pull.Comment{{ID: 1, By: "eric", Body: "@ rerun\n@[bot] rerun"}}}
	if want := Rule(c).Want(r); len(want.Reactions) > 0 {
		t.Errorf("%+v", want)
	}
}

func TestSaysReady(t *testing.T) {
	for _, c := range []struct {
		pull.Comment
		want bool
	}{
		{pull.Comment{By: "eric", Body: "Done.\n@Concorde ready"}, true},
		{pull.Comment{By: "eric", Body: "@concorde[bot] Ready!", Editor: "Eric"}, true},
		{pull.Comment{By: "eric", Body: "@concorde ready", Answered: true}, true},
		{pull.Comment{By: "eric", Body: "@concorde ready", Editor: "dana"}, false},
		{pull.Comment{By: "eric", Body: "> @concorde ready"}, false},
		{pull.Comment{By: "eric", Body: "@concorde rerun"}, false},
		{pull.Comment{By: "other[bot]", Bot: true, Body: "@concorde ready"}, false},
		{pull.Comment{By: "concorde[bot]", Own: true, Body: "@concorde ready"}, false},
	} {
		if got := (Config{}).SaysReady(&pull.Request{Me: "concorde"}, c.Comment); got != c.want {
			t.Errorf("%+v: %v", c.Comment, got)
		}
	}
	if (Config{}).SaysReady(&pull.Request{}, pull.Comment{By: "eric", Body: "@ ready"}) {
		t.Error("without a bot")
	}
}

// scripts are comments for random histories.
var scripts = []string{
	"@concorde label +docs", "@concorde label -docs", "@concorde label -docs +tests +awaiting merge", "@concorde backport 3.14",
	"@concorde label -needs backport to 3.14",
	"@concorde label +\"Needs Backport To 3.14\" +typo", "@concorde ready", "@concorde why", "@concorde help",
	"@concorde rerun\n@concorde nonsense", "> @concorde rerun", "thanks",
	strings.Repeat("@concorde label +docs -docs\n", 7),
}

// discussed gives a random pull request or issue comments.
func discussed(dice *rand.Rand) *pull.Request {
	data := make([]byte, 300)
	for i := range data {
		data[i] = byte(dice.Uint32())
	}
	r := pulltest.Random(data)
	people := []string{"contributor", "dana", "hugovk", "stranger", "ghost"}
	r.Me, r.Issue, r.Own = "concorde", dice.IntN(4) == 0, false
	r.Core, r.People = map[string]bool{"dana": true}, map[string]pull.Role{"dana": pull.Write, "carol": pull.Triage}
	r.Known = map[string]bool{"docs": true, "tests": true, "typo": false, "awaiting merge": true}
	if dice.IntN(3) == 0 {
		r.Title = "docs: " + r.Title
	}
	for i := range dice.IntN(15) {
		c := pull.Comment{ID: int64(i + 1), By: people[dice.IntN(len(people))], Body: scripts[dice.IntN(len(scripts))],
			Answered: dice.IntN(2) == 0}
		c.At = r.Now.Add(-time.Duration(dice.IntN(9*24)) * time.Hour)
		if dice.IntN(8) == 0 {
			c.Editor = people[dice.IntN(len(people))]
		}
		r.Comments = append(r.Comments, c)
	}
	slices.SortStableFunc(r.Comments, func(a, b pull.Comment) int { return a.At.Compare(b.At) })
	for range dice.IntN(4) {
		kind := []pull.EventKind{pull.Labeled, pull.Unlabeled, pull.Drafted}[dice.IntN(3)]
		e := pull.Event{Kind: kind, Subject: []string{"docs", "tests", "needs backport to 3.14"}[dice.IntN(3)], By: "dana",
			Own: dice.IntN(2) == 0}
		e.At = r.Now.Add(-time.Duration(dice.IntN(9*24)) * time.Hour)
		r.Events = append(r.Events, e)
	}
	return r
}

func TestLaws(t *testing.T) {
	rules, err := commandRules([]byte("commands: {outsiders: [tests]}"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for seed := range uint64(600) {
		r := discussed(rand.New(rand.NewPCG(seed, 7)))
		pulltest.Laws(t, r, rules)
		plan, err := pull.Decide(r, rules)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range plan.Actions {
			seen[a.Kind()] = true
		}
	}
	for _, kind := range []string{"label", "unlabel", "comment", "react", "ready"} {
		if !seen[kind] {
			t.Errorf("no random discussion needs %q: the laws were not tried on it", kind)
		}
	}
}

// TestOneAnswer shows that a comment gets one reaction, and one comment at most,
// and that a flood is heard only in part.
func TestOneAnswer(t *testing.T) {
	rules, err := commandRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	r := &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1}, Now: now, State: pull.Open, Me: "concorde", Author: "contributor",
		Facts: ^pull.Facts(0),
		Head:  strings.Repeat("0a", 20), People: map[string]pull.Role{},
	}
	for i := range 500 {
		body := strings.Repeat("@concorde why\n@concorde help\n@concorde label +docs\n@concorde nonsense\n", 1+i%900)
		r.Comments = append(r.Comments, pull.Comment{ID: int64(i + 1), By: "stranger", Body: body, At: now.Add(-time.Minute)})
	}
	plan, err := pull.Decide(r, rules)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, a := range plan.Actions {
		kinds[a.Kind()]++
		if note, ok := a.(pull.AddNote); ok && len(note.Body) > 4000 {
			t.Errorf("an answer of %d bytes", len(note.Body))
		}
	}
	if want := maxDailyCommands + 1; kinds["react"] != want || kinds["comment"] != want || len(kinds) != 2 {
		t.Errorf("%v, want %d reactions and comments", kinds, want)
	}
	r.Comments = r.Comments[:5]
	pulltest.Laws(t, r, rules)
}

// TestManyVersions shows that strangers cannot have the bot look at any number of
// branches, and cannot push aside what others ask for.
func TestManyVersions(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	c := Config{Settings: config.Commands{Mode: config.On}, Backport: config.Preset().Backport}
	r := &pull.Request{Now: now, State: pull.Merged, Me: "concorde", Core: map[string]bool{"dana": true}}
	r.Comments = []pull.Comment{{ID: 1, By: "hugovk", Body: "@concorde backport 3.15", At: now},
		{ID: 2, By: "dana", Body: "@concorde backport 3.14", At: now}}
	for i := range 50 {
		var body strings.Builder
		for j := range 20 {
			fmt.Fprintf(&body, "@concorde backport %d.%d\n", i+4, j)
		}
		r.Comments = append(r.Comments, pull.Comment{ID: int64(i + 3), By: fmt.Sprint("stranger", i), Body: body.String(), At: now})
	}
	asked := c.Asked(r)
	if len(asked) != maxAsked+2 || asked[0].By != "hugovk" || asked[1].By != "dana" {
		t.Errorf("%d asked, first %+v", len(asked), asked[:2])
	}
	if c.May(r, "stranger1") || !c.May(r, "HugoVK") || !c.May(r, "Dana") {
		t.Error("who may ask")
	}
}

// TestCommandsInTheDocsAreCurrent holds the table of docs/commands.md against that of
// the code.
func TestCommandsInTheDocsAreCurrent(t *testing.T) {
	var table strings.Builder
	table.WriteString("| command | who | where | what it does | example |\n| --- | --- | --- | --- | --- |\n")
	for _, a := range Abouts() {
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s | `@BOT %s` |\n", a.Name, a.Who, a.Where, a.Does, a.Example)
	}
	suite.Current(t, "../../../docs/commands.md", "commands", table.String())
}

// TestEveryCommandIsCarriedOut shows that each verb of the table does something
// for those who may, and that the limits in the documentation are those of the
// code.
func TestEveryCommandIsCarriedOut(t *testing.T) {
	rules, err := commandRules([]byte(`release: {issues: [{version: "3.15", issue: 1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verbs {
		r := &pull.Request{
			Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1}, Now: time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC), State: pull.Open,
			Me: "concorde", Author: "hugovk", Issue: v.issues,
			Facts: ^pull.Facts(0), Head: strings.Repeat("0a", 20),
		}
		if v.name == verbRevert {
			r.State = pull.Merged
		}
		r.Comments = []pull.Comment{{ID: 1, By: "hugovk", Body: "@concorde " + v.example, At: r.Now}}
		plan, err := pull.Decide(r, rules)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan.String(), "react thumbs_up to comment 1") {
			t.Errorf("%s: %s", v.example, plan)
		}
	}
	text, err := os.ReadFile("../../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []string{fmt.Sprintf("%d commands of one comment", maxCommands),
		fmt.Sprintf("%d comments with commands", maxDailyCommands), fmt.Sprintf("%d days", int(maxAge.Hours()/24))} {
		if !strings.Contains(string(text), limit) {
			t.Errorf("docs/commands.md does not say %q", limit)
		}
	}
}
