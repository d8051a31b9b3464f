package acceptance

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/suite"
)

// A GitHub that behaves as assumed passes every step, and nothing is left behind.
func TestFairGitHub(t *testing.T) {
	t.Parallel()
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

// prepare are the steps that make what another one reads, or the pushes before its own.
var prepare = map[string][]string{
	"own-webhook": {"own-comment"}, "delivery-lag": {"lag"}, "without-statuses": {"status-length"}, "without-checks": {"check-annotations"},
	"push-workflow": withGit[:1], "push-refused": withGit[:2], "push-secret": withGit[:3],
}

// companions is how many steps share one that a deviation is played beside.
var companions = suite.Sizes[int]{Normal: 8, Long: 1, Full: 1}

// besides are the steps that the run of the deviation i skips. It makes the step that shows
// it and some others, each step beside other deviations; a long test makes all of them.
func besides(i int, shows string) (skipped []string) {
	for j, step := range Steps() {
		switch {
		case step.Name == shows, slices.Contains(prepare[shows], step.Name):
		case (i+j)%companions.Size() != 0 || slices.Contains(withGit, step.Name):
			skipped = append(skipped, step.Name)
		}
	}
	return skipped
}

// Every way in which GitHub may behave otherwise shows as exactly the step that settles
// it.
func TestEachDeviation(t *testing.T) {
	for i, d := range deviations {
		t.Run(d.step, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			trial.OK(t, d.make(p))
			p.cfg.Fixtures, p.cfg.Skip = nil, besides(i, d.step)
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
	t.Parallel()
	p := newPlace(t)
	p.srv.SetWeather(ghtest.Weather{Stale: 5 * time.Second, MentionsLate: 10 * time.Second})
	report, lines := p.run()
	if got := named(report); len(got) > 0 || !report.Good() {
		t.Errorf("%q differ:\n%s", got, strings.Join(lines, "\n"))
	}
	p.clean()
}

// The fixtures have every answer, and neither tokens nor people.
func TestFixtures(t *testing.T) {
	t.Parallel()
	p := newPlace(t).keeping()
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
	for _, want := range []string{"prepare POST /app/installations/{number}/access_tokens", "viewer POST /graphql",
		"squash PUT /repos/{owner}/{repo}/pulls/{number}/merge", "clean DELETE /repos/{owner}/{repo}/labels/{name}"} {
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

// As GitHub makes a repository, it doesn't allow auto-merge: that's a refusal, too.
func TestWithoutAutoMerge(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.repo.AllowAutoMerge(false)
	p.cfg.Skip = withGit
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
			p.cfg.Skip, p.cfg.Fixtures = append([]string{"odd-files"}, withGit...), nil
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
