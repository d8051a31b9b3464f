package gh_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/octokit"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// What this package sends and what ghtest answers is held against GitHub's own
// descriptions of its REST and GraphQL APIs, so that neither side can agree on
// something that GitHub does not do. They come from npm: @octokit/openapi and
// @octokit/graphql-schema.
func TestAgainstGitHubsDescriptions(t *testing.T) {
	rest, graphql := loadREST(t, octokit.Path(t, "openapi", "generated", "api.github.com.json")), graphqlDescription{octokit.GraphQL(t)}
	seen := map[string]int{}
	for _, x := range converse(t) {
		if x.Route == "fault" {
			continue
		}
		var err error
		if strings.HasSuffix(x.Route, "/graphql") {
			err = graphql.check(x)
		} else {
			err = rest.check(x)
		}
		seen[x.Route]++
		if err != nil {
			t.Errorf("%s %s: %d: %v\nrequest %.600s\nanswer %.600s", x.Request.Method, x.Request.URL, x.Status, err, x.RequestBody, x.Body)
		}
	}
	t.Logf("%d kinds of requests: %v", len(seen), seen)
	if len(seen) != len(gh.Endpoints) {
		t.Errorf("%d kinds of requests were checked, but the package makes %d", len(seen), len(gh.Endpoints))
	}
}

// TestStatusesNotifyNobody holds charge.go against GitHub's description: a status isn't
// marked as what triggers notifications, a comment is.
func TestStatusesNotifyNobody(t *testing.T) {
	text, err := os.ReadFile(octokit.Path(t, "openapi", "generated", "api.github.com.json"))
	trial.OK(t, err)
	var description struct {
		Paths map[string]map[string]struct {
			About struct{ TriggersNotification bool } `json:"x-github"`
		}
	}
	trial.OK(t, json.Unmarshal(text, &description))
	for path, notifies := range map[string]bool{
		"/repos/{owner}/{repo}/statuses/{sha}": false, "/repos/{owner}/{repo}/issues/{issue_number}/comments": true,
	} {
		if operation, found := description.Paths[path]["post"]; !found || operation.About.TriggersNotification != notifies {
			t.Errorf("POST %s: %v %+v", path, found, operation)
		}
	}
}

// converse makes every kind of request, with good and bad ends.
func converse(t *testing.T) []ghtest.Exchange {
	var mu sync.Mutex
	var exchanges []ghtest.Exchange
	w := newWorld(t, func(c *ghtest.Config, _ *gh.Config) {
		c.Observe = func(x ghtest.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			exchanges = append(exchanges, x)
		}
	})
	_, err := w.app.Verify(t.Context())
	trial.OK(t, err)
	exerciseSurvey(w)
	few, many := openFewAndMany(w)
	trial.OK(t, w.Srv.Team("python", "python-core", "guido"))
	issue, err := w.Repo.OpenIssue(ghtest.Issue{Title: "An issue", Body: "b", Author: "bob"})
	trial.OK(t, err)
	of := pull.Key{Owner: "python", Repo: "cpython", Number: issue}
	w.load(snapshot.Query{Key: of, Needs: ghtrial.Everything | pull.Team, Team: "nobody/team"})
	w.apply(of, pull.EditBlock{Block: pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "x"}, Seen: "b",
		At: time.Now()})
	_, err = w.app.Mergeable(t.Context(), snapshot.List{Key: few})
	trial.OK(t, err)
	_, err = w.app.Issues(t.Context(), snapshot.List{Key: few.Repository(), Pages: 1})
	trial.OK(t, err)
	for range 2 { // the second time with what the first one wrote
		for _, key := range []pull.Key{few, many} {
			r := w.load(snapshot.Query{
				Key: key, Needs: ghtrial.Everything | pull.Team, Reads: func(_ *pull.Request, path string) bool { return path != "f5" },
				SettingsPath:   settingsPath,
				LabelRulesPath: "old", Team: "python-core",
				Looks: looksAt(pull.Looks{
					Branches: []string{"main", "many", "nothing"}, Requests: []int{few.Number}, Issues: []int{few.Number, issue, 4711},
					Labels: []string{"docs", "nothing"},
					People: []string{"guido", "nobody-at-all"}, Compared: []string{"main", "nothing"},
				}),
			})
			exerciseWrites(w, key, r)
		}
	}
	exerciseRepository(w)
	exerciseChecked(w)
	exerciseBackport(w)
	exerciseHook(w)
	_, err = w.Repo.Merge(few.Number, "guido")
	trial.OK(t, err)
	for _, key := range []pull.Key{few, many, {Owner: "python", Repo: "cpython", Number: 4711},
		{Owner: "python", Repo: "nothing", Number: 1}} {
		_, _ = w.app.Load(t.Context(), snapshot.Query{
			Key: key, Installation: w.Srv.InstallationID("python"), Needs: ghtrial.Everything, Reads: all,
			SettingsPath: settingsPath, Looks: looksAt(pull.Looks{Requests: []int{4711}})})
		_, _ = w.app.Numbers(t.Context(), snapshot.List{Key: key.Repository()})
	}
	trial.OK(t, w.Repo.DeleteFork("bob")) // GitHub's list then has null for the head's repository, against its description
	w.load(snapshot.Query{Key: many, Needs: ghtrial.Everything, Reads: all})
	installations, err := w.app.Installations(t.Context())
	trial.OK(t, err)
	_, err = w.app.Repositories(t.Context(), installations)
	trial.OK(t, err)
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read"}))
	_, _ = w.app.Load(t.Context(), snapshot.Query{Key: few, Needs: ghtrial.Everything})
	exerciseWrites(w, few, &pull.Request{Head: w.Repo.Ref("alice:fix")})
	exerciseRepository(w)
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(exchanges)
}

// openFewAndMany makes a pull request whose lists have one page, and one whose
// lists have several.
func openFewAndMany(w *world) (few, many pull.Key) {
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "m", Author: "guido",
		Files: map[string]ghtest.File{settingsPath: ghtest.Text("a: 1\n"), "gone": ghtest.Text("x\n"),
			"old": ghtest.Text(strings.Repeat("x\n", 30))}})
	trial.OK(w.T, err)
	files := map[string]ghtest.File{
		"gone": ghtest.Deleted(), "old": ghtest.Deleted(), "new": ghtest.Text(strings.Repeat("x\n", 30)), "b": ghtest.Text("\x00\xff"),
		"link": {Content: "b", Mode: "120000"}, "module": {Content: ghtrial.SomeSHA, Mode: "160000"},
	}
	few = w.Open(files)
	for i := range 110 {
		files[fmt.Sprint("f", i)] = ghtest.Text(fmt.Sprint(i))
	}
	_, err = w.Repo.Push("bob:many", ghtest.Commit{Message: "m\n\nbody", Author: "bob", Files: files})
	trial.OK(w.T, err)
	n, err := w.Repo.OpenPR(ghtest.PR{Title: "t", Author: "bob", Head: "bob:many", Draft: true, Labels: []string{"docs"}})
	trial.OK(w.T, err)
	for i := range 105 {
		_, err := w.Repo.Comment(n, "bob", fmt.Sprint(i))
		trial.OK(w.T, err)
	}
	return few, pull.Key{Owner: "python", Repo: "cpython", Number: n}
}

// exerciseWrites applies every action; the errors do not matter here.
func exerciseWrites(w *world, key pull.Key, r *pull.Request) {
	check := pull.Check{Name: "NEWS", Conclusion: pull.Failure, Title: "t", Summary: "s"}
	for i := range 60 {
		check.Annotations = append(check.Annotations, pull.Annotation{Path: "new", Line: i, Level: pull.WarningLevel, Title: "t", Message: "m"})
	}
	note := pull.Note{Key: "k", Body: "b"}
	for _, a := range []pull.Action{
		pull.SetStatus{SHA: r.Head, Status: pull.Status{Context: "c", State: pull.StatusPending, Description: "d", URL: "https://example.com/"}},
		pull.SetStatus{SHA: ghtrial.SomeSHA, Status: ghtrial.SomeStatus.Status},
		pull.SetStatus{SHA: r.Head, Status: pull.Status{Context: "d", State: pull.StatusSuccess}},
		pull.SetCheck{SHA: r.Head, Check: check},
		pull.SetCheck{SHA: r.Head, Check: pull.Check{Name: "ok", Conclusion: pull.Success, Title: "t"}},
		pull.AddLabel{Name: "a#b/c?d%e"}, pull.RemoveLabel{Name: "a#b/c?d%e"}, pull.RemoveLabel{Name: "not there"},
		pull.AddNote{Note: note}, pull.EditNote{Node: "IC_nothing", Note: note},
		// long ago: it is read again
		pull.EditBlock{Block: pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "x"}},
		pull.Ready{}, pull.React{Node: "IC_nothing", With: pull.Confused},
	} {
		_ = w.app.Apply(w.T.Context(), w.Srv.InstallationID("python"), key, a)
	}
}

// exerciseChecked asks for the checks of a branch, and starts a nightly build.
func exerciseChecked(w *world) {
	sha := w.Repo.Ref("main")
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "m", Files: map[string]ghtest.File{
		".github/workflows/nightly.yml": ghtest.Text("on: workflow_dispatch\n")}})
	trial.OK(w.T, err)
	for _, workflow := range []string{"nightly.yml", "nothing.yml"} {
		_ = w.app.Dispatch(w.T.Context(), 0, ghtrial.CPython, pull.Dispatch{Workflow: workflow, Branch: "main"})
	}
	for _, state := range []string{"failure", "success"} {
		trial.OK(w.T, w.Repo.SetStatus(sha, "ci", ghtest.Status{Context: "refleak", State: state}))
		trial.OK(w.T, w.Repo.CheckRun(sha, "ci", "run", state))
	}
	trial.OK(w.T, w.Repo.CommentOnCommit(sha, "ci", "has failed"))
	for _, branch := range []string{"main", "nothing"} {
		_, err = w.app.Checked(w.T.Context(), snapshot.CheckedQuery{Key: ghtrial.CPython, Branch: branch, Source: pull.CheckSource{
			Watches: func(string) bool { return true },
			Comment: func(string, string) (pull.CommentReport, bool) {
				return pull.CommentReport{Check: "buildbot", Outcome: pull.RunBad}, true
			},
			Nightly: func(string) (string, string) { return "nightly.yml", "nightly build" },
			Doubts: func(b pull.BranchChecks) (all []pull.CheckDoubt) {
				for _, check := range []string{"refleak", "run"} {
					all = append(all, pull.CheckDoubt{SHA: sha, Check: check})
				}
				return all
			},
		}})
		trial.OK(w.T, err)
	}
}

// exerciseBackport opens a pull request and takes it to its end, in all ways.
func exerciseBackport(w *world) {
	trial.OK(w.T, w.Repo.Collaborator("guido", "write"))
	trial.OK(w.T, w.Repo.Protect("main", ghtest.Protection{RequiredReviews: 1}))
	key, sha := w.openBackport("backport")
	_, err := w.app.OpenPull(w.T.Context(), 0, ghtrial.CPython, pull.OpenPull{Head: "backport", Base: "main", Title: "again"})
	trial.OK(w.T, err)
	_, _ = w.app.OpenPull(w.T.Context(), 0, ghtrial.CPython, pull.OpenPull{Head: "nothing", Base: "main", Title: "t"})
	for _, a := range []pull.Action{
		pull.RequestReview{Login: "guido"}, pull.RequestReview{Login: "stranger"}, pull.Assign{Login: "guido"}, pull.Assign{Login: "stranger"},
		pull.CancelMerge{}, pull.MergePull{SHA: sha, Title: "t", Body: "b", Auto: true}, pull.CancelMerge{}, pull.MergePull{SHA: sha, Title: "t"},
	} {
		_ = w.app.Apply(w.T.Context(), 0, key, a)
	}
	trial.OK(w.T, w.Repo.Close(key.Number, "guido"))
	for _, a := range []pull.Action{pull.DeleteBranch{Branch: "backport", SHA: sha}, pull.DeleteBranch{Branch: "backport", SHA: sha},
		pull.Reopen{}, pull.RestoreBranch{Branch: "backport", SHA: sha}, pull.RestoreBranch{Branch: "backport", SHA: sha}, pull.Reopen{}} {
		_ = w.app.Apply(w.T.Context(), 0, key, a)
	}
	_, err = w.Repo.Review(key.Number, "guido", "APPROVED", "")
	trial.OK(w.T, err)
	w.load(snapshot.Query{Key: key, Needs: ghtrial.Everything})
	w.apply(key, pull.MergePull{SHA: sha, Title: "t", Body: "b"})
	w.load(snapshot.Query{Key: key, Needs: ghtrial.Everything})
}

// exerciseRepository asks for what is of the repository; the errors do not
// matter here.
func exerciseRepository(w *world) {
	ctx := w.T.Context()
	_, _, _ = w.app.Committer(ctx)
	_, _ = w.app.IsFork(ctx, ghtrial.CPython, ghtrial.CPython)
	for _, level := range []string{"write", "admin"} {
		_, _ = w.app.Token(ctx, gh.TokenRequest{Key: ghtrial.CPython, Permissions: map[string]string{"contents": level}})
	}
	_, _ = w.app.History(ctx, snapshot.HistoryRequest{Key: ghtrial.CPython, Revisions: []string{"main", w.Repo.Ref("main"), "nothing"},
		Paths: []string{"README.rst", "nothing"}})
	_, _ = w.app.Repository(ctx, snapshot.RepositoryQuery{Key: ghtrial.CPython, SettingsPath: settingsPath})
	for _, label := range []pull.LabelStyle{{Name: "needs backport to 3.16", Color: "c2e0c6", Description: "d"},
		{Name: "a#b/c?d%e", Color: "odd"}} {
		for range 2 {
			_ = w.app.CreateLabel(ctx, 0, ghtrial.CPython, label)
		}
		_ = w.app.EditLabel(ctx, 0, ghtrial.CPython, pull.LabelEdit{Old: label.Name,
			LabelStyle: pull.LabelStyle{Name: "new " + label.Name, Color: "ededed"}})
	}
	_, _, _ = w.app.Merged(ctx, snapshot.List{Key: ghtrial.CPython, Base: "main", Labels: []string{"docs"}})
	_, _, _ = w.app.Merged(ctx, snapshot.List{Key: ghtrial.CPython})
	_, _, _ = w.app.Pulls(ctx, snapshot.List{Key: ghtrial.CPython, Base: "main", Since: w.Srv.Now().Add(-time.Hour), Pages: 1})
}
