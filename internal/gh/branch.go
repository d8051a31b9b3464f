package gh

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// restoreBranch makes the branch anew. One that is there is left as it is: at
// the same commit there is nothing to do, at another it is somebody's work.
func (r *repository) restoreBranch(ctx context.Context, b pull.RestoreBranch) error {
	if err := known(b.Branch, b.SHA); err != nil {
		return err
	}
	ref := "refs/heads/" + b.Branch
	_, _, err := r.client.Git.CreateRef(ctx, r.key.Owner, r.key.Repo, &github.Reference{Ref: &ref, Object: &github.GitObject{SHA: &b.SHA}})
	if refusedFor(err, "already exists") {
		return nil
	}
	return settle(err)
}

// deleteBranch deletes the branch where it is still at the commit that was
// looked at. The REST API has no way to make that a condition of the deletion:
// a push in the moment between the two requests goes with the branch, and is
// then found in the pull request alone.
func (r *repository) deleteBranch(ctx context.Context, b pull.DeleteBranch) error {
	if err := known(b.Branch, b.SHA); err != nil {
		return err
	}
	ref := "heads/" + b.Branch
	found, _, err := r.client.Git.GetRef(ctx, r.key.Owner, r.key.Repo, ref)
	if err = settle(err); err != nil {
		return unlessGone(err, getRef)
	}
	if found.GetObject().GetSHA() != b.SHA {
		return nil
	}
	_, err = r.client.Git.DeleteRef(ctx, r.key.Owner, r.key.Repo, ref)
	if refusedFor(err, "does not exist") {
		return nil
	}
	return unlessGone(settle(err), deleteRef)
}

// known refuses what is no commit, and names of branches that git does not
// allow and that would lead to another path of the API.
func known(branch, sha string) error {
	odd := slices.ContainsFunc(strings.Split(branch, "/"), func(part string) bool { return part == "" || strings.HasPrefix(part, ".") })
	switch {
	case odd:
		return &Rejected{Answer{Message: fmt.Sprintf("%q is not the name of a branch", branch)}}
	case !commitID.MatchString(sha):
		return &Rejected{Answer{Message: fmt.Sprintf("%q isn't a commit ID", sha)}}
	}
	return nil
}
