package ghtest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// The sample repository has a target of each kind: a change of json goes onto 3.14, conflicts with 3.13, and 3.9 is a tag only.
func TestNewCPython(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	trial.OK(t, srv.Flush(context.Background())) // its making is not told: without a URL, what waits is an error
	if d := cmp.Diff([]string{"3.10", "3.11", "3.12", "3.13", "3.14", "3.15", "main"}, repo.Branches()); d != "" {
		t.Errorf("branches (-want +got):\n%s", d)
	}
	if repo.Ref("refs/tags/3.9") == "" || repo.Ref("refs/heads/3.9") != "" {
		t.Error("3.9 is not just a tag")
	}
	var needs []string
	for _, l := range repo.Labels() {
		if strings.HasPrefix(l.Name, "needs backport") {
			needs = append(needs, fmt.Sprint(l))
		}
	}
	want := []string{
		"{needs backport to 3.10 c2e0c6 only security fixes}", "{needs backport to 3.11 c2e0c6 only security fixes}", "{needs backport to 3.12 c2e0c6 only security fixes}",
		"{needs backport to 3.13 c2e0c6 bug and security fixes}", "{needs backport to 3.14 c2e0c6 bug and security fixes}", "{needs backport to 3.15 c2e0c6 bug and security fixes}",
	}
	if d := cmp.Diff(want, needs); d != "" {
		t.Errorf("labels (-want +got):\n%s", d)
	}
	for branch, version := range map[string]string{"main": "3.16.0a0", "3.15": "3.15.0", "3.10": "3.10.0", "refs/tags/3.9": "3.9.0"} {
		if got := string(trial.Must(repo.ReadFile(branch, "Include/patchlevel.h"))(t)); got != `#define PY_VERSION "`+version+"\"\n" {
			t.Errorf("%s is %s", branch, got)
		}
	}
	// The same change, as a pull request for each branch.
	text := strings.Replace(string(trial.Must(repo.ReadFile("main", "Lib/json/__init__.py"))(t)), "return encoder.encode(obj)", "return str(encoder.encode(obj))", 1)
	trial.Must(repo.Push("alice:json", ghtest.Commit{Files: map[string]ghtest.File{"Lib/json/__init__.py": ghtest.Text(text)}}))(t)
	dir := repo.Dir()
	for branch, conflicts := range map[string]bool{"3.15": false, "3.14": false, "3.13": true, "3.10": true} {
		onto := trial.Git(t, dir, "", "commit-tree", "-p", "main", "-m", "x", branch+"^{tree}")
		if _, err := trial.TryGit(t, dir, "", "merge-tree", "--write-tree", onto, repo.Ref("alice:json")); (err != nil) != conflicts {
			t.Errorf("picking onto %s: %v", branch, err)
		}
	}
}
