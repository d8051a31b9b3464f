package backport_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/suite"
	"github.com/concorde-bot/concorde/internal/triage/command"
)

// commanded are the rules on backports together with that on commands.
func commanded(settings []byte) ([]pull.Rule, error) {
	set, err := config.Preset().Override("settings", settings)
	if err != nil {
		return nil, err
	}
	commands := command.Config{Settings: set.Commands, Backport: set.Backport, Calendar: builtin}
	with := backport.Config{Settings: set.Backport, ABI: set.ABI, Calendar: builtin, ServerURL: "https://github.com", Asked: commands.Asked,
		May: commands.May, Decisions: commands.Decisions}
	commands.Rules = []pull.Rule{backport.Rule(with), backport.PullRule(with)}
	return append(commands.Rules, command.Rule(commands)), nil
}

// TestCommandLaws holds the rules together to the laws over random pull requests
// with commands, some answered already.
func TestCommandLaws(t *testing.T) {
	on, err := commanded(nil)
	if err != nil {
		t.Fatal(err)
	}
	bodies := []string{"@concorde backport 3.14", "@concorde backport 3.13 3.9 3.15", "@concorde label -needs backport to 3.14",
		"@concorde label +Needs Backport To 3.13", "@concorde backport 3.14 3.12\n@concorde why", "@concorde allow 3.14", "@concorde refuse 3.14 no", "@concorde refuse it breaks",
		"@concorde allow"}
	seen := map[string]bool{}
	for seed := range (suite.Sizes[uint64]{Normal: 100, Long: 400, Full: 400}).Size() {
		dice := rand.New(rand.NewPCG(seed, 3))
		data := make([]byte, 600)
		for i := range data {
			data[i] = byte(dice.Uint32())
		}
		r := pulltest.Random(data)
		r.Me, r.Core, r.People = "concorde", map[string]bool{"dana": true}, map[string]pull.Role{"carol": pull.Triage}
		for i := range dice.IntN(6) {
			at := r.Now.Add(-time.Duration(1+dice.IntN(200)) * time.Hour)
			by := []string{"dana", "carol", "hugovk", "stranger"}[dice.IntN(4)]
			editor := []string{"", "", by}[dice.IntN(3)]
			r.Comments = append(r.Comments, pull.Comment{ID: int64(i + 1), By: by, At: at, Body: bodies[dice.IntN(len(bodies))], Editor: editor,
				Answered: dice.IntN(3) == 0})
		}
		slices.SortStableFunc(r.Comments, func(a, b pull.Comment) int { return a.At.Compare(b.At) })
		pulltest.Laws(t, r, on)
		plan, err := pull.Decide(r, on)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range plan.Actions {
			seen[a.Kind()] = true
		}
	}
	for _, kind := range []string{"pick", "label", "unlabel", "react", "comment", "edit-comment"} {
		if !seen[kind] {
			t.Errorf("no random pull request needs %q: the laws were not tried on it", kind)
		}
	}
}

// TestRefusedReadsManagers: of an original's comments only release managers' and those that were
// carried out are read, once for each snapshot, however many strangers write.
func TestRefusedReadsManagers(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	set := config.Preset().Rules
	for _, refused := range []bool{false, true} {
		read, asked := 0, 0
		with := backport.Config{Settings: set.Backport, ABI: set.ABI, Calendar: builtin, ServerURL: "https://github.com",
			May: command.Config{Backport: set.Backport}.May, Decisions: func(r *pull.Request) (all []pull.Event) {
				if r.Key.Number != 131000 {
					return nil
				}
				asked++
				for _, said := range r.Comments {
					read++
					if refused && said.By == "hugovk" {
						all = append(all, pull.Event{Kind: pull.Refused, Subject: "3.14", By: said.By, At: said.At, Command: true})
					}
				}
				return all
			}}
		r := waitingBackport(now)
		rule := backport.PullRule(with)
		for range 3 {
			if merges := rule.Want(r).Merge != nil; merges == refused {
				t.Errorf("refused: %v, merged: %v", refused, merges)
			}
		}
		if asked != 1 || read != 2 {
			t.Errorf("%d times, %d comments, want 2 once", asked, read)
		}
	}
}

// TestUnreadWordOfAManager: what a release manager wrote on the original and nobody reads, since
// there's too much, may be a refusal. Anybody else's can't.
func TestUnreadWordOfAManager(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	set := config.Preset().Rules
	commands := command.Config{Backport: set.Backport}
	rule := backport.PullRule(backport.Config{Settings: set.Backport, ABI: set.ABI, Calendar: builtin, ServerURL: "https://github.com",
		May: commands.May, Decisions: func(*pull.Request) []pull.Event { return nil }})
	for by, merges := range map[string]bool{"mallory": true, "hugovk": false} {
		r := waitingBackport(now)
		r.Threads[131000] = pull.Thread{Comments: []pull.Comment{{ID: 1, By: by, At: now, Unread: true}}}
		if got := rule.Want(r).Merge != nil; got != merges {
			t.Errorf("unread by %s: merges is %v, want %v", by, got, merges)
		}
	}
}

// waitingBackport is an approved backport of the bot to 3.14, on whose original many wrote.
func waitingBackport(now time.Time) *pull.Request {
	comments := []pull.Comment{{ID: 1, By: "hugovk", Body: "no", At: now}, {ID: 2, By: "former", Body: "no", At: now, Done: true}}
	for i := range 1000 {
		comments = append(comments, pull.Comment{ID: int64(i + 3), By: "mallory", Body: "@concorde refuse 3.14 no", At: now})
	}
	return &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 131001}, Me: "concorde", Now: now, Own: true,
		State: pull.Open, Title: "[3.14] gh-130000: Fix it (GH-131000)", Base: "3.14", DefaultBranch: "main", Author: "concorde[bot]", Bot: true,
		HeadBranch: "backport-1234567-3.14", HeadOwner: "python", Head: "5555", Facts: ^pull.Facts(0), MergeState: pull.MergeClean,
		Core: map[string]bool{"dana": true}, Reviews: map[string]pull.Review{"dana": pull.Approved}, Heard: true, Memo: &pull.Memo{},
		Approvals: []pull.Approval{{By: "dana", At: now.Add(-time.Hour)}},
		Others:    map[int]pull.Summary{131000: {Number: 131000, State: pull.Merged, Base: "main", Title: "gh-130000: Fix it", MergedBy: "dana"}},
		Threads:   map[int]pull.Thread{131000: {Comments: comments}}}
}
