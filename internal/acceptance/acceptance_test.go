package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
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
	p := &place{t: t, srv: trial.Server(t, ghtest.Config{ContentPerMinute: 80, ContentPerHour: 500, PointsPerMinute: 900})}
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
		Repository: pull.Key{Owner: "example", Repo: "throw-away"}, Fixtures: &p.fixtures,
		Archived: pull.Key{Owner: "example", Repo: "attic"},
		Large:    pull.Key{Owner: "example", Repo: "throw-away", Number: number}, // ghtest shows a token no other repository
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

// withGit are the steps that start git many times.
var withGit = []string{"push", "push-workflow", "push-refused", "push-secret", "archived"}

// Every way in which GitHub may behave otherwise shows as exactly the step that settles
// it.
func TestEachDeviation(t *testing.T) {
	for _, d := range deviations {
		t.Run(d.step, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			trial.OK(t, d.make(p))
			if !slices.Contains(withGit, d.step) {
				p.cfg.Skip = withGit
			}
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

// A GitHub whose answers lag behind by some seconds passes, too: the run waits as long as
// the bot would.
func TestLateGitHub(t *testing.T) {
	p := newPlace(t)
	p.srv.SetWeather(ghtest.Weather{Stale: 5 * time.Second, MentionsLate: 10 * time.Second})
	report, lines := p.run()
	if got := named(report); len(got) > 0 || !report.Good() {
		t.Errorf("%q differ:\n%s", got, strings.Join(lines, "\n"))
	}
	p.clean()
}

// Whatever ends a run, it removes what it made.
func TestCleanAfterTheEnd(t *testing.T) {
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

// A run that can't begin says why, and removes what it has made by then.
func TestRunCannotBegin(t *testing.T) {
	p := newPlace(t)
	trial.OK(t, p.srv.Fault(ghtest.Fault{Method: "POST", Path: "/pulls$", Times: -1, Status: 403, Body: `{"message":"Resource not accessible by integration"}`}))
	report, err := Run(t.Context(), p.cfg, func(Result) { t.Error("a step was made") })
	if err == nil || !strings.Contains(err.Error(), "preparing the acceptance run") || !strings.Contains(err.Error(), "pull requests: write") || len(report.Left) > 0 {
		t.Errorf("%v, left %q", err, report.Left)
	}
	p.clean()
	p.cfg.Repository.Repo = ".."
	if _, err := Run(t.Context(), p.cfg, nil); err == nil {
		t.Error("a run in ..")
	}
}

// The fixtures have every answer, and neither tokens nor people.
func TestFixtures(t *testing.T) {
	p := newPlace(t)
	trial.OK(t, p.repo.EditBody(1, "By @alice, alice@users.noreply.github.com"))
	report, _ := p.run()
	all := p.fixtures.String()
	lines := strings.Split(strings.TrimSuffix(all, "\n"), "\n")
	if len(lines) != report.Requests {
		t.Errorf("%d fixtures of %d requests", len(lines), report.Requests)
	}
	seen := map[string]bool{}
	for _, line := range lines {
		var f Fixture
		trial.OK(t, json.Unmarshal([]byte(line), &f))
		seen[f.Step+" "+f.Route] = true
		if f.Status == 0 || f.Headers["Date"] == "" {
			t.Errorf("a fixture without status or date: %s", line)
		}
	}
	for _, want := range []string{"prepare POST /app/installations/{number}/access_tokens", "viewer POST /graphql", "squash PUT /repos/{owner}/{repo}/pulls/{number}/merge", "clean DELETE /repos/{owner}/{repo}/labels/{name}"} {
		if !seen[want] {
			t.Errorf("no fixture of %q", want)
		}
	}
	for _, secret := range []string{"ghs_", "eyJ", "alice", "bob", "example/", "throw-away"} {
		if at := strings.Index(all, secret); at >= 0 {
			t.Errorf("%q is in the fixtures: %.200s", secret, all[max(0, at-100):])
		}
	}
	if !strings.Contains(all, `"login":"concorde[bot]"`) || !strings.Contains(all, "person-1") {
		t.Error("the App's own name is gone, or people have no new names")
	}
}

// A branch that its protection keeps is listed as left behind; once it may be deleted, the
// next run does that.
func TestWhatCannotBeRemoved(t *testing.T) {
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

// As GitHub makes a repository, it doesn't allow auto-merge: that's a refusal, too.
func TestWithoutAutoMerge(t *testing.T) {
	p := newPlace(t)
	p.repo.AllowAutoMerge(false)
	_, lines := p.run()
	all := strings.Join(lines, "\n")
	for _, want := range []string{
		`ok auto-merge-off: it was refused: "Pull request Auto merge is not allowed for this repository"`,
		"skipped auto-merge-waits: the repository doesn't allow auto-merge: allow it in its settings",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q isn't in\n%s", want, all)
		}
	}
	p.clean()
}

// Every step has a deviation that shows it, but for what ghtest can't play: a permission
// that another one makes up for.
func TestStepsHaveDeviations(t *testing.T) {
	shown := map[string]bool{"without-issues": true}
	for _, d := range deviations {
		shown[d.step] = true
	}
	for _, step := range Steps() {
		if !shown[step.Name] {
			t.Errorf("no deviation shows %s", step.Name)
		}
		if step.Assumption == "" || step.Where == "" {
			t.Errorf("%s says not what it settles, or where", step.Name)
		}
		delete(shown, step.Name)
	}
	if len(shown) > 0 {
		t.Errorf("%v are no steps", shown)
	}
}

// An answer that doesn't come fails the step that asked, and no other. A limit is waited
// for.
func TestFaultsOfOneRequest(t *testing.T) {
	for name, c := range map[string]struct {
		fault ghtest.Fault
		want  []string
	}{
		"bad gateway":   {ghtest.BadGateway(), []string{"four-byte-status"}},
		"dropped":       {ghtest.Fault{Drop: true}, []string{"four-byte-status"}},
		"cut off":       {ghtest.Fault{Truncate: true}, []string{"four-byte-status"}},
		"limited":       {ghtest.SecondaryLimit(time.Minute), nil},
		"limited by OK": {ghtest.SecondaryLimitOK(time.Minute), nil},
		"too many":      {ghtest.TooManyRequests(0), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.cfg.Skip = append([]string{"odd-files"}, withGit...)
			c.fault.Method, c.fault.Path, c.fault.Contains = "POST", "/statuses/", "Found"
			trial.OK(t, p.srv.Fault(c.fault))
			report, lines := p.run()
			if got := named(report); !slices.Equal(got, c.want) {
				t.Errorf("%q differ, want %q:\n%s", got, c.want, strings.Join(lines, "\n"))
			}
			p.clean()
		})
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

// A repository in use is refused before anything is written.
func TestNotThrowAway(t *testing.T) {
	for what, use := range map[string]func(p *place) error{
		"6 open pull requests": func(p *place) (err error) {
			for n := range 5 {
				_, open := trial.OpenWith(p.repo, fmt.Sprint("more-", n), ghtest.PR{Title: "More"})
				err = errors.Join(err, open)
			}
			return err
		},
		"11 open issues": func(p *place) (err error) {
			for range 11 {
				_, open := p.repo.OpenIssue(ghtest.Issue{Title: "Concorde acceptance run of mine", Author: "alice"})
				err = errors.Join(err, open)
			}
			return err
		},
		"12 branches": func(p *place) (err error) {
			for n := range 10 {
				_, push := p.repo.Push(fmt.Sprint("3.", n))
				err = errors.Join(err, push)
			}
			return err
		},
		"6 forks": func(p *place) (err error) {
			for n := range 5 {
				_, push := p.repo.Push(fmt.Sprintf("person%d:x", n))
				err = errors.Join(err, push)
			}
			return err
		},
	} {
		p := newPlace(t)
		trial.OK(t, use(p))
		_, err := Run(t.Context(), p.cfg, func(Result) { t.Error("a step was made") })
		if err == nil || !strings.Contains(err.Error(), "the repository has "+what+", so it seems to be in use") {
			t.Errorf("%s: %v", what, err)
		}
		if w := p.repo.Writes(); len(w) > 0 {
			t.Errorf("%s: %d writes", what, len(w))
		}
	}
}

// The same route has the same name, whatever is in its path.
func TestRoutes(t *testing.T) {
	for path, want := range map[string]string{
		"/api/v3/repos/a/b/issues/12/labels/a%2Fb":       "/repos/{owner}/{repo}/issues/{number}/labels/{name}",
		"/repos/labels/users":                            "/repos/{owner}/{repo}",
		"/repos/a/b/labels/12":                           "/repos/{owner}/{repo}/labels/{name}",
		"/repos/a/b/git/refs":                            "/repos/{owner}/{repo}/git/refs",
		"/repos/a/b/git/refs/heads/c/d":                  "/repos/{owner}/{repo}/git/refs/{ref}",
		"/repos/a/b/git/ref/heads/c":                     "/repos/{owner}/{repo}/git/ref/{ref}",
		"/repos/a/b/statuses/" + strings.Repeat("0", 40): "/repos/{owner}/{repo}/statuses/{sha}",
		"/users/a%5Bbot%5D":                              "/users/{name}",
		"/app/hook/deliveries/12/attempts":               "/app/hook/deliveries/{number}/attempts",
		"/api/graphql":                                   "/graphql",
		"/app/installations/12/access_tokens":            "/app/installations/{number}/access_tokens",
	} {
		if got := route(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}
