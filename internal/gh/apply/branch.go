package apply

import (
	"context"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// restoreBranch creates the branch again. It leaves an existing one alone: that's either
// already right, or someone's work.
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

// deleteBranch deletes the branch if it's still at the given commit. The REST API has no
// conditional deletion, so a push between the two requests is deleted with the branch; its
// commits stay in the pull request.
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

// refuse refuses what isn't a commit, and branch names that git doesn't allow and that
// would lead to another path of the API.
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
