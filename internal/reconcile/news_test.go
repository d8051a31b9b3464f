package reconcile_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// The process that receives an event about a team tells those that work.
func TestReplicasHearOfPeople(t *testing.T) {
	s := newStage(t)
	s.check(s.github.Team("python", "python-core", "guido"))
	receiver, worker := s.reconciler(readsTeam), s.reconciler(readsTeam)
	number := s.open("Change")
	run := func(want string) {
		t.Helper()
		s.clock.Advance(2 * time.Second)
		s.check(worker.Run(t.Context(), s.job(number)))
		if got := s.status(number, "team"); got != want {
			t.Errorf("the team is %q, want %q", got, want)
		}
	}
	run("guido")
	s.check(s.github.Team("python", "python-core", "barry"))
	run("guido") // nothing has told it
	receiver.PeopleChanged(t.Context())
	run("barry")
	s.seen()
	run("barry")
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.answers, func(body string) bool { return strings.Contains(body, `"login":"barry"`) }); i >= 0 {
		t.Errorf("the team was read again without news: %s", s.bodies[i])
	}
}

// readsTeam has a rule that says who is in the core team.
func readsTeam(c *reconcile.Config) {
	c.Rules = func(config.Rules) []pull.Rule {
		return []pull.Rule{{
			Name: "team", Needs: pull.Statuses | pull.Team, Owns: []string{"team"},
			Want: func(r *pull.Request) pull.Want {
				return pull.Want{Statuses: []pull.Status{{Context: "team", State: pull.StatusSuccess,
					Description: strings.Join(slices.Sorted(maps.Keys(r.Core)), " ")}}}
			},
		}}
	}
}

func TestReplicasHearOfInstallations(t *testing.T) {
	s := newStage(t)
	receiver, worker := s.reconciler(), s.reconciler()
	number := s.open("Change")
	s.check(worker.Run(t.Context(), s.job(number)))
	select {
	case <-worker.Relists():
		t.Fatal("the worker lists again without news")
	default:
	}
	receiver.InstallationsChanged(t.Context())
	s.clock.Advance(2 * time.Second)
	s.check(worker.Run(t.Context(), s.job(number)))
	select {
	case <-worker.Relists():
	default:
		t.Error("the worker heard nothing")
	}
}

// A receiver that never works knows a repository's own settings.
func TestReceiverKnowsSettings(t *testing.T) {
	s := newStage(t)
	receiver, worker := s.reconciler(), s.reconciler()
	number := s.open("Change")
	key := pull.Key{Owner: "python", Repo: "cpython"}
	in := func() (string, bool) {
		set, seen := receiver.InForce(t.Context(), key)
		return set.News.Status, seen
	}
	if _, seen := in(); seen {
		t.Error("it knows what nobody has seen")
	}
	s.check(worker.Run(t.Context(), s.job(number)))
	if status, seen := in(); !seen || status != config.Preset().News.Status {
		t.Errorf("status %q, %v", status, seen)
	}
	_, err := s.repo.Push("main", ghtest.Commit{Message: "Settings",
		Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text("news:\n  status: ours/news\n")}})
	s.check(err)
	s.clock.Advance(time.Hour) // the worker's caches
	s.check(worker.Run(t.Context(), s.job(number)))
	if status, _ := in(); status != "ours/news" {
		t.Errorf("status %q after an hour", status)
	}
	_, err = s.repo.Push("main", ghtest.Commit{Message: "Settings",
		Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text("news:\n  status: [broken\n")}})
	s.check(err)
	s.check(worker.Run(t.Context(), s.job(number)))
	s.clock.Advance(time.Hour)
	if status, _ := in(); status != "ours/news" {
		t.Errorf("status %q, but the last good file has another", status)
	}
}

// A store that was away for a moment is told once it's back.
func TestReceiverHearsLater(t *testing.T) {
	s := newStage(t)
	number := s.open("Change")
	away := &awayOnce{Queue: s.queue}
	worker := s.reconciler(func(c *reconcile.Config) { c.Store = away })
	if err := worker.Run(t.Context(), s.job(number)); !errors.Is(err, errAway) {
		t.Fatalf("error %v", err)
	}
	s.check(worker.Run(t.Context(), s.job(number)))
	if _, seen := s.reconciler().InForce(t.Context(), pull.Key{Owner: "python", Repo: "cpython"}); !seen {
		t.Error("the receiver heard nothing")
	}
}

var errAway = errors.New("the database is away")

// awayOnce doesn't take the first note of a repository's settings.
type awayOnce struct {
	*queue.Queue
	was bool
}

func (a *awayOnce) Put(ctx context.Context, name string, value []byte) error {
	if !a.was && strings.HasPrefix(name, "seen/") {
		a.was = true
		return errAway
	}
	return a.Queue.Put(ctx, name, value)
}
