package gitserver_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// A contributor clones, pushes to a fork, and a pull request follows its head; the commits are sound to git.
func TestGitOverHTTP(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	number := trial.OpenPR(t, repo)
	before := trial.Must(repo.PR(number))(t)

	dir := filepath.Join(t.TempDir(), "clone")
	trial.Git(t, ".", "", "clone", "-q", repo.CloneURL(), dir)
	trial.Git(t, dir, "", "fsck", "--strict")
	if got := trial.Git(t, dir, "", "branch", "-r"); !strings.Contains(got, "origin/3.13") || !strings.Contains(got, "origin/3.14") {
		t.Errorf("branches are %s", got)
	}
	trial.Git(t, dir, "", "fetch", "-q", "origin", fmt.Sprintf("refs/pull/%d/head", number))
	if got := trial.Git(t, dir, "", "rev-parse", "FETCH_HEAD"); got != before.HeadSHA {
		t.Errorf("refs/pull/%d/head is %s, want %s", number, got, before.HeadSHA)
	}
	trial.Git(t, dir, "", "checkout", "-q", "FETCH_HEAD")
	trial.OK(t, os.WriteFile(filepath.Join(dir, "Lib", "new.py"), []byte("x = 1\n"), 0o644))
	trial.Git(t, dir, "", "add", "-A")
	trial.Git(t, dir, "", "commit", "-q", "-m", "Second")
	fork := srv.FindRepo("alice/cpython")
	if out, err := trial.TryGit(t, dir, "", "push", "-q", fork.CloneURL(), "HEAD:refs/heads/fix"); err == nil {
		t.Errorf("a push without a token went through: %s", out)
	}
	trial.Git(t, dir, srv.UserToken("alice"), "push", "-q", fork.CloneURL(), "HEAD:refs/heads/fix")
	after := trial.Must(repo.PR(number))(t)
	if after.HeadSHA != trial.Git(t, dir, "", "rev-parse", "HEAD") || after.HeadSHA == before.HeadSHA {
		t.Errorf("head is %s after the push, was %s", after.HeadSHA, before.HeadSHA)
	}
	commits, _, err := trial.Client(t, srv, "python").PullRequests.ListCommits(context.Background(), "python", "cpython", number, nil)
	trial.OK(t, err)
	if len(commits) != 2 || commits[1].GetCommit().GetMessage() != "Second" || commits[1].GetAuthor().GetLogin() != "alice" {
		t.Errorf("commits are %v", commits)
	}

	// A merge by the server, then a fetch of it.
	sha := trial.Must(repo.Merge(number, "barry"))(t)
	trial.Git(t, dir, "", "fetch", "-q", "origin", "main")
	if got := trial.Git(t, dir, "", "log", "-1", "--format=%H %s", "FETCH_HEAD"); got != sha+" gh-1: Fix it (#"+fmt.Sprint(number)+")" {
		t.Errorf("main is at %s", got)
	}
	trial.OK(t, repo.DeleteFork("alice"))
	trial.Git(t, dir, "", "fetch", "-q", "origin", fmt.Sprintf("refs/pull/%d/head", number))
	if out, err := trial.TryGit(t, dir, "", "fetch", fork.CloneURL()); err == nil {
		t.Errorf("a deleted fork can be fetched: %s", out)
	}
}

// A contributor merges the base into the branch: the files stay those of the branch, the merge is one of its commits.
func TestMergedBase(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	trial.Must(repo.Push("main", ghtest.Commit{Message: "Elsewhere", Files: map[string]ghtest.File{"other": ghtest.Text("x\n")}}))(t)
	dir := filepath.Join(t.TempDir(), "clone")
	trial.Git(t, ".", "", "clone", "-q", srv.FindRepo("alice/cpython").CloneURL(), dir)
	trial.Git(t, dir, "", "checkout", "-q", "fix")
	trial.Git(t, dir, "", "pull", "-q", "--no-rebase", "--no-edit", repo.CloneURL(), "main")
	trial.Git(t, dir, srv.UserToken("alice"), "push", "-q", "origin", "fix")
	pr, _, err := trial.Client(t, srv, "python").PullRequests.Get(context.Background(), "python", "cpython", number)
	trial.OK(t, err)
	if pr.GetChangedFiles() != 1 || pr.GetCommits() != 2 || pr.GetHead().GetSHA() != trial.Git(t, dir, "", "rev-parse", "HEAD") {
		t.Errorf("%d files, %d commits, head %s", pr.GetChangedFiles(), pr.GetCommits(), pr.GetHead().GetSHA())
	}
	out := trial.GraphQL(t, srv, srv.UserToken("bob"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){commits(last:1){nodes{commit{parents(first:5){totalCount nodes{oid}}}}}}}}`, nil)
	if got := trial.At(out, "data", "repository", "pullRequest", "commits", "nodes", 0, "commit", "parents", "totalCount"); got != 2.0 {
		t.Errorf("the merge has %v parents", got)
	}
}

// Branches and tags come and go, for git as for the API.
func TestRefs(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	trial.OK(t, repo.Tag("v3.13.0", "3.13"))
	old := repo.Ref("3.13")
	if got := trial.Git(t, repo.Dir(), "", "rev-parse", "3.13", "v3.13.0"); got != old+"\n"+old {
		t.Errorf("git has %s, want %s", got, old)
	}
	trial.OK(t, repo.DeleteBranch("3.13"))
	trial.Must(repo.Push("hotfix", ghtest.Commit{From: "v3.13.0", Files: map[string]ghtest.File{"x": ghtest.Text("x\n")}}))(t)
	refs := trial.Git(t, ".", "", "ls-remote", repo.CloneURL())
	if strings.Contains(refs, "refs/heads/3.13") || !strings.Contains(refs, "refs/tags/v3.13.0") || !strings.Contains(refs, repo.Ref("hotfix")+"\trefs/heads/hotfix") {
		t.Errorf("refs are\n%s", refs)
	}
	if got := trial.Git(t, repo.Dir(), "", "rev-parse", "hotfix^"); got != old {
		t.Errorf("hotfix starts at %s, want %s", got, old)
	}
	_, resp, err := trial.Client(t, srv, "python").Git.GetRef(context.Background(), "python", "cpython", "heads/3.13")
	trial.WantError(t, err, 404, "Not Found")
	if resp.Header.Get("ETag") != "" {
		t.Error("an error has an ETag")
	}
}

// A big push arrives packed or loose; either way the server reads it.
func TestPushedPackIsRead(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	dir := filepath.Join(t.TempDir(), "clone")
	trial.Git(t, ".", "", "clone", "-q", repo.CloneURL(), dir)
	trial.OK(t, os.WriteFile(filepath.Join(dir, "new.txt"), []byte("packed\n"), 0o644))
	trial.Git(t, dir, "", "add", "-A")
	trial.Git(t, dir, "", "commit", "-q", "-m", "Packed")
	trial.Git(t, repo.Dir(), "", "config", "transfer.unpackLimit", "1")
	trial.Git(t, dir, srv.UserToken("barry"), "push", "-q", "origin", "HEAD:main")
	if got := string(trial.Must(repo.ReadFile("main", "new.txt"))(t)); got != "packed\n" {
		t.Errorf("read %q", got)
	}
	if packs := trial.Must(filepath.Glob(filepath.Join(repo.Dir(), "objects", "pack", "*.pack")))(t); len(packs) == 0 {
		t.Error("the push was not kept as a pack: the test shows nothing")
	}
}

// All kinds of changes arrive as GitHub names them, in REST and in GraphQL.
func TestChangedFiles(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	long := strings.Repeat("a line of the file\n", 50)
	repo := trial.Must(srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{
		"mod.txt": ghtest.Text("one\ntwo\n"), "gone.txt": ghtest.Text("gone\n"), "old.txt": ghtest.Text(long), "moved.txt": ghtest.Text(long + "other\n"),
		"link": ghtest.Text("target"), "bin": ghtest.Text("\x00\x01"), "tool": ghtest.Text("#!/bin/sh\n"),
	}}))(t)
	_, err := repo.Push("alice:all", ghtest.Commit{Message: "All\n\nThe body.", Files: map[string]ghtest.File{
		"mod.txt": ghtest.Text("one\n2\n"), "gone.txt": ghtest.Deleted(), "old.txt": ghtest.Deleted(), "new name.txt": ghtest.Text(long + "more\n"),
		"moved.txt": ghtest.Deleted(), "dir/moved.txt": ghtest.Text(long + "other\n"), "link": {Content: "mod.txt", Mode: "120000"},
		"bin": ghtest.Text("\x00\x02"), "tool": {Content: "#!/bin/sh\n", Mode: "100755"}, "added é.txt": ghtest.Text("new\n"),
		"sub": {Content: strings.Repeat("a", 40), Mode: "160000"},
	}})
	trial.OK(t, err)
	// The base moves on: its change is not the pull request's.
	_, err = repo.Push("main", ghtest.Commit{Message: "Other", Files: map[string]ghtest.File{"other.txt": ghtest.Text("x\n")}})
	trial.OK(t, err)
	number := trial.Must(repo.OpenPR(ghtest.PR{Title: "All", Head: "alice:all"}))(t)
	files, _, err := trial.Client(t, srv, "python").PullRequests.ListFiles(context.Background(), "python", "cpython", number, nil)
	trial.OK(t, err)
	var got []string
	for _, f := range files {
		got = append(got, fmt.Sprintf("%s %s<%s> +%d -%d %q", f.GetStatus(), f.GetFilename(), f.GetPreviousFilename(), f.GetAdditions(), f.GetDeletions(), firstLine(f.GetPatch())))
	}
	slices.Sort(got)
	want := []string{
		`added added é.txt<> +1 -0 "@@ -0,0 +1 @@"`,
		`added sub<> +1 -0 "@@ -0,0 +1 @@"`,
		`changed link<> +1 -1 ""`,
		`modified bin<> +0 -0 ""`,
		`modified mod.txt<> +1 -1 "@@ -1,2 +1,2 @@"`,
		`modified tool<> +0 -0 ""`,
		`removed gone.txt<> +0 -1 "@@ -1 +0,0 @@"`,
		`renamed dir/moved.txt<moved.txt> +0 -0 ""`,
		`renamed new name.txt<old.txt> +1 -0 "@@ -48,3 +48,4 @@ a line of the file"`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	out := trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){mergeable files(first:100){nodes{path changeType}} commits(last:1){nodes{commit{message messageBody}}}}}}`, nil)
	kinds := map[string]int{}
	for i := range 9 {
		kind, _ := trial.At(out, "data", "repository", "pullRequest", "files", "nodes", i, "changeType").(string)
		kinds[kind]++
	}
	if d := cmp.Diff(map[string]int{"ADDED": 2, "CHANGED": 1, "MODIFIED": 3, "DELETED": 1, "RENAMED": 2}, kinds); d != "" {
		t.Errorf("kinds (-want +got):\n%s", d)
	}
	if got := trial.At(out, "data", "repository", "pullRequest", "mergeable"); got != "MERGEABLE" {
		t.Errorf("it is %v", got)
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
