package gitserver_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// shallow makes the small repository of a job: two commits deep, and without blobs.
func shallow(t *testing.T, repo *ghtest.Repo, branch string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "job")
	trial.Git(t, ".", "", "clone", "-q", "--bare", "--depth=2", "--filter=blob:none", "--branch", branch, repo.CloneURL(), dir)
	return dir
}

// commitIn makes a commit with one more file on top of a commit of a bare repository.
func commitIn(t *testing.T, dir, parent, path, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "content")
	trial.OK(t, os.WriteFile(file, []byte(content), 0o644))
	blob := trial.Git(t, dir, "", "hash-object", "-w", file)
	trial.Git(t, dir, "", "read-tree", parent)
	trial.Git(t, dir, "", "update-index", "--add", "--cacheinfo", "100644,"+blob+","+path)
	return trial.Git(t, dir, "", "commit-tree", "-p", parent, "-m", "Change "+path, trial.Git(t, dir, "", "write-tree"))
}

// lines are those of git's output that name what was said and what became of the refs.
func lines(out string) []string {
	var all []string
	for line := range strings.SplitSeq(out, "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "remote: ") || strings.HasPrefix(line, "! ") || strings.HasPrefix(line, "* ") {
			all = append(all, line)
		}
	}
	return all
}

// What may not be pushed is refused as GitHub refuses it, and the rest of the same push is taken.
func TestRefusedPushes(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{
		"a": ghtest.Text("a\n"), ".github/workflows/build.yml": ghtest.Text("on: push\n"),
	}}))(t)
	trial.Must(repo.Push("other", ghtest.Commit{Files: map[string]ghtest.File{".github/workflows/lint.yml": ghtest.Text("on: pull_request\n")}}))(t)
	trial.OK(t, repo.Protect("3.*", ghtest.Protection{RequiredReviews: 1}))
	trial.OK(t, repo.Protect("main", ghtest.Protection{RequiredContexts: []string{"ci", "docs"}}))
	trial.OK(t, repo.Protect("backport-9*", ghtest.Protection{NoPush: true}))
	trial.Must(repo.ForcePush("3.14", "main"))(t)
	dir := shallow(t, repo, "main")
	main := trial.Git(t, dir, "", "rev-parse", "main")
	plain := commitIn(t, dir, main, "b", "b\n")
	changed := commitIn(t, dir, main, ".github/workflows/build.yml", "on: [push]\n")
	same := commitIn(t, dir, main, ".github/workflows/lint.yml", "on: pull_request\n")
	all, narrow := trial.AppToken(t, srv, ""), trial.AppToken(t, srv, `{"permissions":{"contents":"write"}}`)
	const declined = "(protected branch hook declined)"
	for _, c := range []struct {
		name, token string
		refs        []string
		want        []string
	}{
		{"plain", narrow, []string{plain + ":refs/heads/one"}, []string{"* [new branch]      " + plain + " -> one"}},
		{"the same again and another", narrow, []string{plain + ":refs/heads/one", plain + ":refs/heads/two"}, []string{"* [new branch]      " + plain + " -> two"}},
		{"reviews", all, []string{plain + ":refs/heads/3.14", plain + ":refs/heads/three"}, []string{
			"remote: error: GH006: Protected branch update failed for refs/heads/3.14.", "remote: error: Changes must be made through a pull request.",
			"* [new branch]      " + plain + " -> three", "! [remote rejected] " + plain + " -> 3.14 " + declined}},
		{"atomic", all, []string{"--atomic", plain + ":refs/heads/3.14", plain + ":refs/heads/four"}, []string{
			"remote: error: GH006: Protected branch update failed for refs/heads/3.14.", "remote: error: Changes must be made through a pull request.",
			"! [remote rejected] " + plain + " -> 3.14 " + declined, "! [remote rejected] " + plain + " -> four (atomic push failure)"}},
		{"contexts", all, []string{plain + ":refs/heads/main"}, []string{
			"remote: error: GH006: Protected branch update failed for refs/heads/main.", "remote: error: 2 of 2 required status checks are expected.", "! [remote rejected] " + plain + " -> main " + declined}},
		{"new branch", all, []string{plain + ":refs/heads/backport-99-3.14"}, []string{
			"remote: error: GH006: Protected branch update failed for refs/heads/backport-99-3.14.",
			"remote: error: You're not authorized to push to this branch. Visit https://docs.github.com/articles/about-protected-branches/ for more information.",
			"! [remote rejected] " + plain + " -> backport-99-3.14 " + declined}},
		{"deleting", all, []string{":refs/heads/3.14"}, []string{
			"remote: error: GH006: Protected branch update failed for refs/heads/3.14.", "remote: error: Cannot delete this protected branch", "! [remote rejected] 3.14 " + declined}},
		{"workflow", narrow, []string{changed + ":refs/heads/flow"}, []string{
			"! [remote rejected] " + changed + " -> flow (refusing to allow a GitHub App to create or update workflow `.github/workflows/build.yml` without `workflows` permission)"}},
		{"workflow of another branch", narrow, []string{same + ":refs/heads/same"}, []string{"* [new branch]      " + same + " -> same"}},
		{"workflow with the permission", all, []string{changed + ":refs/heads/flow"}, []string{"* [new branch]      " + changed + " -> flow"}},
	} {
		out, err := trial.TryGit(t, dir, c.token, append([]string{"push", repo.CloneURL()}, c.refs...)...)
		got := lines(out)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s\n%s", c.name, d, out)
		}
		if refused := strings.Contains(out, "! ["); refused != (err != nil) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if d := cmp.Diff([]string{"3.14", "flow", "main", "one", "other", "same", "three", "two"}, repo.Branches()); d != "" {
		t.Errorf("branches (-want +got):\n%s", d)
	}
	repo.RejectPushes("The disk quota is exceeded.\nAsk the owner.")
	out, err := trial.TryGit(t, dir, all, "push", repo.CloneURL(), plain+":refs/heads/five")
	want := []string{"remote: The disk quota is exceeded.", "remote: Ask the owner.", "! [remote rejected] " + plain + " -> five (pre-receive hook declined)"}
	if d := cmp.Diff(want, lines(out)); d != "" || err == nil {
		t.Errorf("rejected: %v (-want +got):\n%s\n%s", err, d, out)
	}
	repo.RejectPushes("")
	trial.Git(t, dir, all, "push", "-q", repo.CloneURL(), plain+":refs/heads/five")
	for what, want := range map[string]string{`{"permissions":{"contents":"read"}}`: "remote: Write access to repository not granted.", `{"permissions":{"issues":"write"}}`: "remote: Write access to repository not granted."} {
		if out, err := trial.TryGit(t, dir, trial.AppToken(t, srv, what), "push", repo.CloneURL(), plain+":refs/heads/six"); err == nil || !strings.Contains(out, want) || !strings.Contains(out, "error: 403") {
			t.Errorf("%s: %v: %s", what, err, out)
		}
	}
	other := trial.Repo(t, srv, "python/devguide")
	if out, err := trial.TryGit(t, dir, trial.AppToken(t, srv, `{"repositories":["cpython"]}`), "push", other.CloneURL(), plain+":refs/heads/x"); err == nil || !strings.Contains(out, "remote: Repository not found.") {
		t.Errorf("another repository: %v: %s", err, out)
	}
	trial.WantProblem(t, srv, all, "PATCH /repos/python/cpython/git/refs/heads/3.14", `{"sha":"`+plain+`","force":true}`, "422 Protected branch update failed for refs/heads/3.14: Changes must be made through a pull request.")
}

// Rulesets and push protection decline in the very same words, and only what stands around them tells which: public threads show both
// (henne49/dbus-opendtu#235, palxiao/poster-design#140). Push protection blocks the whole push.
func TestRuleViolations(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	dir := shallow(t, repo, "main")
	commit, token := commitIn(t, dir, "main", "b", "b\n"), trial.AppToken(t, srv, "")
	push := func(branches ...string) string {
		t.Helper()
		args := []string{"push", repo.CloneURL()}
		for _, branch := range branches {
			args = append(args, commit+":refs/heads/"+branch)
		}
		out, _ := trial.TryGit(t, dir, token, args...)
		return strings.Join(lines(out), "\n")
	}
	declined := func(branch string) string {
		return "! [remote rejected] " + commit + " -> " + branch + " (push declined due to repository rule violations)"
	}
	repo.Ruleset("3.*", "Changes must be made through a pull request.")
	ruled := push("3.14", "one")
	for _, want := range []string{"remote: error: GH013: Repository rule violations found for refs/heads/3.14.", "/python/cpython/rules?ref=refs%2Fheads%2F3.14",
		"remote: - Changes must be made through a pull request.", declined("3.14"), "* [new branch]      " + commit + " -> one"} {
		if !strings.Contains(ruled, want) {
			t.Errorf("the ruleset: no %q in\n%s", want, ruled)
		}
	}
	repo.PushProtection("back*")
	secret := push("back", "two")
	for _, want := range []string{"remote: error: GH013: Repository rule violations found for refs/heads/back.", "remote: - GITHUB PUSH PROTECTION", "remote:     - Push cannot contain secrets",
		declined("back"), declined("two")} {
		if !strings.Contains(secret, want) {
			t.Errorf("the secret: no %q in\n%s", want, secret)
		}
	}
	if out := push("two"); !strings.Contains(out, "-> two") || strings.Contains(out, "rejected") {
		t.Errorf("alone it is refused: %s", out)
	}
}

// An old server sends whole commits.
func TestNoFilter(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	missing := func() string {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "clone")
		trial.Git(t, ".", "", "clone", "-q", "--bare", "--filter=blob:none", repo.CloneURL(), dir)
		return trial.Git(t, dir, "", "rev-list", "--objects", "--all", "--missing=print")
	}
	if out := missing(); !strings.Contains(out, "?") {
		t.Errorf("nothing was left out: %s", out)
	}
	repo.NoFilter(true)
	if out := missing(); strings.Contains(out, "?") {
		t.Errorf("something was left out: %s", out)
	}
}

// A test sees requests before and after their work, and may cut the answer off.
func TestFaultFunctions(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	token := trial.AppToken(t, srv, "")
	dir := shallow(t, repo, "main")
	commit := commitIn(t, dir, "main", "b", "b\n")
	var seen []string
	note := func(what string, value func() any) func() {
		return func() { seen = append(seen, fmt.Sprint(what, " ", value())) }
	}
	ref := func() any { return repo.Ref("fix") == commit }
	comments := func() any { return len(trial.Must(repo.PR(number))(t).Comments) }
	fault := func(f ghtest.Fault) { t.Helper(); trial.OK(t, srv.Fault(f)) }
	fault(ghtest.Fault{Method: "POST", Path: `/git-receive-pack$`, Before: note("before push", ref), Then: note("after push", ref), DropAfter: true})
	if out, err := trial.TryGit(t, dir, token, "push", repo.CloneURL(), commit+":refs/heads/fix"); err == nil {
		t.Errorf("the push was answered: %s", out)
	}
	fault(ghtest.Fault{Method: "POST", Path: `/comments$`, Before: note("before comment", comments), Then: note("after comment", comments), Times: 2})
	path := fmt.Sprintf("POST /repos/python/cpython/issues/%d/comments", number)
	if out := trial.Send(t, srv, token, path, `{"body":"x"}`); out.Status != http.StatusCreated {
		t.Errorf("comment: %+v", out)
	}
	fault(ghtest.Fault{Path: `/git-upload-pack$`, Then: note("after fetch", ref)})
	trial.Git(t, dir, "", "fetch", "-q", repo.CloneURL(), "refs/heads/fix")
	fault(ghtest.Fault{Path: `/labels$`, Before: note("before failure", ref), Status: 502})
	if out := trial.Send(t, srv, token, "GET /repos/python/cpython/labels", ""); out.Status != 502 {
		t.Errorf("labels: %+v", out)
	}
	want := []string{"before push false", "after push true", "before comment 0", "after comment 1", "after fetch true", "before failure true"}
	if d := cmp.Diff(want, seen); d != "" {
		t.Errorf("seen (-want +got):\n%s", d)
	}
}

// A renamed repository is found by its old address, a deleted one by none.
func TestRenameAndDelete(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	token := trial.AppToken(t, srv, "")
	dir := shallow(t, repo, "main")
	commit := commitIn(t, dir, "main", "b", "b\n")
	old := repo.CloneURL()
	trial.DropWaiting(srv)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	trial.OK(t, repo.Rename("snake"))
	out := trial.Send(t, srv, token, fmt.Sprintf("GET /api/v3/repos/python/cpython/pulls/%d?x=1", number), "")
	if want := fmt.Sprintf("%srepositories/%d/pulls/%d?x=1", srv.APIURL(), repo.ID(), number); out.Status != 301 || out.Header.Get("Location") != want || trial.At(out.Body, "url") != want || trial.At(out.Body, "message") != "Moved Permanently" {
		t.Errorf("moved: %+v", out)
	}
	if out := trial.Send(t, srv, token, "POST /repos/python/cpython/labels", `{}`); out.Status != 307 || out.Header.Get("Location") != fmt.Sprintf("%s/repositories/%d/labels", srv.URL, repo.ID()) {
		t.Errorf("moved: %+v", out)
	}
	if out := trial.Send(t, srv, token, fmt.Sprintf("GET /repositories/%d/pulls/%d", repo.ID(), number), ""); out.Status != 200 || trial.At(out.Body, "base", "repo", "full_name") != "python/snake" {
		t.Errorf("by number: %+v", out)
	}
	named := func(args string) any {
		t.Helper()
		return trial.At(trial.GraphQL(t, srv, token, `{repository(owner:"python",name:"cpython"`+args+`){nameWithOwner}}`, nil), "data", "repository", "nameWithOwner")
	}
	if got, strict := named(""), named(",followRenames:false"); got != "python/snake" || strict != nil {
		t.Errorf("by the old name: %v, strictly %v", got, strict)
	}
	if got := trial.Git(t, dir, "", "ls-remote", old, "refs/heads/main"); !strings.HasPrefix(got, "warning: redirecting to "+repo.CloneURL()) || !strings.Contains(got, repo.Ref("main")) {
		t.Errorf("by git: %s", got)
	}
	if out, err := trial.TryGit(t, dir, token, "-c", "http.followRedirects=false", "push", old, commit+":refs/heads/fix"); err == nil {
		t.Errorf("a redirect was followed: %s", out)
	}
	trial.Git(t, dir, token, "push", "-q", old, commit+":refs/heads/fix")
	trial.Repo(t, srv, "python/cpython") // takes the address
	if got := named(""); got != "python/cpython" {
		t.Errorf("the new one is %v", got)
	}
	trial.OK(t, repo.Delete())
	trial.WantProblem(t, srv, token, "GET /repos/python/snake", "", "404 Not Found")
	trial.WantProblem(t, srv, token, fmt.Sprintf("GET /repositories/%d", repo.ID()), "", "404 Not Found")
	if out, err := trial.TryGit(t, dir, token, "ls-remote", repo.CloneURL()); err == nil || !strings.Contains(out, "remote: Repository not found.") {
		t.Errorf("deleted: %v: %s", err, out)
	}
	trial.Flush(t, srv)
	if got := strings.Join(rec.Events, " "); got != "repository.renamed push repository.deleted" {
		t.Errorf("events are %s", got)
	}
	for name, err := range map[string]error{"deleted": repo.Delete(), "renamed": repo.Rename("x"), "taken": trial.Repo(t, srv, "python/x").Rename("cpython")} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
