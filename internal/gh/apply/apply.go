package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Apply makes one write to the pull request or issue. Installation 0 is looked up. After a
// Temporary, GitHub may have written or not: the next load shows which.
func (w *Writer) Apply(ctx context.Context, installation int64, key pull.Key, action pull.Action) error {
	return w.ApplyAll(ctx, installation, key, []pull.Action{action})[0]
}

// ApplyAll makes the writes of one of the Batches, and returns an error for each, nil for
// those that are done.
func (w *Writer) ApplyAll(ctx context.Context, installation int64, key pull.Key, actions []pull.Action) []error {
	if slices.ContainsFunc(actions, func(action pull.Action) bool { return action.Kind() == pull.React{}.Kind() }) {
		w.reacted(key)
	}
	var faults []error
	var limited *gh.Limited
	for some := range slices.Chunk(actions, w.perRequest()) {
		if errors.As(errors.Join(faults...), &limited) { // the order stays
			faults = append(faults, slices.Repeat([]error{limited}, len(some))...)
			continue
		}
		faults = append(faults, w.apply(gh.Writing(ctx, key), installation, key, some)...)
	}
	for i, err := range faults {
		if err != nil {
			w.app.Forget(key, err)
			faults[i] = fmt.Errorf("applying to %s: %s: %w", key, actions[i], err)
		}
	}
	return faults
}

// perRequest is how many writes one request may hold, so that a turn is never far.
func (w *Writer) perRequest() int {
	most := mutationsPerRequest
	if limit := w.app.WritesPerMinute(); limit > 0 {
		most = min(limit/10, most)
	}
	return max(most, 1)
}

func (w *Writer) apply(ctx context.Context, installation int64, key pull.Key, actions []pull.Action) []error {
	t, err := w.target(ctx, key, installation)
	if err == nil && len(actions) > 0 && Together(actions[0]) {
		return t.lighter(ctx, actions)
	}
	faults := make([]error, len(actions))
	for i, action := range actions {
		if faults[i] = err; err == nil {
			faults[i] = t.apply(ctx, action)
		}
	}
	return faults
}

func (t *target) apply(ctx context.Context, action pull.Action) error {
	switch action := action.(type) {
	case pull.SetStatus:
		return t.setStatus(ctx, action)
	case pull.SetCheck:
		return t.setCheck(ctx, action)
	case pull.RestoreBranch:
		return t.restoreBranch(ctx, action)
	case pull.DeleteBranch:
		return t.deleteBranch(ctx, action)
	case pull.Reopen:
		return t.reopen(ctx)
	case pull.MergePull:
		return t.merge(ctx, action)
	case pull.CancelMerge:
		return t.cancelMerge(ctx)
	}
	return gh.Rejectf("no way is known to apply %T", action)
}

func (t *target) setStatus(ctx context.Context, s pull.SetStatus) error {
	if !gh.IsCommit(s.SHA) {
		return gh.Rejectf("%q isn't a commit ID", s.SHA)
	}
	status := &github.RepoStatus{State: github.String(string(s.State)), Context: &s.Context, Description: &s.Description}
	if s.URL != "" {
		status.TargetURL = &s.URL
	}
	_, _, err := t.REST.Repositories.CreateStatus(ctx, t.About.Owner, t.About.Repo, s.SHA, status)
	return gh.Settle(err)
}

func (t *target) reopen(ctx context.Context) error {
	_, _, err := t.REST.PullRequests.Edit(ctx, t.About.Owner, t.About.Repo, t.About.Number, &github.PullRequest{State: github.String("open")})
	return gh.Settle(err)
}

// requestReview requests a review by login, for an account whose ID isn't known. It
// returns Rejected if the account can't review here.
func (t *target) requestReview(ctx context.Context, login string) error {
	_, _, err := t.REST.PullRequests.RequestReviewers(ctx, t.About.Owner, t.About.Repo, t.About.Number,
		github.ReviewersRequest{Reviewers: []string{login}})
	return gh.Settle(err)
}

// assign assigns by login an account whose ID isn't known. GitHub silently ignores
// accounts that can't be assigned.
func (t *target) assign(ctx context.Context, login string) error {
	_, _, err := t.REST.Issues.AddAssignees(ctx, t.About.Owner, t.About.Repo, t.About.Number, []string{login})
	return gh.Settle(err)
}
