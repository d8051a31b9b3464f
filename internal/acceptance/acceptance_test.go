package acceptance

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// place is a throw-away repository on a small GitHub. Waiting moves its clock.
type place struct {
	t        *testing.T
	srv      *ghtest.Server
	repo     *ghtest.Repo
	cfg      Config
	fixtures bytes.Buffer
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, srv: trial.Server(t, ghtest.Config{})}
	p.repo = trial.Repo(t, p.srv, "example/throw-away")
	trial.Must(p.repo.Push("main", ghtest.Commit{Message: "Begin", Author: "alice", Files: map[string]ghtest.File{"README": ghtest.Text("Nobody needs this.\n")}}))(t)
	p.cfg = Config{
		Repository: pull.Key{Owner: "example", Repo: "throw-away"}, Fixtures: &p.fixtures,
		GitHub: gh.Config{
			AppID: p.srv.AppID(), PrivateKey: p.srv.PrivateKeyPEM(), APIURL: p.srv.APIURL(), Timeout: time.Minute, Now: p.srv.Now,
			Wait: func(_ context.Context, d time.Duration) error {
				p.srv.Advance(d)
				return nil
			},
		},
	}
	return p
}

// run makes a run and gives its lines.
func (p *place) run() (Report, []string) {
	p.t.Helper()
	var lines []string
	report, err := Run(p.t.Context(), p.cfg, func(r Result) {
		lines = append(lines, fmt.Sprintf("%s %s: %s", r.State, r.Name, r.Text))
	})
	trial.OK(p.t, err)
	return report, lines
}

// clean checks that nothing of a run is left but closed issues.
func (p *place) clean() {
	p.t.Helper()
	for _, name := range p.repo.Branches() {
		if name != "main" {
			p.t.Errorf("the branch %s is left", name)
		}
	}
	if labels := p.repo.Labels(); len(labels) > 0 {
		p.t.Errorf("the labels %v are left", labels)
	}
	for n := 1; ; n++ {
		i, err := p.repo.PR(n)
		if err != nil {
			break
		}
		if i.State == "open" || len(i.Comments) > 0 {
			p.t.Errorf("#%d is %s, with %d comments", n, i.State, len(i.Comments))
		}
	}
}

// A GitHub that behaves as assumed passes every step, and nothing is left behind.
func TestFairGitHub(t *testing.T) {
	p := newPlace(t)
	report, lines := p.run()
	t.Logf("%d requests\n%s", report.Requests, strings.Join(lines, "\n"))
	if !report.Good() {
		t.Errorf("left %q", report.Left)
	}
	for i, r := range report.Results {
		if r.State == Differs {
			t.Error(lines[i])
		}
	}
	p.clean()
}

// named are the names of the steps that differ.
func named(report Report) (names []string) {
	for _, r := range report.Results {
		if r.State == Differs {
			names = append(names, r.Name)
		}
	}
	return names
}

// Every way in which GitHub may behave otherwise shows as exactly the step that settles
// it.
func TestEachDeviation(t *testing.T) {
	for _, d := range deviations {
		t.Run(d.step, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			trial.OK(t, d.make(p))
			report, lines := p.run()
			if got := named(report); !slices.Equal(got, []string{d.step}) {
				t.Errorf("%q differ, want %q alone:\n%s", got, d.step, strings.Join(lines, "\n"))
			}
			if len(report.Left) > 0 {
				t.Errorf("left %q", report.Left)
			}
			p.srv.ClearFaults()
			p.clean()
		})
	}
}
