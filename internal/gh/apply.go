package gh

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Apply makes one write to the pull request or issue. Installation 0 is looked
// up. An answer that is lost (Temporary) leaves it open whether GitHub wrote: the
// next Load tells.
func (a *App) Apply(ctx context.Context, installation int64, key pull.Key, action pull.Action) error {
	return a.ApplyAll(ctx, installation, key, []pull.Action{action})[0]
}

// ApplyAll makes the writes of one of the Batches, and gives the error of each,
// nil where it is done.
func (a *App) ApplyAll(ctx context.Context, installation int64, key pull.Key, actions []pull.Action) []error {
	if slices.ContainsFunc(actions, func(action pull.Action) bool { return action.Kind() == pull.React{}.Kind() }) {
		a.pasts.answered(key)
	}
	var faults []error
	var limited *Limited
	for some := range slices.Chunk(actions, a.cfg.batch()) {
		if errors.As(errors.Join(faults...), &limited) { // the order stays
			faults = append(faults, slices.Repeat([]error{limited}, len(some))...)
			continue
		}
		faults = append(faults, a.apply(writing(ctx, key), installation, key, some)...)
	}
	for i, err := range faults {
		if err != nil {
			a.forget(key, err)
			faults[i] = fmt.Errorf("applying to %s: %s: %w", key, actions[i], err)
		}
	}
	return faults
}

func (a *App) apply(ctx context.Context, installation int64, key pull.Key, actions []pull.Action) []error {
	r, err := a.repository(ctx, key, installation)
	if err == nil && len(actions) > 0 && Together(actions[0]) {
		return r.lighter(ctx, actions)
	}
	faults := make([]error, len(actions))
	for i, action := range actions {
		if faults[i] = err; err == nil {
			faults[i] = r.apply(ctx, action)
		}
	}
	return faults
}

func (r *repository) apply(ctx context.Context, action pull.Action) error {
	switch action := action.(type) {
	case pull.SetStatus:
		return r.setStatus(ctx, action)
	case pull.SetCheck:
		return r.setCheck(ctx, action)
	case pull.RestoreBranch:
		return r.restoreBranch(ctx, action)
	case pull.DeleteBranch:
		return r.deleteBranch(ctx, action)
	case pull.Reopen:
		return r.reopen(ctx)
	case pull.MergePull:
		return r.merge(ctx, action)
	case pull.CancelMerge:
		return r.cancelMerge(ctx)
	}
	return &Rejected{Answer{Message: fmt.Sprintf("no way is known to apply %T", action)}}
}

func (r *repository) setStatus(ctx context.Context, s pull.SetStatus) error {
	if !commitID.MatchString(s.SHA) {
		return &Rejected{Answer{Message: fmt.Sprintf("%q isn't a commit ID", s.SHA)}}
	}
	status := &github.RepoStatus{State: github.String(string(s.State)), Context: &s.Context, Description: &s.Description}
	if s.URL != "" {
		status.TargetURL = &s.URL
	}
	_, _, err := r.client.Repositories.CreateStatus(ctx, r.key.Owner, r.key.Repo, s.SHA, status)
	return settle(err)
}

func (r *repository) reopen(ctx context.Context) error {
	_, _, err := r.client.PullRequests.Edit(ctx, r.key.Owner, r.key.Repo, r.key.Number, &github.PullRequest{State: github.String("open")})
	return settle(err)
}

// requestReview asks by login somebody whose id is not known. It is Rejected for
// those who cannot review here.
func (r *repository) requestReview(ctx context.Context, login string) error {
	_, _, err := r.client.PullRequests.RequestReviewers(ctx, r.key.Owner, r.key.Repo, r.key.Number, github.ReviewersRequest{Reviewers: []string{login}})
	return settle(err)
}

// assign assigns by login somebody whose id is not known. It says nothing where GitHub passes over those who cannot be assigned.
func (r *repository) assign(ctx context.Context, login string) error {
	_, _, err := r.client.Issues.AddAssignees(ctx, r.key.Owner, r.key.Repo, r.key.Number, []string{login})
	return settle(err)
}

// unlessGone lets pass that the very thing is not there.
func unlessGone(err error, endpoint string) error {
	if gone, ok := errors.AsType[*Gone](err); ok && gone.Endpoint == endpoint {
		return nil
	}
	return err
}

// cut shortens s to at most limit bytes, at a whole character.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xC0 == 0x80 {
		limit--
	}
	return s[:limit]
}
