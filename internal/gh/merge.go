package gh

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// merge squashes the pull request now, or has GitHub do so later.
func (r *repository) merge(ctx context.Context, m pull.MergePull) error {
	if !commitID.MatchString(m.SHA) {
		return &Rejected{Answer{Message: fmt.Sprintf("%q isn't a commit ID", m.SHA)}}
	}
	if m.Auto {
		return r.autoMerge(ctx, m)
	}
	_, _, err := r.client.PullRequests.Merge(ctx, r.key.Owner, r.key.Repo, r.key.Number, m.Body, &github.PullRequestOptions{
		CommitTitle: m.Title, SHA: m.SHA, MergeMethod: "squash", DontDefaultIfBlank: true,
	})
	err = settle(err)
	if refused, ok := errors.AsType[*Rejected](err); ok {
		return r.mergedAlready(ctx, refused)
	}
	return err
}

// mergedAlready tells a refusal because the pull request is merged from others: an
// answer was lost, and the snapshot was an older one. What follows from the merge
// must not be given up with it.
func (r *repository) mergedAlready(ctx context.Context, refused *Rejected) error {
	p, _, err := r.client.PullRequests.Get(ctx, r.key.Owner, r.key.Repo, r.key.Number)
	switch {
	case err != nil:
		return settle(err)
	case p.GetMerged():
		return &Temporary{Answer{Message: "it is merged already, which GitHub didn't show"}}
	}
	return refused
}

// noAutoMerge is what GitHub says where a repository, its plan or a branch has no
// auto-merge, and where the pull request could be merged by hand although not
// all is green. There is nothing to do but wait.
var noAutoMerge = []string{
	"auto merge is not allowed", "auto-merge is not allowed", "can't enable auto-merge for this pull request",
	"protected branch rules not configured", "in unstable status",
}

// autoMerge has GitHub merge when the conditions are met. If they are by now,
// GitHub refuses, and it is merged at once.
func (r *repository) autoMerge(ctx context.Context, m pull.MergePull) error {
	id, err := r.nodeID(ctx)
	if err != nil {
		return err
	}
	err = r.mutate(ctx, "enablePullRequestAutoMerge", map[string]any{
		"pullRequestId": id, "mergeMethod": "SQUASH", "commitHeadline": m.Title, "commitBody": m.Body, "expectedHeadOid": m.SHA,
	})
	refused, ok := errors.AsType[*Rejected](err)
	if !ok {
		return err
	}
	said := strings.ToLower(refused.Message)
	switch {
	case strings.Contains(said, "in clean status"):
		m.Auto = false
		return r.merge(ctx, m)
	case slices.ContainsFunc(noAutoMerge, func(text string) bool { return strings.Contains(said, text) }):
		r.app.cfg.Log.Info().Stringer("pr", r.key).Str("cause", refused.Error()).Msg("no auto-merge here: merging when all is green")
		return nil
	}
	return err
}

func (r *repository) cancelMerge(ctx context.Context) error {
	id, err := r.nodeID(ctx)
	if err != nil {
		return err
	}
	return r.mutate(ctx, "disablePullRequestAutoMerge", map[string]any{"pullRequestId": id})
}

// nodeID is what mutations call the pull request.
func (r *repository) nodeID(ctx context.Context) (string, error) {
	if err := r.identify(ctx, identities{}); err != nil {
		return "", err
	}
	subject, _ := r.app.ids.subjects.Get(r.key)
	return subject.id, nil
}
