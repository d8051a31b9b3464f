package release_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/regression"
	"github.com/concorde-bot/concorde/internal/release"
)

// A nightly build that failed keeps a version from being released, and the tables say how it went. Without one in the settings, neither says
// anything.
func TestReadinessHearsOfNightlyBuilds(t *testing.T) {
	now := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	set := config.Preset().Rules
	run := pull.CheckRun{Check: regression.NightlyCheck("nightly.yml"), Outcome: pull.RunBad, At: now.Add(-time.Hour), Nightly: true}
	facts := pull.Release{Branch: "3.15", Checked: pull.BranchChecks{Commits: []pull.CommitChecks{{SHA: "c0ffee", Runs: []pull.CheckRun{run}}}}}
	judge := func() release.Readiness {
		c := with(set, builtin)
		c.Nightly = regression.Night(set)
		return c.Judge("3.15", facts, &pull.Request{Now: now})
	}
	says := func(r release.Readiness) (all string) {
		for _, table := range r.Tables() {
			all += table.Title + ": " + table.Note + "\n"
		}
		return all
	}
	if r := judge(); r.Nightly != nil || strings.Contains(says(r), "Nightly") {
		t.Errorf("without one: %+v", r.Nightly)
	}
	branch := judge().Branch
	set.NightlyBuilds = config.NightlyBuilds{Builds: []config.NightlyBuild{{Branch: branch, Workflow: "nightly.yml"}}, Timeout: 6}
	why := "The nightly build of " + branch + " has failed since 2026-08-05."
	if r := judge(); !slices.Contains(r.Reasons, why) || !strings.Contains(says(r), "failed on c0ffee (2026-08-05). It hasn't passed on the branch's last hundred commits.") {
		t.Errorf("%q doesn't say %q:\n%s", r.Reasons, why, says(r))
	}
	facts.Checked.Commits[0].Runs[0].Outcome = pull.RunGood
	if r := judge(); slices.Contains(r.Reasons, why) || !strings.Contains(says(r), "passed on c0ffee") {
		t.Errorf("%q:\n%s", r.Reasons, says(r))
	}
	facts.Checked.Commits[0].Runs = nil
	why = "The nightly build of " + branch + " hasn't run on its last hundred commits."
	if r := judge(); !slices.Contains(r.Unknown, why) || !strings.Contains(says(r), why) {
		t.Errorf("%q doesn't say %q:\n%s", r.Unknown, why, says(r))
	}
}
