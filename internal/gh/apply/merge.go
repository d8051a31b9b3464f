package apply

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// merge squashes the pull request now, or has GitHub do so later.
func (t *target) merge(ctx context.Context, m pull.MergePull) error {
	if !gh.IsCommit(m.SHA) {
		return gh.Rejectf("%q isn't a commit ID", m.SHA)
	}
	if m.Auto {
		return t.autoMerge(ctx, m)
	}
	_, _, err := t.REST.PullRequests.Merge(ctx, t.About.Owner, t.About.Repo, t.About.Number, m.Body, &github.PullRequestOptions{
		CommitTitle: m.Title, SHA: m.SHA, MergeMethod: "squash", DontDefaultIfBlank: true,
	})
	err = gh.Settle(err)
	if refused, ok := errors.AsType[*gh.Rejected](err); ok {
		return t.mergedAlready(ctx, refused)
	}
	return err
}

// mergedAlready finds out whether GitHub refused because the pull request is merged: an
// earlier answer got lost, and the snapshot is older. What follows from the merge must
// still happen.
func (t *target) mergedAlready(ctx context.Context, refused *gh.Rejected) error {
	p, _, err := t.REST.PullRequests.Get(ctx, t.About.Owner, t.About.Repo, t.About.Number)
	switch {
	case err != nil:
		return gh.Settle(err)
	case p.GetMerged():
		return &gh.Temporary{Answer: gh.Answer{Message: "it is merged already, which GitHub didn't show"}}
	}
	return refused
}

// noAutoMerge is GitHub's answer if a repository, its plan or a branch has no auto-merge,
// if the pull request has a conflict, and if it could be merged by hand though not
// everything is green. The bot can only wait.
var noAutoMerge = []string{
	"auto merge is not allowed", "auto-merge is not allowed", "can't enable auto-merge for this pull request",
	"protected branch rules not configured", "in unstable status", "in dirty status",
}

// autoMerge has GitHub merge once its conditions are met. If they're met already, GitHub
// refuses, and autoMerge merges at once.
func (t *target) autoMerge(ctx context.Context, m pull.MergePull) error {
	id, err := t.nodeID(ctx)
	if err != nil {
		return err
	}
	err = t.mutation(ctx, change{name: "enablePullRequestAutoMerge", permission: writesContents, input: map[string]any{
		"pullRequestId": id, "mergeMethod": "SQUASH", "commitHeadline": m.Title, "commitBody": m.Body, "expectedHeadOid": m.SHA,
	}})
	refused, ok := errors.AsType[*gh.Rejected](err)
	if !ok {
		return err
	}
	said := strings.ToLower(refused.Message)
	switch {
	case strings.Contains(said, "in clean status"):
		m.Auto = false
		return t.merge(ctx, m)
	case slices.ContainsFunc(noAutoMerge, func(text string) bool { return strings.Contains(said, text) }):
		t.Log().Info().Stringer("pr", t.About).Str("cause", refused.Error()).Msg("auto-merge isn't available: merging once everything is green")
		return nil
	}
	return err
}

func (t *target) cancelMerge(ctx context.Context) error {
	id, err := t.nodeID(ctx)
	if err != nil {
		return err
	}
	return t.mutation(ctx, change{name: "disablePullRequestAutoMerge", permission: writesContents, input: map[string]any{"pullRequestId": id}})
}

// nodeID returns the pull request's ID for mutations.
func (t *target) nodeID(ctx context.Context) (string, error) {
	if err := t.identify(ctx, identities{}); err != nil {
		return "", err
	}
	subject, _ := t.IDs.Subject(t.About)
	return subject.ID, nil
}
