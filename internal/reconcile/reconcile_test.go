package reconcile_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

func TestRunWritesTheDifferenceAndNothingTwice(t *testing.T) {
	s := newStage(t)
	number, r := s.open("first"), s.reconciler()
	for range 2 {
		s.check(r.Run(t.Context(), s.job(number)))
	}
	if got := s.status(number, "bedevere/news"); got != "first" {
		t.Errorf("status %q", got)
	}
	if writes := s.repo.Writes(); len(writes) != 1 {
		t.Errorf("%d writes, want 1: %+v", len(writes), writes)
	}
	s.check(s.repo.EditTitle(number, "second"))
	s.check(r.Run(t.Context(), s.job(number)))
	if got := s.status(number, "bedevere/news"); got != "second" {
		t.Errorf("status %q", got)
	}
}

func TestDryRunWritesNothingAndTells(t *testing.T) {
	s := newStage(t)
	number, r := s.open("first"), s.reconciler(func(c *reconcile.Config) { c.DryRun = true })
	s.check(r.Run(t.Context(), s.job(number)))
	if writes := s.repo.Writes(); len(writes) != 0 {
		t.Errorf("writes: %+v", writes)
	}
	if !strings.Contains(s.log.String(), "would apply") {
		t.Errorf("the log does not tell:\n%s", s.log.String())
	}
}

func TestOtherRepositoriesAreLeftAlone(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	r := s.reconciler(func(c *reconcile.Config) { c.Settings.Repositories = []string{"python/peps"} })
	s.github.ResetRequests()
	s.check(r.Run(t.Context(), s.job(number)))
	if requests := s.github.Requests(); len(requests) != 0 {
		t.Errorf("requests: %+v", requests)
	}
}

func TestOlderSnapshotsAreReadAgain(t *testing.T) {
	s := newStage(t)
	number, r := s.open("first"), s.reconciler()
	job := s.job(number)
	job.UpdatedAt = s.clock.Now().Add(time.Hour) // GitHub's answer lags behind
	var pauses []time.Duration
	for {
		err := r.Run(t.Context(), job)
		var later *queue.Later
		if !errors.As(err, &later) {
			s.check(err)
			break
		}
		if len(s.repo.Writes()) != 0 {
			t.Fatal("wrote from an old snapshot")
		}
		pauses = append(pauses, later.Until.Sub(s.clock.Now()))
		s.clock.Advance(pauses[len(pauses)-1])
	}
	if len(pauses) < 3 || len(pauses) > 7 || pauses[0] != time.Second {
		t.Errorf("pauses %v: want a few, doubling from a second", pauses)
	}
	if got := s.status(number, "bedevere/news"); got != "first" {
		t.Errorf("in the end the snapshot must be taken as it is: status %q", got)
	}
}

func TestOutcomes(t *testing.T) {
	giveUp := func(err error) bool { var e *queue.GiveUp; return errors.As(err, &e) }
	later := func(err error) bool { var e *queue.Later; return errors.As(err, &e) }
	retry := func(err error) bool { return err != nil && !giveUp(err) && !later(err) }
	statuses := func(f ghtest.Fault) ghtest.Fault {
		f.Method, f.Path, f.Times = http.MethodPost, "/statuses/", -1
		return f
	}
	for name, c := range map[string]struct {
		fault ghtest.Fault
		want  func(error) bool
	}{
		"limit":         {statuses(ghtest.SecondaryLimit(time.Minute)), later},
		"429":           {statuses(ghtest.TooManyRequests(time.Minute)), later},
		"bad gateway":   {statuses(ghtest.BadGateway()), retry},
		"no answer":     {statuses(ghtest.Fault{Drop: true}), retry},
		"unprocessable": {statuses(ghtest.Fault{Status: 422, Body: `{"message":"Validation Failed"}`}), giveUp},
		"forbidden":     {statuses(ghtest.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`}), retry},
		"gone":          {statuses(ghtest.Fault{Status: 404, Body: `{"message":"Not Found"}`}), retry},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			number, r := s.open("first"), s.reconciler()
			s.github.Fault(c.fault)
			if err := r.Run(t.Context(), s.job(number)); !c.want(err) {
				t.Errorf("wrong outcome %T: %v", err, err)
			}
			s.github.ClearFaults()
			s.clock.Advance(time.Hour)
			s.check(r.Run(t.Context(), s.job(number)))
			if got := s.status(number, "bedevere/news"); got != "first" {
				t.Errorf("after the fault: status %q", got)
			}
		})
	}
}

func TestWhatStaysGoneIsGivenUp(t *testing.T) {
	s := newStage(t)
	job, r := s.job(s.open("first")+1), s.reconciler()
	for job.Attempt = 1; ; job.Attempt++ {
		err := r.Run(t.Context(), job)
		var giveUp *queue.GiveUp
		if errors.As(err, &giveUp) {
			break
		}
		if err == nil || job.Attempt > 10 {
			t.Fatalf("attempt %d: outcome %v", job.Attempt, err)
		}
	}
	if job.Attempt < 3 {
		t.Errorf("given up at attempt %d: GitHub's copies of the data lag behind each other", job.Attempt)
	}
}

func TestWhatGitHubRefusesDoesNotStopTheRest(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	r := s.reconciler(func(c *reconcile.Config) {
		c.Rules = func(config.Rules) []pull.Rule {
			return []pull.Rule{{
				Name: "two", Needs: pull.Statuses, Owns: []string{"a", "b"},
				Want: func(*pull.Request) pull.Want {
					return pull.Want{Statuses: []pull.Status{{Context: "a", State: pull.StatusSuccess},
						{Context: "b", State: pull.StatusSuccess, Description: "set"}}}
				},
			}}
		}
	})
	s.github.Fault(ghtest.Fault{Method: http.MethodPost, Path: "/statuses/", Status: 422, Body: `{"message":"Validation Failed"}`})
	var giveUp *queue.GiveUp
	if err := r.Run(t.Context(), s.job(number)); !errors.As(err, &giveUp) {
		t.Errorf("outcome %v", err)
	}
	if got := s.status(number, "b"); got != "set" {
		t.Errorf("the second status was not set: %q", got)
	}
}

func TestRepositorySettings(t *testing.T) {
	s := newStage(t)
	number, r := s.open("first"), s.reconciler()
	settings := func(text string) {
		t.Helper()
		_, err := s.repo.Push("main", ghtest.Commit{Message: "settings", Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text(text)}})
		s.check(err)
	}
	runs := func(want string) {
		t.Helper()
		s.check(r.Run(t.Context(), s.job(number)))
		if got := s.status(number, want); got != "first" {
			t.Errorf("status %s: %q", want, got)
		}
	}
	settings("news: {status: own/first}\n")
	runs("own/first")
	settings("news: {status: 7, colour: red}\n")
	runs("own/first") // the last good one stays in force
	settings("news: {status: own/large}\n" + strings.Repeat("#\n", pull.MaxContent/2))
	runs("own/first")
	r = s.reconciler()
	before := len(s.repo.Writes())
	runs("own/first") // after a restart too
	if writes := s.repo.Writes(); len(writes) != before {
		t.Errorf("another context was written: %+v", writes[before:])
	}
	settings("news: {status: own/second}\n")
	runs("own/second")
}

func TestRulesThatClashAreAnError(t *testing.T) {
	s := newStage(t)
	_, err := reconcile.New(reconcile.Config{
		Settings: config.Preset(), GitHub: &gh.App{}, Loads: &snapshot.Loader{}, Writes: &apply.Writer{}, Now: s.clock.Now,
		Rules: func(r config.Rules) []pull.Rule { return append(titled(r), titled(r)...) },
	})
	if err == nil || !strings.Contains(err.Error(), "bedevere/news") {
		t.Errorf("got %v", err)
	}
}
