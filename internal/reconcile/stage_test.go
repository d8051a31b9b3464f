package reconcile_test

import (
	"bytes"
	"cmp"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// stage is a GitHub, a database, and a clock.
type stage struct {
	*testing.T
	github   *ghtest.Server
	clock    *trial.Clock
	repo     *ghtest.Repo
	queue    *queue.Queue
	log      bytes.Buffer
	registry *prometheus.Registry

	mu      sync.Mutex
	bodies  []string // of the requests since the last call of seen
	answers []string // to them
}

func newStage(t *testing.T) *stage {
	t.Helper()
	return newStageOn(t, ghtest.Config{})
}

func newStageOn(t *testing.T, c ghtest.Config) *stage {
	t.Helper()
	s := &stage{T: t, clock: trial.NewClock(), registry: prometheus.NewRegistry()}
	c.Now, c.Observe = s.clock.Now, s.observe
	var err error
	if s.github, err = ghtest.New(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.check(s.github.Close()) })
	s.repo, err = s.github.Repo("python/cpython", ghtest.RepoOptions{})
	s.check(err)
	s.queue, err = queue.Open(t.Context(), queue.Config{
		Database: filepath.Join(t.TempDir(), "concorde.db"), Now: s.clock.Now,
		Work: func(context.Context, queue.Job) error { return nil }, // never started
	})
	s.check(err)
	t.Cleanup(func() { s.check(s.queue.Stop(context.Background())) })
	return s
}

func (s *stage) observe(x ghtest.Exchange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.Contains(x.Request.URL.Path, "/app") && !strings.HasSuffix(x.Request.URL.Path, "/installation") {
		body := cmp.Or(string(x.RequestBody), x.Request.URL.Path)
		s.bodies, s.answers = append(s.bodies, body), append(s.answers, string(x.Body))
	}
}

// seen are the bodies of the requests since the last call, or the paths of those without,
// but for those of authentication.
func (s *stage) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.bodies
	s.bodies, s.answers = nil, nil
	return seen
}

func (s *stage) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// titled is a rule that says in a status what the title is, under a context
// that the settings of the NEWS rule name.
func titled(rules config.Rules) []pull.Rule {
	return []pull.Rule{{
		Name: "titled", Needs: pull.Statuses, Owns: []string{rules.News.Status},
		Want: func(r *pull.Request) pull.Want {
			return pull.Want{Statuses: []pull.Status{{Context: rules.News.Status, State: pull.StatusSuccess, Description: r.Title}}}
		},
	}}
}

// reconciler is one with the rule above, as after a start of the bot.
func (s *stage) reconciler(change ...func(*reconcile.Config)) *reconcile.Reconciler {
	s.Helper()
	github, err := gh.New(gh.Config{
		AppID: s.github.AppID(), PrivateKey: s.github.PrivateKeyPEM(), APIURL: s.github.APIURL(), ServerURL: s.github.URL, Now: s.clock.Now,
	})
	s.check(err)
	loads, err := snapshot.New(github)
	s.check(err)
	writes, err := apply.New(github, loads.Answered)
	s.check(err)
	settings := config.Preset()
	settings.Repositories = []string{"python/*"}
	settings.Sweep.PullRequestsPerMinute = 1 << 20
	s.registry = prometheus.NewRegistry()
	c := reconcile.Config{
		Settings: settings, GitHub: github, Loads: loads, Writes: writes, Store: s.queue, Rules: titled, Metrics: s.registry,
		Log: zerolog.New(&s.log), Now: s.clock.Now,
	}
	for _, f := range change {
		f(&c)
	}
	r, err := reconcile.New(c)
	s.check(err)
	return r
}

func (s *stage) open(title string) int {
	s.Helper()
	_, err := s.repo.Push("eric:"+strings.ReplaceAll(title, " ", "-"),
		ghtest.Commit{Message: title, Files: map[string]ghtest.File{title: ghtest.Text(title)}})
	s.check(err)
	number, err := s.repo.OpenPR(ghtest.PR{Title: title, Author: "eric", Head: "eric:" + strings.ReplaceAll(title, " ", "-")})
	s.check(err)
	return number
}

func (s *stage) job(number int) queue.Job {
	key := pull.Key{Owner: "python", Repo: "cpython", Number: number}
	return queue.Job{Hint: queue.Hint{Key: key.String(), Cause: "test"}, Attempt: 1, Wanted: s.clock.Now()}
}

// status is the description of the status of a pull request.
func (s *stage) status(number int, context string) string {
	s.Helper()
	state, err := s.repo.PR(number)
	s.check(err)
	return state.Statuses[context].Description
}

func counter(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == name {
			return family.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("no metric %s among %d", name, len(families))
	return 0
}
