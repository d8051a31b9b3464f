package ghtest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// git runs git as a contributor would, with a token in a header.
func git(t *testing.T, dir, token string, args ...string) string {
	t.Helper()
	out, err := tryGit(t, dir, token, args...)
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(out)
}

func tryGit(t *testing.T, dir, token string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=true",
		"GIT_AUTHOR_NAME=alice", "GIT_AUTHOR_EMAIL=alice@users.noreply.github.com", "GIT_COMMITTER_NAME=alice", "GIT_COMMITTER_EMAIL=alice@users.noreply.github.com"}
	if token != "" {
		req := must(github.NewClient(nil).NewRequest("GET", "x", nil))(t)
		req.SetBasicAuth("x-access-token", token)
		cmd.Env = append(cmd.Env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http.extraHeader", "GIT_CONFIG_VALUE_0=Authorization: "+req.Header.Get("Authorization"))
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// A contributor clones, pushes to a fork, and a pull request follows its head; the commits are sound to git.
func TestGitOverHTTP(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo := must(ghtest.NewCPython(srv))(t)
	number := openPR(t, repo)
	before := must(repo.PR(number))(t)

	dir := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "", "clone", "-q", repo.CloneURL(), dir)
	git(t, dir, "", "fsck", "--strict")
	if got := git(t, dir, "", "branch", "-r"); !strings.Contains(got, "origin/3.13") || !strings.Contains(got, "origin/3.14") {
		t.Errorf("branches are %s", got)
	}
	git(t, dir, "", "fetch", "-q", "origin", fmt.Sprintf("refs/pull/%d/head", number))
	if got := git(t, dir, "", "rev-parse", "FETCH_HEAD"); got != before.HeadSHA {
		t.Errorf("refs/pull/%d/head is %s, want %s", number, got, before.HeadSHA)
	}
	git(t, dir, "", "checkout", "-q", "FETCH_HEAD")
	ok(t, os.WriteFile(filepath.Join(dir, "Lib", "new.py"), []byte("x = 1\n"), 0o644))
	git(t, dir, "", "add", "-A")
	git(t, dir, "", "commit", "-q", "-m", "Second")
	fork := srv.FindRepo("alice/cpython")
	if out, err := tryGit(t, dir, "", "push", "-q", fork.CloneURL(), "HEAD:refs/heads/fix"); err == nil {
		t.Errorf("a push without a token went through: %s", out)
	}
	git(t, dir, srv.UserToken("alice"), "push", "-q", fork.CloneURL(), "HEAD:refs/heads/fix")
	after := must(repo.PR(number))(t)
	if after.HeadSHA != git(t, dir, "", "rev-parse", "HEAD") || after.HeadSHA == before.HeadSHA {
		t.Errorf("head is %s after the push, was %s", after.HeadSHA, before.HeadSHA)
	}
	commits, _, err := client(t, srv, "python").PullRequests.ListCommits(context.Background(), "python", "cpython", number, nil)
	ok(t, err)
	if len(commits) != 2 || commits[1].GetCommit().GetMessage() != "Second" || commits[1].GetAuthor().GetLogin() != "alice" {
		t.Errorf("commits are %v", commits)
	}

	// A merge by the server, then a fetch of it.
	sha := must(repo.Merge(number, "barry"))(t)
	git(t, dir, "", "fetch", "-q", "origin", "main")
	if got := git(t, dir, "", "log", "-1", "--format=%H %s", "FETCH_HEAD"); got != sha+" gh-1: Fix it (#"+fmt.Sprint(number)+")" {
		t.Errorf("main is at %s", got)
	}
	ok(t, repo.DeleteFork("alice"))
	git(t, dir, "", "fetch", "-q", "origin", fmt.Sprintf("refs/pull/%d/head", number))
	if out, err := tryGit(t, dir, "", "fetch", fork.CloneURL()); err == nil {
		t.Errorf("a deleted fork can be fetched: %s", out)
	}
}

// A contributor merges the base into the branch: the files stay those of the branch, the merge is one of its commits.
func TestMergedBase(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo := newRepo(t, srv, "python/cpython")
	number := openPR(t, repo)
	must(repo.Push("main", ghtest.Commit{Message: "Elsewhere", Files: map[string]ghtest.File{"other": ghtest.Text("x\n")}}))(t)
	dir := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "", "clone", "-q", srv.FindRepo("alice/cpython").CloneURL(), dir)
	git(t, dir, "", "checkout", "-q", "fix")
	git(t, dir, "", "pull", "-q", "--no-rebase", "--no-edit", repo.CloneURL(), "main")
	git(t, dir, srv.UserToken("alice"), "push", "-q", "origin", "fix")
	pr, _, err := client(t, srv, "python").PullRequests.Get(context.Background(), "python", "cpython", number)
	ok(t, err)
	if pr.GetChangedFiles() != 1 || pr.GetCommits() != 2 || pr.GetHead().GetSHA() != git(t, dir, "", "rev-parse", "HEAD") {
		t.Errorf("%d files, %d commits, head %s", pr.GetChangedFiles(), pr.GetCommits(), pr.GetHead().GetSHA())
	}
	out := graphql(t, srv, srv.UserToken("bob"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){commits(last:1){nodes{commit{parents(first:5){totalCount nodes{oid}}}}}}}}`, nil)
	if got := at(out, "data", "repository", "pullRequest", "commits", "nodes", 0, "commit", "parents", "totalCount"); got != 2.0 {
		t.Errorf("the merge has %v parents", got)
	}
}

// Branches and tags come and go, for git as for the API.
func TestRefs(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo := must(ghtest.NewCPython(srv))(t)
	ok(t, repo.Tag("v3.13.0", "3.13"))
	old := repo.Ref("3.13")
	if got := git(t, repo.Dir(), "", "rev-parse", "3.13", "v3.13.0"); got != old+"\n"+old {
		t.Errorf("git has %s, want %s", got, old)
	}
	ok(t, repo.DeleteBranch("3.13"))
	must(repo.Push("hotfix", ghtest.Commit{From: "v3.13.0", Files: map[string]ghtest.File{"x": ghtest.Text("x\n")}}))(t)
	refs := git(t, ".", "", "ls-remote", repo.CloneURL())
	if strings.Contains(refs, "refs/heads/3.13") || !strings.Contains(refs, "refs/tags/v3.13.0") || !strings.Contains(refs, repo.Ref("hotfix")+"\trefs/heads/hotfix") {
		t.Errorf("refs are\n%s", refs)
	}
	if got := git(t, repo.Dir(), "", "rev-parse", "hotfix^"); got != old {
		t.Errorf("hotfix starts at %s, want %s", got, old)
	}
	_, resp, err := client(t, srv, "python").Git.GetRef(context.Background(), "python", "cpython", "heads/3.13")
	apiError(t, err, 404, "Not Found")
	if resp.Header.Get("ETag") != "" {
		t.Error("an error has an ETag")
	}
}

// A big push arrives packed or loose; either way the server reads it.
func TestPushedPackIsRead(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo := newRepo(t, srv, "python/cpython")
	dir := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "", "clone", "-q", repo.CloneURL(), dir)
	ok(t, os.WriteFile(filepath.Join(dir, "new.txt"), []byte("packed\n"), 0o644))
	git(t, dir, "", "add", "-A")
	git(t, dir, "", "commit", "-q", "-m", "Packed")
	git(t, repo.Dir(), "", "config", "transfer.unpackLimit", "1")
	git(t, dir, srv.UserToken("barry"), "push", "-q", "origin", "HEAD:main")
	if got := string(must(repo.ReadFile("main", "new.txt"))(t)); got != "packed\n" {
		t.Errorf("read %q", got)
	}
	if packs := must(filepath.Glob(filepath.Join(repo.Dir(), "objects", "pack", "*.pack")))(t); len(packs) == 0 {
		t.Error("the push was not kept as a pack: the test shows nothing")
	}
}

// All kinds of changes arrive as GitHub names them, in REST and in GraphQL.
func TestChangedFiles(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	long := strings.Repeat("a line of the file\n", 50)
	repo := must(srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{
		"mod.txt": ghtest.Text("one\ntwo\n"), "gone.txt": ghtest.Text("gone\n"), "old.txt": ghtest.Text(long), "moved.txt": ghtest.Text(long + "other\n"),
		"link": ghtest.Text("target"), "bin": ghtest.Text("\x00\x01"), "tool": ghtest.Text("#!/bin/sh\n"),
	}}))(t)
	_, err := repo.Push("alice:all", ghtest.Commit{Message: "All\n\nThe body.", Files: map[string]ghtest.File{
		"mod.txt": ghtest.Text("one\n2\n"), "gone.txt": ghtest.Deleted(), "old.txt": ghtest.Deleted(), "new name.txt": ghtest.Text(long + "more\n"),
		"moved.txt": ghtest.Deleted(), "dir/moved.txt": ghtest.Text(long + "other\n"), "link": {Content: "mod.txt", Mode: "120000"},
		"bin": ghtest.Text("\x00\x02"), "tool": {Content: "#!/bin/sh\n", Mode: "100755"}, "added é.txt": ghtest.Text("new\n"),
		"sub": {Content: strings.Repeat("a", 40), Mode: "160000"},
	}})
	ok(t, err)
	// The base moves on: its change is not the pull request's.
	_, err = repo.Push("main", ghtest.Commit{Message: "Other", Files: map[string]ghtest.File{"other.txt": ghtest.Text("x\n")}})
	ok(t, err)
	number := must(repo.OpenPR(ghtest.PR{Title: "All", Head: "alice:all"}))(t)
	files, _, err := client(t, srv, "python").PullRequests.ListFiles(context.Background(), "python", "cpython", number, nil)
	ok(t, err)
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
	out := graphql(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){mergeable files(first:100){nodes{path changeType}} commits(last:1){nodes{commit{message messageBody}}}}}}`, nil)
	kinds := map[string]int{}
	for i := range 9 {
		kind, _ := at(out, "data", "repository", "pullRequest", "files", "nodes", i, "changeType").(string)
		kinds[kind]++
	}
	if d := cmp.Diff(map[string]int{"ADDED": 2, "CHANGED": 1, "MODIFIED": 3, "DELETED": 1, "RENAMED": 2}, kinds); d != "" {
		t.Errorf("kinds (-want +got):\n%s", d)
	}
	if got := at(out, "data", "repository", "pullRequest", "mergeable"); got != "MERGEABLE" {
		t.Errorf("it is %v", got)
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
