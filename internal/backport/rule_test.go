package backport_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/suite"
	"github.com/concorde-bot/concorde/internal/triage/command"
	"github.com/concorde-bot/concorde/internal/triage/freeze"
)

var release = lifecycle.Builtin()

func builtin() *lifecycle.Calendar { return release }

func rules(settings []byte) ([]pull.Rule, error) {
	c := config.Preset()
	if settings != nil {
		var err error
		if c, err = config.Parse("settings", settings); err != nil {
			return nil, err
		}
	}
	with := backport.Config{Settings: c.Backport, Picks: c.Picks, ABI: c.ABI, Calendar: builtin, ServerURL: "https://github.com",
		May: command.Config{Backport: c.Backport}.May, FreezeLooks: freeze.Config{Release: c.Release}.Looks}
	freezes := freeze.Config{Settings: c.Freeze, Release: c.Release, Backport: c.Backport, Calendar: builtin,
		Commands: func(_ *pull.Request, version string, comments []pull.Comment) (all []pull.Event) {
			for _, said := range comments { // "freeze 3.15" or "thaw 3.15"
				verb, of, _ := strings.Cut(said.Body, " ")
				kind := map[string]pull.EventKind{"freeze": pull.Frozen, "thaw": pull.Thawed}[verb]
				if of != version {
					continue
				}
				all = append(all, pull.Event{Kind: kind, Subject: version, By: said.By, At: said.At})
			}
			return all
		}}
	with.Frozen = freezes.Frozen
	var on []pull.Rule
	for _, rule := range []pull.Rule{backport.Rule(with), backport.PullRule(with), backport.EndedRule(with)} {
		if rule.Want != nil {
			on = append(on, rule)
		}
	}
	return on, nil
}

func TestGolden(t *testing.T) {
	pulltest.Golden(t, map[string]pulltest.Rules{"original": rules, "pull": rules, "command": commanded})
}

// TestLaws holds the rules to the laws over random pull requests, which need
// all that the rules can do.
func TestLaws(t *testing.T) {
	on, err := rules(nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for seed := range (suite.Sizes[uint64]{Normal: 2000, Long: 4000, Full: 4000}).Size() {
		data := make([]byte, 600)
		dice := rand.New(rand.NewPCG(seed, 1))
		for i := range data {
			data[i] = byte(dice.Uint32())
		}
		r := pulltest.Random(data)
		pulltest.Laws(t, r, on)
		plan, err := pull.Decide(r, on)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range plan.Actions {
			seen[a.Kind()] = true
		}
		seen["poke"] = seen["poke"] || len(plan.Enqueue) > 0
		seen["again"] = seen["again"] || !plan.Again.IsZero()
	}
	for _, kind := range []string{"pick", "label", "unlabel", "comment", "edit-comment", "merge", "cancel-merge", "delete-branch",
		"restore-branch", "reopen", "assign", "poke", "again"} {
		if !seen[kind] {
			t.Errorf("no random pull request needs %q: the laws were not tried on it", kind)
		}
	}
}

// FuzzLaws holds the rules to the laws over pull requests of random bytes.
func FuzzLaws(f *testing.F) {
	for seed := range 64 {
		data := make([]byte, 400)
		for i := range data {
			data[i] = byte(seed*31 + i*i*(seed+7))
		}
		f.Add(data)
	}
	on, err := rules(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) { pulltest.Laws(t, pulltest.Random(data), on) })
}

// TestRetryLaws holds the rules to the laws over originals and drafts in all the
// states that a new try of a draft with conflicts goes through.
func TestRetryLaws(t *testing.T) {
	on, err := rules(nil)
	if err != nil {
		t.Fatal(err)
	}
	const conflicts, clean = "5555555555555555555555555555555555555555", "1234567890123456789012345678901234567890"
	tried := map[string]bool{}
	for seed := range (suite.Sizes[uint64]{Normal: 300, Long: 1000, Full: 1000}).Size() {
		dice := rand.New(rand.NewPCG(seed, 5))
		one := func(of ...string) string { return of[dice.IntN(len(of))] }
		data := make([]byte, 600)
		for i := range data {
			data[i] = byte(dice.Uint32())
		}
		r := pulltest.Random(data)
		draft := pull.Summary{
			Number: 1000, Title: fmt.Sprintf("[3.14] Fix it (GH-%d)", r.Key.Number), Body: "<!-- backport-conflict " + conflicts +
				" -->\n<!-- /backport-conflict -->", Own: true, Draft: dice.IntN(5) > 0,
			State: pull.State(one("open", "open", "open", "closed")), Base: "3.14", Head: one(conflicts, clean),
			HeadBranch: "backport-1234567-3.14", ClosedAt: r.Now.Add(-time.Hour),
		}
		r.Others[1000] = draft
		r.Branches["3.14"], r.Branches[draft.HeadBranch] = pull.Branch{Tip: conflicts}, pull.Branch{Tip: draft.Head,
			Requests: []pull.Summary{draft}}
		board := fmt.Sprintf(`{"sha":"%s","rows":{"3.14":{"state":"conflict","pr":%s,"outcome":"conflict","asked":%s,"again":"%s",`+
			`"commit":"%s"}}}`,
			clean, one("1000", "0"), one("0", "1", "9999999999"), one("", "conflict", "clean", "foreign branch"), one("", clean))
		r.Notes["backports"] = pull.PostedNote{ID: 1, Data: board}
		r.Pointers = []int{1000, 1}[:dice.IntN(3)]
		if dice.IntN(3) == 0 { // the draft itself
			r.Own, r.State, r.Draft, r.Merge, r.Title, r.Body = true, draft.State, draft.Draft, nil, "[3.14] Fix it (GH-2)", draft.Body
			r.Key.Number, r.Base, r.HeadBranch, r.Head, r.Approvals = 1000, "3.14", draft.HeadBranch, draft.Head, nil
			r.EarlierStatuses["concorde/backport-conflict"] = true
			r.Others[2] = pull.Summary{Number: 2, State: pull.Merged, MergedBy: "dana",
				Notes: map[string]pull.PostedNote{"backports": {ID: 1, Data: board}}}
		}
		pulltest.Laws(t, r, on)
		plan, err := pull.Decide(r, on)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range plan.Actions {
			tried[a.Kind()] = true
		}
	}
	for _, kind := range []string{"pick", "edit-comment", "edit-body", "ready"} {
		if !tried[kind] {
			t.Errorf("no draft needs %q: the laws were not tried on it", kind)
		}
	}
}
