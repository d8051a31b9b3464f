// Package regression finds out which merged changes may have broken a check of their
// branch: those between its last good and its first bad run. It has the rule that tells
// their pull requests, and says when a nightly build is due. It's pure, and must not know
// GitHub, clocks and the other rules.
package regression

import (
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Round is one regression of a check: from its first bad run after a good one to the next
// good one. Indexes are those of BranchChecks.Commits.
type Round struct {
	Check string
	Good  int // the last commit that passed; -1 if none of those known did
	Bad   int // the first commit that failed
	Fixed int // the first commit that passed again; -1 while none did
	// Flaky: the check failed and passed on the same commit, so it accuses nobody.
	Flaky bool
	Run   pull.CheckRun // the first bad one
}

// Known reports whether the round's range is: the check passed within the known commits.
func (r Round) Known() bool { return r.Good >= 0 }

// Accused are the commits that may have broken the check: all after the last good one, up
// to the first bad one. There are none if that can't be said. Where runs are missing, there
// are more.
func (r Round) Accused(b pull.BranchChecks) []pull.CommitChecks {
	if r.Flaky || !r.Known() {
		return nil
	}
	return b.Commits[r.Good+1 : r.Bad+1]
}

// Pulls are the accused pull requests, oldest first, each once.
func (r Round) Pulls(b pull.BranchChecks) (numbers []int) {
	for _, c := range r.Accused(b) {
		if c.Pull > 0 && !slices.Contains(numbers, c.Pull) {
			numbers = append(numbers, c.Pull)
		}
	}
	return numbers
}

// verdict is what the runs of one check say about a commit.
type verdict int

const (
	silent verdict = iota
	good
	bad
	mixed
)

// Terms are how runs are read.
type Terms struct {
	Now time.Time
	// Longest is how long a nightly build may take before it counts as failed; 0: forever.
	Longest time.Duration
}

// outcome of a run: one that never ends failed.
func (t Terms) outcome(r pull.CheckRun) pull.RunOutcome {
	if r.Outcome == pull.RunPending && r.Nightly && t.Longest > 0 && !t.Now.Before(r.At.Add(t.Longest)) {
		return pull.RunBad
	}
	return r.Outcome
}

// verdict of a check on a commit, with its first bad run.
func (t Terms) verdict(c pull.CommitChecks, check string) (v verdict, first pull.CheckRun) {
	passed, failed := false, false
	for _, run := range c.Runs {
		if run.Check != check {
			continue
		}
		switch t.outcome(run) {
		case pull.RunGood:
			passed = true
		case pull.RunBad:
			if !failed || run.At.Before(first.At) {
				first = run
			}
			failed = true
		}
	}
	switch {
	case passed && failed:
		return mixed, first
	case failed:
		return bad, first
	case passed:
		return good, first
	}
	return silent, first
}

// Rounds are all rounds of a check, oldest first. The last one goes on if it isn't fixed.
func (t Terms) Rounds(b pull.BranchChecks, check string) (all []Round) {
	last, flaky, open := -1, false, false
	for i, c := range b.Commits {
		switch v, first := t.verdict(c, check); v {
		case good:
			if open {
				all[len(all)-1].Fixed = i
			}
			last, flaky, open = i, false, false
		case bad:
			if !open {
				all, open = append(all, Round{Check: check, Good: last, Bad: i, Fixed: -1, Flaky: flaky, Run: first}), true
			}
		case mixed:
			if flaky = true; open {
				all[len(all)-1].Flaky = true
			}
		}
	}
	return all
}

// Checks are the names of all checks that ran on a branch, sorted.
func Checks(b pull.BranchChecks) (names []string) {
	for _, c := range b.Commits {
		for _, run := range c.Runs {
			names = append(names, run.Check)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Doubts are the runs on which the newest round of a check rests: its last good commit and
// the first few bad ones. If the check has another result on one of them, it's flaky.
func (t Terms) Doubts(b pull.BranchChecks) (all []pull.CheckDoubt) {
	for _, check := range Checks(b) {
		rounds := t.Rounds(b, check)
		if len(rounds) == 0 || rounds[len(rounds)-1].Fixed >= 0 {
			continue
		}
		last := rounds[len(rounds)-1]
		if last.Known() {
			all = append(all, pull.CheckDoubt{SHA: b.Commits[last.Good].SHA, Check: check})
		}
		left := maxDoubts
		for _, c := range b.Commits[last.Bad:] {
			if v, _ := t.verdict(c, check); v == bad && left > 0 {
				all, left = append(all, pull.CheckDoubt{SHA: c.SHA, Check: check}), left-1
			}
		}
	}
	return all
}

// maxDoubts limits the bad commits of one round whose earlier results are loaded.
const maxDoubts = 2

// Open are the rounds that go on, by check, as far as they're decided.
func Open(s config.Rules, b pull.BranchChecks, now time.Time) (all []Round) {
	t := termsOf(s, now)
	for _, check := range Checks(b) {
		if rounds := t.Rounds(b, check); len(rounds) > 0 && rounds[len(rounds)-1].Fixed < 0 && b.Decided(check) {
			all = append(all, rounds[len(rounds)-1])
		}
	}
	return all
}

// Summary differs if what there is to say about the round does.
func (r Round) Summary(b pull.BranchChecks) string {
	from := "unknown"
	if r.Known() {
		from = b.Commits[r.Good].SHA
	}
	return fmt.Sprint(from, " ", b.Commits[r.Bad].SHA, " ", r.Flaky, " ", r.Pulls(b))
}
