package rest_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// "Create a tree" and "Create a commit" make what a push would: files of every mode on top of another tree, and a commit with the dates
// that its author chooses.
func TestObjectsByTheAPI(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	trial.Must(repo.Push("main", ghtest.Commit{Files: map[string]ghtest.File{"gone": ghtest.Text("x"), "stays": ghtest.Text("y")}}))(t)
	ctx, gh := context.Background(), trial.Client(t, srv, "python")
	blob, _, err := gh.Git.CreateBlob(ctx, "python", "cpython", &github.Blob{Content: github.String("AAE="), Encoding: github.String("base64")})
	trial.OK(t, err)
	tree, _, err := gh.Git.CreateTree(ctx, "python", "cpython", repo.Ref("main"), []*github.TreeEntry{
		{Path: github.String("gone"), Mode: github.String("100644"), Type: github.String("blob")}, // no SHA: deleted
		{Path: github.String("dir/run"), Mode: github.String("100755"), Type: github.String("blob"), SHA: blob.SHA},
		{Path: github.String("text"), Mode: github.String("100644"), Type: github.String("blob"), Content: github.String("é")},
	})
	trial.OK(t, err)
	when := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	who := &github.CommitAuthor{Name: github.String("Élodie"), Email: github.String("e@example.com"), Date: &github.Timestamp{Time: when}}
	made, _, err := gh.Git.CreateCommit(ctx, "python", "cpython", &github.Commit{
		Message: github.String("All of it"), Tree: tree, Parents: []*github.Commit{{SHA: github.String(repo.Ref("main"))}}, Author: who, Committer: who,
	}, nil)
	trial.OK(t, err)
	_, _, err = gh.Git.CreateRef(ctx, "python", "cpython", &github.Reference{Ref: github.String("refs/heads/new"), Object: &github.GitObject{SHA: made.SHA}})
	trial.OK(t, err)
	got := map[string]string{}
	for _, path := range []string{"gone", "stays", "dir/run", "text"} {
		data, err := repo.ReadFile("new", path)
		if err == nil {
			got[path] = string(data)
		}
	}
	if d := cmp.Diff(map[string]string{"stays": "y", "dir/run": "\x00\x01", "text": "é"}, got); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	commit, _, err := gh.Repositories.GetCommit(ctx, "python", "cpython", made.GetSHA(), nil)
	trial.OK(t, err)
	if c := commit.GetCommit().GetCommitter(); c.GetName() != "Élodie" || !c.GetDate().Time.Equal(when) {
		t.Errorf("committer %v", c)
	}
	token := srv.UserToken("alice")
	for body, want := range map[string]string{
		`{"message":"m","tree":"` + made.GetSHA() + `"}`:                                     "422 Tree SHA does not exist",
		`{"message":"m","tree":"` + tree.GetSHA() + `","parents":["` + tree.GetSHA() + `"]}`: "422 Parent SHA does not exist or is not a commit object",
	} {
		trial.WantProblem(t, srv, token, "POST /repos/python/cpython/git/commits", body, want)
	}
}
