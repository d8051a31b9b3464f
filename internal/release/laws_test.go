package release_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/release"
	"github.com/concorde-bot/concorde/internal/suite"
)

// world makes what GitHub may show, of random choices.
type world struct{ *rand.Rand }

func choose[T any](w world, of ...T) T { return of[w.IntN(len(of))] }

func some[T any](w world, most int, make func() T) (all []T) {
	for range w.IntN(most + 1) {
		all = append(all, make())
	}
	return all
}

func (w world) at() time.Time {
	return time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC).Add(-time.Duration(w.IntN(3000)) * time.Hour)
}

func (w world) labels() []string {
	return some(w, 3, func() string {
		return choose(w, "release-blocker", "deferred-blocker", "3.15", "3.14", "type-security", "type-bug", "performance",
			"needs backport to 3.15",
			"3.15.0", "main", "")
	})
}

func (w world) title() string {
	return choose(w, "[3.15] gh-1: Fix (GH-7)", "(ABI break) gh-2: Slot", "a|b`c\n<!-- x -->",
		"@everyone \x1b[1m", "", "[3.15] (ABI break) x", "…")
}

func (w world) summary() pull.Summary {
	return pull.Summary{Number: 1 + w.IntN(30), Title: w.title(), State: choose(w, pull.Open, pull.Merged, pull.Closed), Draft: w.IntN(4) == 0,
		Author: choose(w, "eric", "hugovk", "ghost", ""), Base: choose(w, "3.15", "main", ""), ClosedAt: w.at(), Labels: w.labels(),
		Reviews: choose(w, nil, map[string]pull.Review{"dana": pull.Approved}, map[string]pull.Review{"HugoVK": pull.ChangesRequested})}
}

func (w world) path() string {
	return "Misc/NEWS.d/next/" + choose(w, "Library/2026-08-01-10-00-00.gh-issue-140000.aaaaaa.rst", "x.rst", "Library/deep/")
}

func (w world) release() pull.Release {
	return pull.Release{
		Branch: "3.15", Tip: choose(w, "", "aaaaaaaaaaaa", "aaaaaaaaaaaa"), Tagged: choose(w, "", "bbbb", "bbbb"),
		Tag:          choose(w, "", "v3.15.0rc1", "v3.15.0rc2", "v3.14.0"),
		MoreBlockers: w.IntN(5) == 0, Incomplete: w.IntN(5) == 0,
		Blockers: some(w, choose(w, 0, 0, 40), func() pull.Blocker {
			return pull.Blocker{Number: 1 + w.IntN(60), Pull: w.IntN(2) == 0, Title: w.title(), Deferred: w.IntN(2) == 0, Labels: w.labels(),
				Milestone: choose(w, "", "3.15", "Python 3.14.0b1", "33.155", "9999999999.1", "next"),
				Base:      choose(w, "", "main", "3.15"), Created: w.at()}
		}),
		Commits: some(w, 8, func() pull.BranchCommit {
			return pull.BranchCommit{SHA: choose(w, "", "aaaaaaaaaaaa", "cc"), Subject: w.title(), Pull: w.IntN(3), At: w.at(),
				Checks: choose(w, pull.NoChecks, pull.Green, pull.Green, pull.Green, pull.Green, pull.Red,
					pull.Broken, pull.Running, pull.Awaited, "NEW")}
		}),
		Open: some(w, 5, func() pull.Incoming {
			p := pull.Incoming{Summary: w.summary(), Created: w.at(), Approved: choose(w, time.Time{}, w.at())}
			p.Fresh = choose(w, nil, p.Reviews)
			return p
		}),
		Merged: some(w, choose(w, 0, 5), w.summary), Into: some(w, 5, w.summary), EntriesRead: w.IntN(2) == 0,
		Later: pull.Landed{Reached: w.IntN(2) == 0, Commits: some(w, choose(w, 0, 3), func() pull.LandedCommit {
			return pull.LandedCommit{SHA: "dd", Message: choose(w, "", "(ABI break) x (#5)", "Revert \"(ABI break) x (#5)\" (#6)", w.title()),
				Files: some(w, 2, w.path)}
		})},
		Entries: some(w, choose(w, 0, 3), func() pull.File {
			text := []byte(choose(w, "", "Fix it.", "..", "\x00", "(CPython ABI break) A slot."))
			return pull.File{Path: w.path(),
				Content: choose(w, nil, &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: text})}
		}),
	}
}

// TestLaws holds the rule to the laws over random releases, whatever earlier runs left.
func TestLaws(t *testing.T) {
	versions := []string{"3.15", "3.14", "3.12", "3.16", "3.9", "4.2"}
	verdicts := map[release.Verdict]int{}
	mentioned := 0
	for seed := range (suite.Sizes[uint64]{Normal: 200, Long: 3000, Full: 10_000}).Size() {
		w := world{rand.New(rand.NewPCG(seed, 7))}
		data := make([]byte, 400)
		for i := range data {
			data[i] = byte(w.Uint32())
		}
		r := pulltest.Random(data)
		r.Issue, r.State = true, choose(w, pull.Open, pull.Open, pull.Open, pull.Closed)
		version := choose(w, versions...)
		set := config.Preset().Rules
		set.Release.Issues = []config.TrackingIssue{{Version: version, Issue: r.Key.Number}, {Version: "3.11", Issue: 9999}}
		set.Release.DigestAt = w.IntN(24)
		if w.IntN(4) == 0 {
			set.Backport.Managers = nil
		}
		r.Releases = map[string]pull.Release{version: w.release()}
		r.Notes["release-digest"] = pull.PostedNote{ID: 1, Data: choose(w, "", "{", `{"day":"2026-08-04","items":[1,2,3]}`,
			`{"day":"2026-08-05","items":[]}`, `{"day":"9999-12-31","items":null}`)}
		with := with(set, builtin)
		if w.IntN(2) == 0 {
			frozen, decided := w.IntN(2) == 0, w.IntN(2) == 0
			with.Frozen = func(*pull.Request, string) (bool, bool) { return frozen, decided }
		}
		pulltest.Laws(t, r, []pull.Rule{release.Rule(with)})
		verdicts[with.Judge(version, r.Releases[version], r).Verdict]++
		plan, err := pull.Decide(r, []pull.Rule{release.Rule(with)})
		if err != nil {
			t.Fatal(err)
		}
		mentioned += len(plan.Actions)
		view := pull.NewView(r, []pull.Rule{release.Rule(with)}, plan)
		if len(view.Report) > 24<<10 {
			t.Fatalf("a report of %d bytes", len(view.Report))
		}
	}
	if len(verdicts) < 3 || mentioned == 0 {
		t.Errorf("the laws were not tried on all: %v, %d actions", verdicts, mentioned)
	}
}

// TestOrderOfFacts: a verdict doesn't depend on the order in which GitHub lists things.
func TestOrderOfFacts(t *testing.T) {
	rules := with(config.Preset().Rules, builtin)
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	for seed := range uint64(300) {
		w := world{rand.New(rand.NewPCG(seed, 8))}
		f := w.release()
		verdict := rules.Judge("3.15", f, &pull.Request{Now: now}).Verdict
		w.Shuffle(len(f.Blockers), func(i, j int) { f.Blockers[i], f.Blockers[j] = f.Blockers[j], f.Blockers[i] })
		w.Shuffle(len(f.Merged), func(i, j int) { f.Merged[i], f.Merged[j] = f.Merged[j], f.Merged[i] })
		w.Shuffle(len(f.Into), func(i, j int) { f.Into[i], f.Into[j] = f.Into[j], f.Into[i] })
		if again := rules.Judge("3.15", f, &pull.Request{Now: now}).Verdict; again != verdict {
			t.Fatalf("seed %d: %s, and in another order %s", seed, verdict, again)
		}
	}
}
