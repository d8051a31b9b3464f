package reconcile_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
	"github.com/concorde-bot/concorde/internal/regression"
)

// nightly has a build of main every night at one, and refleak watched.
func nightly(c *reconcile.Config) {
	c.Settings.Rules.NightlyBuilds = config.NightlyBuilds{Builds: []config.NightlyBuild{{Branch: "main", Workflow: "nightly.yml"}}, At: 1, Timeout: 6}
	c.Settings.Rules.Regressions.Checks = []string{"refleak"}
	c.Rules = func(s config.Rules) []pull.Rule { return []pull.Rule{regression.Rule(s)} }
}

// nights is a stage with such a bot, at half past one in the morning.
type nights struct {
	*stage
	bot      *reconcile.Reconciler
	recorded *hints
}

func newNights(t *testing.T, change ...func(*reconcile.Config)) *nights {
	t.Helper()
	s := &nights{stage: newStage(t)}
	s.recorded = &hints{Store: s.queue}
	s.clock.Advance(13*time.Hour + 30*time.Minute)
	s.bot = s.reconciler(append([]func(*reconcile.Config){nightly, func(c *reconcile.Config) { c.Store = s.recorded }}, change...)...)
	_, err := s.repo.Push("main", ghtest.Commit{Message: "Build at night", Files: map[string]ghtest.File{
		".github/workflows/nightly.yml": ghtest.Text("on: workflow_dispatch\n")}})
	s.check(err)
	return s
}

// looks has the bot sweep, and run what that enqueues.
func (s *nights) looks() {
	s.Helper()
	s.recorded.keys = nil
	_, keys := s.steps(s.bot, s.recorded)
	for _, text := range slices.Compact(keys) {
		key, err := pull.ParseKey(text)
		s.check(err)
		if key.Number > 0 {
			s.check(s.bot.Run(s.Context(), s.job(key.Number)))
		}
	}
}

// lands merges a change.
func (s *nights) lands(title string) (number int, sha string) {
	s.Helper()
	number = s.open(title)
	sha, err := s.repo.Merge(number, "dana")
	s.check(err)
	return number, sha
}

func (s *nights) note(number int) string {
	s.Helper()
	state, err := s.repo.PR(number)
	s.check(err)
	notes := []string{}
	for _, c := range state.Comments {
		notes = append(notes, c.Body)
	}
	if len(notes) > 1 {
		s.Errorf("#%d has %d comments", number, len(notes))
	}
	return strings.Join(notes, "\n")
}

// ends is that the night's build ended, if it was started, and the next night began.
func (s *nights) ends(builds int, conclusion string) {
	s.Helper()
	s.looks()
	if all := s.repo.Workflows(); len(all) != builds || builds > 0 && all[builds-1].By != "concorde[bot]" {
		s.Fatalf("%s: builds %+v, want %d", s.clock.Now(), all, builds)
	}
	if conclusion != "" {
		s.check(s.repo.EndWorkflow("nightly.yml", "main", conclusion))
		s.clock.Advance(time.Hour)
		s.looks()
	}
	s.clock.Advance(s.clock.Now().Truncate(24 * time.Hour).Add(25*time.Hour + 30*time.Minute).Sub(s.clock.Now()))
}

// TestNightlyBuilds: a build starts once a night, if there are new commits. If it fails, the pull requests since the last good night hear of
// it once, and again when it passes.
func TestNightlyBuilds(t *testing.T) {
	s := newNights(t)
	s.ends(1, "success")
	s.ends(1, "") // no new commit
	one, _ := s.lands("one")
	two, bad := s.lands("two")
	s.ends(2, "failure")
	for _, number := range []int{one, two} {
		if note := s.note(number); !strings.Contains(note, "`nightly build (nightly.yml)` [failed](") || !strings.Contains(note, bad[:10]) {
			t.Errorf("#%d hears %q", number, note)
		}
	}
	three, good := s.lands("three")
	s.ends(3, "success")
	for _, number := range []int{one, two} {
		if note := s.note(number); !strings.Contains(note, fmt.Sprintf("passes again since %s (#%d)", good[:10], three)) {
			t.Errorf("#%d hears %q", number, note)
		}
	}
	if note := s.note(three); note != "" {
		t.Errorf("#%d hears %q", three, note)
	}
}

// TestEndlessBuild: a build that never ends counts as failed after its time, though no event says so.
func TestEndlessBuild(t *testing.T) {
	s := newNights(t)
	s.ends(1, "success")
	one, _ := s.lands("one")
	s.looks()
	s.clock.Advance(5 * time.Hour)
	s.looks()
	if note := s.note(one); note != "" {
		t.Errorf("after five hours it hears %q", note)
	}
	s.clock.Advance(time.Hour)
	s.looks()
	if note := s.note(one); !strings.Contains(note, "nightly build") {
		t.Errorf("after six hours it hears %q", note)
	}
}

// TestNightlyBuildsInTrouble: by day, without the permission, without the workflow and in a dry run nothing starts, and the sweep goes on.
func TestNightlyBuildsInTrouble(t *testing.T) {
	for name, change := range map[string]func(s *nights){
		"by day": func(s *nights) { s.clock.Advance(8 * time.Hour) },
		"no permission": func(s *nights) {
			some := ghtest.DefaultPermissions()
			delete(some, "actions")
			s.check(s.github.SetPermissions("python", some))
		},
		"no workflow": func(s *nights) {
			_, err := s.repo.Push("main", ghtest.Commit{Message: "No builds", Files: map[string]ghtest.File{
				".github/workflows/nightly.yml": ghtest.Deleted()}})
			s.check(err)
		},
		"GitHub is unwell": func(s *nights) {
			s.check(s.github.Fault(ghtest.Fault{Path: "/actions/", Times: -1, Status: 502, Body: "<html>"}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newNights(t)
			change(s)
			s.ends(0, "")
		})
	}
}

// TestNightlyBuildsInADryRun starts nothing, and says what it would start.
func TestNightlyBuildsInADryRun(t *testing.T) {
	s := newNights(t, func(c *reconcile.Config) { c.DryRun = true })
	s.ends(0, "")
	if !strings.Contains(s.log.String(), "start nightly.yml on main") {
		t.Errorf("it doesn't say what it would do:\n%s", &s.log)
	}
}

// TestMoreThanAHundredCommits: if no run among the newest hundred commits passed, nobody is accused one by one, and the log says why.
func TestMoreThanAHundredCommits(t *testing.T) {
	s := newNights(t)
	one, bad := s.lands("one")
	var more []ghtest.Commit
	for i := range 120 {
		more = append(more, ghtest.Commit{Message: fmt.Sprint("commit ", i)})
	}
	_, err := s.repo.Push("main", more...)
	s.check(err)
	two, sha := s.lands("two")
	for _, commit := range []string{bad, sha} {
		s.check(s.repo.SetStatus(commit, "buildbot", ghtest.Status{Context: "refleak", State: "failure"}))
	}
	s.looks()
	for _, number := range []int{one, two} {
		if note := s.note(number); note != "" {
			t.Errorf("#%d hears %q", number, note)
		}
	}
	if !strings.Contains(s.log.String(), "more than 100 commits") {
		t.Errorf("the log doesn't say why nobody hears of it:\n%s", &s.log)
	}
}

// TestManyFlakyChecks: many checks fail at once, and each has failed and passed on the same commit
// before. More of that is to be read than one
// look reads: until the last look, nobody hears of the others, and then nobody does.
func TestManyFlakyChecks(t *testing.T) {
	s := newNights(t, func(c *reconcile.Config) { c.Settings.Rules.Regressions.Checks = []string{"refleak*"} })
	_, flaky := s.lands("one")
	two, red := s.lands("two")
	for i := range 25 {
		name := fmt.Sprint("refleak ", i)
		for _, conclusion := range []string{"failure", "success"} {
			s.check(s.repo.CheckRun(flaky, "ci", name, conclusion))
		}
		s.check(s.repo.CheckRun(red, "ci", name, "failure"))
	}
	looks := 0
	for again := true; again && looks < 10; looks++ {
		s.clock.Advance(time.Hour)
		s.recorded.at = nil
		if looks == 1 { // GitHub doesn't answer one of them
			s.check(s.github.Fault(ghtest.Fault{Path: "/check-runs", Status: http.StatusBadGateway, Times: -1}))
			again := queue.Hint{Key: "python/cpython", Cause: "regressions 1"}
			err := s.bot.Run(s.Context(), queue.Job{Hint: again, Attempt: 1, Wanted: s.clock.Now()})
			if _, later := errors.AsType[*queue.Later](err); !later { // the sweep that's due has turns
				s.check(err)
			}
			s.github.ClearFaults()
		} else {
			s.looks()
		}
		s.check(s.bot.Run(s.Context(), s.job(two)))
		if note := s.note(two); note != "" {
			t.Fatalf("#%d hears %q", two, note)
		}
		again = slices.ContainsFunc(s.recorded.at, func(at time.Time) bool { return !at.IsZero() && at.Sub(s.clock.Now()) <= time.Minute })
	}
	if looks != 3 {
		t.Errorf("%d looks, want 3: the commits that decide have 50 runs, and one look got no answer", looks)
	}
}
