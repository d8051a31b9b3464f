package acceptance

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// Whatever ends a run, it removes what it made.
func TestCleanAfterTheEnd(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(p *place, cancel func(), r Result){
		"interrupted": func(_ *place, cancel func(), r Result) {
			if r.Name == "label-case" {
				cancel()
			}
		},
		"no requests left": func(p *place, _ func(), _ Result) {},
	} {
		p := newPlace(t)
		if name != "interrupted" {
			p.cfg.Requests = 100
		}
		ctx, cancel := context.WithCancel(t.Context())
		report, err := Run(ctx, p.cfg, func(r Result) { end(p, cancel, r) })
		cancel()
		if err == nil || !strings.Contains(err.Error(), "the run ended early") {
			t.Errorf("%s: %v", name, err)
		}
		last := report.Results[len(report.Results)-1]
		if len(report.Results) != len(Steps()) || last.State != Skipped || len(report.Left) > 0 {
			t.Errorf("%s: %d results, the last one %s, left %q", name, len(report.Results), last.State, report.Left)
		}
		p.clean()
	}
}

// dying is a process that is killed: from then on nothing of it reaches GitHub.
type dying struct{ dead atomic.Bool }

func (d *dying) RoundTrip(req *http.Request) (*http.Response, error) {
	if d.dead.Load() {
		return nil, errors.New("this process was killed")
	}
	return http.DefaultTransport.RoundTrip(req)
}

// What a killed run left, the next one removes before it begins; nothing else.
func TestAfterAKilledRun(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.cfg.Skip = append([]string{"odd-files"}, withGit...)
	trial.OK(t, p.repo.SetLabel(ghtest.Label{Name: "acceptance"}))
	killed := &dying{}
	cfg := p.cfg
	cfg.GitHub.Transport = killed
	report, _ := Run(t.Context(), cfg, func(r Result) {
		if r.Name == "lag" {
			killed.dead.Store(true)
		}
	})
	if len(report.Left) < 10 {
		t.Fatalf("left %q", report.Left)
	}
	p.srv.Advance(time.Hour)
	report, lines := p.run()
	if got := named(report); len(got) > 0 || !report.Good() {
		t.Errorf("%q differ, left %q:\n%s", got, report.Left, strings.Join(lines, "\n"))
	}
	trial.OK(t, p.repo.DeleteLabel("acceptance")) // it's none of a run's
	p.clean()
	if i := trial.Must(p.repo.PR(1))(t); i.State != "open" {
		t.Error("somebody else's pull request was closed")
	}
}

// A branch that its protection keeps is listed as left behind; once it may be deleted, the
// next run does that.
func TestWhatCannotBeRemoved(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.cfg.Skip = append([]string{"odd-files"}, withGit...)
	trial.OK(t, p.repo.Protect(checkedPrefix+"*", ghtest.Protection{RequiredContexts: []string{statusContext}}))
	report, _ := p.run()
	if len(report.Left) != 2 || report.Good() || !strings.Contains(report.Left[0], "the branch "+checkedPrefix) ||
		!strings.Contains(report.Left[0], "Cannot delete this protected branch") {
		t.Errorf("left %q", report.Left)
	}
	trial.OK(t, p.repo.Protect(checkedPrefix+"*", ghtest.Protection{}))
	p.srv.Advance(time.Hour)
	if report, _ := p.run(); len(report.Left) > 0 {
		t.Errorf("left %q", report.Left)
	}
	p.clean()
}
