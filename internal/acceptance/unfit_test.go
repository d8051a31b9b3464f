package acceptance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A new repository, without anything that somebody prepared, passes all the same: what it
// lacks is said in a line.
func TestNewRepository(t *testing.T) {
	t.Parallel()
	p := &place{t: t, srv: trial.Server(t, ghtest.Config{Permissions: map[string]string{
		"metadata": "read", "members": "read", "contents": "write", "pull_requests": "write", "issues": "write", "statuses": "write",
		"checks": "write",
	}})}
	p.repo = trial.Repo(t, p.srv, "example/throw-away")
	p.repo.AllowAutoMerge(false)
	p.cfg = Config{
		Repository: pull.Key{Owner: "example", Repo: "throw-away"}, Pace: time.Second,
		GitHub: gh.Config{AppID: p.srv.AppID(), PrivateKey: p.srv.PrivateKeyPEM(), APIURL: p.srv.APIURL(), Timeout: time.Minute,
			Now: p.srv.Now, Wait: advance(p.srv)},
	}
	report, lines := p.run()
	skipped := map[string]string{}
	for _, r := range report.Results {
		if r.State == Skipped {
			skipped[r.Name] = r.Text
		}
	}
	const (
		hook, off = "GitHub sends no webhook about this repository: does the App have one?",
			"the repository doesn't allow auto-merge: allow it in its settings"
		second = "no token of a second account is given with --second"
	)
	want := map[string]string{
		"own-webhook": hook, "delivery-lag": hook, "redelivery": hook, "large-cost": "no pull request of a large repository is given",
		"auto-merge-idle": off, "auto-merge-draft": off, "auto-merge-conflict": off, "auto-merge-waits": off, "auto-merge-clean": off,
		"push-workflow": "the installation doesn't have the permission workflows: write",
		"push-refused":  "no ruleset refuses the branches concorde-acceptance-refused/*",
		"push-secret":   "the repository has no push protection: switch it on in its settings",
		"archived":      "no archived repository is named with --archived",
		"merge-queue":   "there's no branch concorde-acceptance-queue with a merge queue",
		"fork":          "no pull request from a fork is open, and " + second,
		"review":        "no open pull request has a review, and " + second, "dismissal": second,
		"deleted-fork": "no pull request from a deleted fork is open, and " + second,
	}
	if d := cmp.Diff(want, skipped); d != "" || !report.Good() {
		t.Errorf("skipped (-want +got):\n%s\nleft %q\n%s", d, report.Left, strings.Join(lines, "\n"))
	}
	p.clean()
}

// What would fail later is found out at once, and nothing is written.
func TestUnfitRepository(t *testing.T) {
	t.Parallel()
	for want, unfit := range map[string]func(p *place) error{
		"the repository is archived: use another one": func(p *place) error { p.repo.Archive(true); return nil },
		"the repository doesn't allow squash merges":  func(p *place) error { p.repo.AllowMerges("rebase"); return nil },
		"the installation lacks the permission checks: write": func(p *place) error {
			return p.srv.Fault(ghtest.Fault{Path: `^/app/installations/\d+$`, Times: -1, Alter: replace(`"checks":"write"`, `"checks":"read"`)})
		},
		"the repository is empty: give it one commit": query("isArchived", `"defaultBranchRef":{`, `"defaultBranchRef":null,"other":{`),
		"the repository has 21 commits": func(p *place) error {
			_, err := p.repo.Push("main", make([]ghtest.Commit, 20)...)
			return err
		},
	} {
		p := newPlace(t)
		trial.OK(t, unfit(p))
		report, err := Run(t.Context(), p.cfg, func(Result) { t.Error("a step was made") })
		if err == nil || !strings.Contains(err.Error(), want) || len(report.Left) > 0 || len(p.repo.Writes()) > 0 {
			t.Errorf("%v, want %q; left %q, %d writes", err, want, report.Left, len(p.repo.Writes()))
		}
	}
}

// A second account that can't do its part skips its steps; what it has isn't touched.
func TestUnfitSecondAccount(t *testing.T) {
	t.Parallel()
	for want, unfit := range map[string]func(p *place) error{
		"the second account has a fork of the repository: delete it": func(p *place) error {
			p.cfg.Second = p.srv.UserToken("alice") // whose fork the prepared pull request is from
			return nil
		},
		"the second account's token isn't allowed to GET /user": func(p *place) error { p.cfg.Second = "expired"; return nil },
		"the second account's token isn't allowed to POST /repos/{owner}/{repo}/forks": func(p *place) error {
			return p.srv.Fault(ghtest.Fault{Method: "POST", Path: "/forks$", Times: -1, Status: 403})
		},
		"the second account's token isn't allowed to DELETE /repos/{owner}/{repo}": func(p *place) error {
			return p.srv.Fault(ghtest.Fault{Method: "DELETE", Path: "^/repos/carol/[^/]*$", Status: 403})
		},
	} {
		p := newPlace(t)
		p.only("fork", "review", "dismissal", "association", "deleted-fork")
		trial.OK(t, unfit(p))
		report, lines := p.run()
		at := slices.IndexFunc(report.Results, func(r Result) bool { return r.Name == "deleted-fork" })
		if r := report.Results[at]; r.State != Skipped || r.Text != want || !report.Good() {
			t.Errorf("%s %s, want %q; left %q\n%s", r.State, r.Text, want, report.Left, strings.Join(lines, "\n"))
		}
		p.clean()
	}
}

// A repository that isn't archived is not written to as one.
func TestNotArchived(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	attic := p.srv.FindRepo("example/attic")
	attic.Archive(false)
	p.only("archived")
	report, lines := p.run()
	at := slices.IndexFunc(report.Results, func(r Result) bool { return r.Name == "archived" })
	if r := report.Results[at]; r.State != Skipped || r.Text != "example/attic isn't archived" || len(attic.Writes()) > 0 {
		t.Errorf("%d writes\n%s", len(attic.Writes()), strings.Join(lines, "\n"))
	}
}

// A repository in use is refused before anything is written.
func TestNotThrowAway(t *testing.T) {
	t.Parallel()
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

// A run that can't begin says why, and removes what it has made by then.
func TestRunCannotBegin(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	trial.OK(t, p.srv.Fault(ghtest.Fault{Method: "POST", Path: "/pulls$", Times: -1, Status: 403,
		Body: `{"message":"Resource not accessible by integration"}`}))
	report, err := Run(t.Context(), p.cfg, func(Result) { t.Error("a step was made") })
	if err == nil || !strings.Contains(err.Error(), "preparing the acceptance run") || !strings.Contains(err.Error(),
		"pull requests: write") || len(report.Left) > 0 {
		t.Errorf("%v, left %q", err, report.Left)
	}
	p.clean()
	p.cfg.Repository.Repo = ".."
	if _, err := Run(t.Context(), p.cfg, nil); err == nil {
		t.Error("a run in ..")
	}
}

// A merge queue that requires nothing is empty again before the run can look.
func TestQueueMergesAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.cfg.Skip = append([]string{"odd-files"}, withGit...)
	merge := func() {
		for n := 1; ; n++ {
			i, err := p.repo.PR(n)
			if err != nil {
				return
			}
			if i.Title == "Acceptance: queue" {
				trial.Must(p.repo.MergeQueued(n))(t)
			}
		}
	}
	trial.OK(t, p.srv.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "enqueuePullRequest", Then: merge}))
	report, lines := p.run()
	at := slices.IndexFunc(report.Results, func(r Result) bool { return r.Name == "merge-queue" })
	if r := report.Results[at]; r.State != Skipped || !strings.Contains(r.Text, "merged at once") || !report.Good() {
		t.Errorf("left %q\n%s", report.Left, strings.Join(lines, "\n"))
	}
	p.clean()
}
