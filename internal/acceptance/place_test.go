package acceptance

import (
	"bytes"
	"context"
	"fmt"
	"slices"
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

// newPlace has whatever a step needs: a webhook, a large repository, a pull request from a
// fork with a review (#1), and a ruleset. GitHub limits writes there, and so does the bot.
func newPlace(t *testing.T) *place {
	t.Helper()
	return newPlaceOn(t, ghtest.Config{ContentPerMinute: 80, ContentPerHour: 500, PointsPerMinute: 900})
}

func newPlaceOn(t *testing.T, cfg ghtest.Config) *place {
	t.Helper()
	p := &place{t: t, srv: trial.Server(t, cfg)}
	p.srv.SetHook(ghtest.Hook{URL: trial.NewReceiver(t, p.srv.WebhookSecret).URL})
	p.repo = trial.Repo(t, p.srv, "example/throw-away")
	p.repo.Ruleset(refusedPrefix+"*", "Cannot create ref due to creations being restricted.")
	trial.OK(t, p.repo.Protect(checkedPrefix+"*", ghtest.Protection{RequiredContexts: []string{statusContext}, Deletions: true}))
	p.repo.PushProtection(branchPrefix + "*/secret")
	trial.Must(p.repo.Push(queueBranch))(t)
	trial.OK(t, p.repo.Protect(queueBranch, ghtest.Protection{RequiredContexts: []string{statusContext}, MergeQueue: true}))
	archived := trial.Repo(t, p.srv, "example/attic")
	trial.Must(archived.OpenIssue(ghtest.Issue{Title: "Old", Author: "alice"}))(t)
	archived.Archive(true)
	trial.OK(t, p.repo.Collaborator("bob", "write"))
	number := trial.Must(trial.OpenWith(p.repo, "fix", ghtest.PR{Title: "From a fork"}))(t)
	trial.Must(p.repo.Review(number, "bob", "CHANGES_REQUESTED", "Not yet"))(t)
	p.cfg = Config{
		Repository: pull.Key{Owner: "example", Repo: "throw-away"},
		Archived:   pull.Key{Owner: "example", Repo: "attic"},
		Large:      pull.Key{Owner: "example", Repo: "throw-away", Number: number}, // ghtest shows a token no other repository
		GitHub: gh.Config{
			AppID: p.srv.AppID(), PrivateKey: p.srv.PrivateKeyPEM(), APIURL: p.srv.APIURL(), Timeout: time.Minute,
			Now: p.srv.Now, Wait: advance(p.srv),
		},
		Pace: time.Second, Second: p.srv.UserToken("carol"),
	}
	return p
}

// advance waits by moving the clock of both sides; all webhooks have come then, if they go
// anywhere.
func advance(srv *ghtest.Server) func(context.Context, time.Duration) error {
	return func(ctx context.Context, d time.Duration) error {
		srv.Advance(d)
		if srv.Hook().URL == "" {
			return nil
		}
		return srv.Flush(ctx)
	}
}

// keeping has a run keep the answers, which takes as long as the run itself.
func (p *place) keeping() *place {
	p.cfg.Fixtures = &p.fixtures
	return p
}

// only has a run skip all but some steps.
func (p *place) only(names ...string) {
	for _, step := range Steps() {
		if !slices.Contains(names, step.Name) {
			p.cfg.Skip = append(p.cfg.Skip, step.Name)
		}
	}
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
		if name != "main" && name != queueBranch {
			p.t.Errorf("the branch %s is left", name)
		}
	}
	if labels := p.repo.Labels(); len(labels) > 0 {
		p.t.Errorf("the labels %v are left", labels)
	}
	for n := 2; ; n++ {
		i, err := p.repo.PR(n)
		if err != nil {
			break
		}
		if i.State == "open" || len(i.Comments) > 0 {
			p.t.Errorf("#%d is %s, with %d comments", n, i.State, len(i.Comments))
		}
	}
}
