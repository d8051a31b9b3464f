package ghtest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-github/v60/github"
)

// A pull request of more than 3000 files is listed up to 3000.
func TestHugePullRequest(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	files := map[string]ghtest.File{}
	for i := range 3100 {
		files[fmt.Sprintf("Lib/d%02d/f%04d.py", i%50, i)] = ghtest.Text(fmt.Sprintf("x = %d\n", i))
	}
	trial.Must(repo.Push("alice:big", ghtest.Commit{Files: files}))(t)
	number := trial.Must(repo.OpenPR(ghtest.PR{Title: "Big", Head: "alice:big"}))(t)
	gh, ctx := trial.Client(t, srv, "python"), context.Background()
	seen := map[string]bool{}
	opts := &github.ListOptions{PerPage: 100, Page: 1}
	for opts.Page != 0 {
		list, resp, err := gh.PullRequests.ListFiles(ctx, "python", "cpython", number, opts)
		trial.OK(t, err)
		for _, f := range list {
			seen[f.GetFilename()] = true
		}
		opts.Page = resp.NextPage
	}
	pr, _, err := gh.PullRequests.Get(ctx, "python", "cpython", number)
	trial.OK(t, err)
	if len(seen) != 3000 || pr.GetChangedFiles() != 3100 {
		t.Errorf("listed %d files of %d", len(seen), pr.GetChangedFiles())
	}
}

// A thousand pull requests with heads of their own are made in moments, and the list has them all.
func TestThousandPullRequests(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	for i := range 1000 {
		head := fmt.Sprintf("user%d:fix", i%20)
		trial.Must(repo.ForcePush(head+fmt.Sprint(i), "main", ghtest.Commit{Message: fmt.Sprint("Fix ", i), Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text(fmt.Sprint(i))}}))(t)
		trial.Must(repo.OpenPR(ghtest.PR{Title: fmt.Sprint("Fix ", i), Head: head + fmt.Sprint(i)}))(t)
	}
	total, opts := 0, &github.PullRequestListOptions{Sort: "updated", Direction: "desc", ListOptions: github.ListOptions{PerPage: 100, Page: 1}}
	for opts.Page != 0 {
		list, resp, err := trial.Client(t, srv, "python").PullRequests.List(context.Background(), "python", "cpython", opts)
		trial.OK(t, err)
		total += len(list)
		opts.Page = resp.NextPage
	}
	if total != 1000 {
		t.Errorf("listed %d", total)
	}
}

// People, the App, pushes over HTTP and deliveries all at once: nothing is lost, and the race detector is content.
func TestConcurrency(t *testing.T) {
	var observed sync.Map
	srv := trial.Server(t, ghtest.Config{Observe: func(x ghtest.Exchange) { observed.Store(x.Header.Get("X-GitHub-Request-Id"), x.Status) }})
	repo := trial.Repo(t, srv, "python/cpython")
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	number := trial.OpenPR(t, repo)
	sha, token := repo.Ref("alice:fix"), srv.UserToken("alice")
	const workers, rounds = 8, 10
	var wg sync.WaitGroup
	for w := range workers {
		gh := trial.Client(t, srv, "python")
		wg.Go(func() {
			ctx := context.Background()
			for i := range rounds {
				if _, _, err := gh.Issues.CreateComment(ctx, "python", "cpython", number, &github.IssueComment{Body: github.String(fmt.Sprint(w, i))}); err != nil {
					t.Error(err)
				}
				if _, _, err := gh.Repositories.CreateStatus(ctx, "python", "cpython", sha, &github.RepoStatus{State: github.String("success"), Context: github.String(fmt.Sprint(w))}); err != nil {
					t.Error(err)
				}
				if _, err := repo.Push(fmt.Sprintf("user%d:fix", w), ghtest.Commit{Files: map[string]ghtest.File{"a": ghtest.Text(fmt.Sprint(i))}}); err != nil {
					t.Error(err)
				}
				trial.GraphQL(t, srv, token, snapshotQuery, map[string]any{"owner": "python", "name": "cpython", "number": number, "app": srv.AppID()})
			}
		})
	}
	wg.Wait()
	trial.Flush(t, srv)
	st := trial.Must(repo.PR(number))(t)
	if len(st.Comments) != workers*rounds || len(st.Statuses) != workers || len(repo.Writes()) != 2*workers*rounds {
		t.Errorf("%d comments, %d statuses, %d writes", len(st.Comments), len(st.Statuses), len(repo.Writes()))
	}
	if most := srv.MaxInFlight(); most < 1 || most > 2*workers {
		t.Errorf("%d requests in flight", most)
	}
	count := 0
	observed.Range(func(any, any) bool { count++; return true })
	if count != len(srv.Requests()) {
		t.Errorf("observed %d of %d", count, len(srv.Requests()))
	}
}

// A long push comes in chunks; a push whose answer is lost was still done.
func TestPushes(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	dir := t.TempDir() + "/clone"
	trial.Git(t, ".", "", "clone", "-q", repo.CloneURL(), dir)
	trial.OK(t, os.WriteFile(dir+"/long.txt", []byte(strings.Repeat("long\n", 60_000)), 0o644))
	trial.Git(t, dir, "", "add", "-A")
	trial.Git(t, dir, "", "commit", "-q", "-m", "Long")
	tok, _, err := trial.AppClient(t, srv).Apps.CreateInstallationToken(context.Background(), srv.InstallationID("python"), nil)
	trial.OK(t, err)
	trial.Git(t, dir, tok.GetToken(), "-c", "http.postBuffer=1", "-c", "core.compression=0", "push", "-q", "origin", "HEAD:backport-1")
	if got, want := repo.Ref("backport-1"), trial.Git(t, dir, "", "rev-parse", "HEAD"); got != want {
		t.Errorf("branch is at %s, want %s", got, want)
	}
	if w := repo.Writes(); len(w) != 1 || w[0].Kind != "push" || w[0].Key != "refs/heads/backport-1" {
		t.Errorf("writes are %v", w)
	}
	trial.OK(t, srv.Fault(ghtest.Fault{Method: http.MethodPost, Path: "git-receive-pack", DropAfter: true}))
	if out, err := trial.TryGit(t, dir, tok.GetToken(), "push", "-q", "origin", "HEAD:backport-2"); err == nil {
		t.Errorf("the answer arrived: %s", out)
	}
	if repo.Ref("backport-2") == "" {
		t.Error("the push whose answer was lost was not done")
	}
	trial.OK(t, srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "read"}))
	tok, _, err = trial.AppClient(t, srv).Apps.CreateInstallationToken(context.Background(), srv.InstallationID("python"), nil)
	trial.OK(t, err)
	if out, err := trial.TryGit(t, dir, tok.GetToken(), "push", "-q", "origin", "HEAD:backport-3"); err == nil || !strings.Contains(out, "403") {
		t.Errorf("a push without the permission: %v %s", err, out)
	}
	// A branch that the git of a contributor deletes closes the pull request from it.
	trial.Must(repo.Push("topic", ghtest.Commit{Files: map[string]ghtest.File{"b": ghtest.Text("b")}}))(t)
	number := trial.Must(repo.OpenPR(ghtest.PR{Title: "Topic", Head: "topic"}))(t)
	trial.Git(t, dir, srv.UserToken("barry"), "push", "-q", "origin", ":topic")
	if st := trial.Must(repo.PR(number))(t); st.State != "closed" || st.Merged {
		t.Errorf("state is %+v", st)
	}
}

// BenchmarkSnapshot is one GraphQL query of a whole pull request.
func BenchmarkSnapshot(b *testing.B) {
	srv, err := ghtest.New(ghtest.Config{RateLimit: 1 << 30})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = srv.Close() }()
	repo, err := ghtest.NewCPython(srv)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := repo.Push("alice:fix", ghtest.Commit{Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import sys\n")}}); err != nil {
		b.Fatal(err)
	}
	number, err := repo.OpenPR(ghtest.PR{Title: "Fix", Head: "alice:fix"})
	if err != nil {
		b.Fatal(err)
	}
	vars := fmt.Sprintf(`{"owner":"python","name":"cpython","number":%d,"app":%d}`, number, srv.AppID())
	body := fmt.Sprintf(`{"query":%q,"variables":%s}`, strings.Join(strings.Fields(snapshotQuery), " "), vars)
	token := srv.UserToken("alice")
	for b.Loop() {
		req, err := http.NewRequest(http.MethodPost, srv.GraphQLURL(), strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Authorization", "bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || strings.Contains(string(text), `"errors"`) {
			b.Fatalf("%d %v %s", resp.StatusCode, err, text)
		}
	}
}
