package gh

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Limits of a check run ("Create a check run").
const (
	annotationsPerRequest = 50
	maxAnnotationTitle    = 255   // characters
	maxAnnotationMessage  = 64000 // bytes, of 64 KB
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
		return r.changes(ctx, actions)
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
	case pull.EditNote:
		return r.editNote(ctx, action)
	case pull.RestoreBranch:
		return r.restoreBranch(ctx, action)
	case pull.DeleteBranch:
		return r.deleteBranch(ctx, action)
	case pull.Reopen:
		return r.reopen(ctx)
	case pull.RequestReview:
		return r.requestReview(ctx, action.Login)
	case pull.Assign:
		return r.assign(ctx, action.Login)
	case pull.MergePull:
		return r.merge(ctx, action)
	case pull.CancelMerge:
		return r.cancelMerge(ctx)
	}
	return &Rejected{Answer{Message: fmt.Sprintf("no way is known to apply %T", action)}}
}

func (r *repository) setStatus(ctx context.Context, s pull.SetStatus) error {
	if !commitID.MatchString(s.SHA) {
		return &Rejected{Answer{Message: fmt.Sprintf("%q is not the id of a commit", s.SHA)}}
	}
	status := &github.RepoStatus{State: github.String(string(s.State)), Context: &s.Context, Description: &s.Description}
	if s.URL != "" {
		status.TargetURL = &s.URL
	}
	_, _, err := r.client.Repositories.CreateStatus(ctx, r.key.Owner, r.key.Repo, s.SHA, status)
	return settle(err)
}

// setCheck writes the check run, 50 annotations at a time. The digest comes
// with the last of them: without it the next run writes all again.
func (r *repository) setCheck(ctx context.Context, s pull.SetCheck) error {
	if !commitID.MatchString(s.SHA) {
		return &Rejected{Answer{Message: fmt.Sprintf("%q is not the id of a commit", s.SHA)}}
	}
	parts := slices.Collect(slices.Chunk(annotations(s.Annotations), annotationsPerRequest))
	if len(parts) == 0 {
		parts = append(parts, nil)
	}
	var run *github.CheckRun
	for i, part := range parts {
		var digest *string
		if i == len(parts)-1 {
			digest = github.String(s.Digest())
		}
		output := &github.CheckRunOutput{Title: &s.Title, Summary: &s.Summary, Annotations: part}
		var err error
		if i == 0 {
			run, _, err = r.client.Checks.CreateCheckRun(ctx, r.key.Owner, r.key.Repo, github.CreateCheckRunOptions{
				Name: s.Name, HeadSHA: s.SHA, ExternalID: digest, Output: output,
				Status: github.String("completed"), Conclusion: github.String(string(s.Conclusion)),
			})
		} else {
			_, _, err = r.client.Checks.UpdateCheckRun(ctx, r.key.Owner, r.key.Repo, run.GetID(), github.UpdateCheckRunOptions{
				Name: s.Name, ExternalID: digest, Output: output,
			})
		}
		if err != nil {
			return settle(err)
		}
	}
	return nil
}

func annotations(all []pull.Annotation) []*github.CheckRunAnnotation {
	var out []*github.CheckRunAnnotation
	for _, a := range all {
		line := max(a.Line, 1)
		one := &github.CheckRunAnnotation{
			Path: &a.Path, StartLine: &line, EndLine: &line, AnnotationLevel: github.String(string(a.Level)),
			Title: github.String(cut(a.Title, maxAnnotationTitle)), Message: github.String(cut(a.Message, maxAnnotationMessage)),
		}
		if a.Column > 0 {
			one.StartColumn, one.EndColumn = &a.Column, &a.Column
		}
		out = append(out, one)
	}
	return out
}

// editNote replaces the text of a comment. If it is gone, the next plan knows.
func (r *repository) editNote(ctx context.Context, n pull.EditNote) error {
	body, err := mark(n.Note)
	if err != nil {
		return &Rejected{Answer{Message: err.Error()}}
	}
	_, _, err = r.client.Issues.EditComment(ctx, r.key.Owner, r.key.Repo, n.ID, &github.IssueComment{Body: &body})
	return unlessGone(settle(err), patchComment)
}

func (r *repository) reopen(ctx context.Context) error {
	_, _, err := r.client.PullRequests.Edit(ctx, r.key.Owner, r.key.Repo, r.key.Number, &github.PullRequest{State: github.String("open")})
	return settle(err)
}

// requestReview is Rejected for those who cannot review here.
func (r *repository) requestReview(ctx context.Context, login string) error {
	_, _, err := r.client.PullRequests.RequestReviewers(ctx, r.key.Owner, r.key.Repo, r.key.Number, github.ReviewersRequest{Reviewers: []string{login}})
	return settle(err)
}

// assign says nothing where GitHub passes over those who cannot be assigned.
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
