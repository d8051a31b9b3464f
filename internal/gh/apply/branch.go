package apply

import (
	"context"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// restoreBranch makes the branch anew. One that is there is left as it is: at
// the same commit there is nothing to do, at another it is somebody's work.
func (t *target) restoreBranch(ctx context.Context, b pull.RestoreBranch) error {
	if err := refuse(b.Branch, b.SHA); err != nil {
		return err
	}
	ref := "refs/heads/" + b.Branch
	_, _, err := t.REST.Git.CreateRef(ctx, t.About.Owner, t.About.Repo, &github.Reference{Ref: &ref, Object: &github.GitObject{SHA: &b.SHA}})
	if refusedFor(err, "already exists") {
		return nil
	}
	return gh.Settle(err)
}

// deleteBranch deletes the branch where it is still at the commit that was
// looked at. The REST API has no way to make that a condition of the deletion:
// a push in the moment between the two requests goes with the branch, and is
// then found in the pull request alone.
func (t *target) deleteBranch(ctx context.Context, b pull.DeleteBranch) error {
	if err := refuse(b.Branch, b.SHA); err != nil {
		return err
	}
	ref := "heads/" + b.Branch
	found, _, err := t.REST.Git.GetRef(ctx, t.About.Owner, t.About.Repo, ref)
	if err = gh.Settle(err); err != nil {
		return unlessGone(err, gh.GetRef)
	}
	if found.GetObject().GetSHA() != b.SHA {
		return nil
	}
	_, err = t.REST.Git.DeleteRef(ctx, t.About.Owner, t.About.Repo, ref)
	if refusedFor(err, "does not exist") {
		return nil
	}
	return unlessGone(gh.Settle(err), gh.DeleteRef)
}

// refuse refuses what is no commit, and names of branches that git does not
// allow and that would lead to another path of the API.
func refuse(branch, sha string) error {
	odd := slices.ContainsFunc(strings.Split(branch, "/"), func(part string) bool { return part == "" || strings.HasPrefix(part, ".") })
	switch {
	case odd:
		return gh.Rejectf("%q isn't a valid branch name", branch)
	case !gh.IsCommit(sha):
		return gh.Rejectf("%q isn't a commit ID", sha)
	}
	return nil
}
