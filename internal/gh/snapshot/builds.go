package snapshot

import (
	"context"
	"errors"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// BuildsQuery says which workflow's runs to list.
type BuildsQuery struct {
	Key              pull.Key
	Installation     int64 // 0: look it up
	Branch, Workflow string
}

// GitHub lists runs by the names of branches, those that forks' pull requests began too. So
// many strangers' can't hide a month's nights, within these pages of a hundred.
const (
	enoughBuilds = 30
	buildPages   = 10
)

// Builds lists a workflow's newest runs on a branch of the repository, the newest first. A
// workflow that doesn't exist, or that the App isn't allowed to see, has none.
func (l *Loader) Builds(ctx context.Context, q BuildsQuery) ([]pull.Build, error) {
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err != nil {
		return nil, err
	}
	return l.builds(ctx, c, q)
}

func (l *Loader) builds(ctx context.Context, c *gh.Client, q BuildsQuery) (all []pull.Build, err error) {
	options := github.ListWorkflowRunsOptions{Branch: q.Branch, ListOptions: github.ListOptions{PerPage: 100}}
	for range buildPages {
		found, response, err := c.REST.Actions.ListWorkflowRunsByFileName(ctx, q.Key.Owner, q.Key.Repo, q.Workflow, &options)
		err = said(err, "listing the runs of", q.Workflow)
		_, gone := errors.AsType[*gh.Gone](err)
		if _, denied := errors.AsType[*gh.Denied](err); denied || gone {
			c.Log().Warn().Err(err).Str("repository", q.Key.Repository().String()).Msg("cannot see the nightly builds: continuing without them")
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, r := range found.WorkflowRuns {
			if r.GetHeadRepository().GetID() == r.GetRepository().GetID() {
				all = append(all, build(r))
			}
		}
		if len(all) >= enoughBuilds || response.NextPage == 0 {
			break
		}
		options.Page = response.NextPage
	}
	return all, nil
}

func build(r *github.WorkflowRun) pull.Build {
	run, ran := checkRun("", r.GetStatus(), r.GetConclusion(), span{r.GetCreatedAt().Time, r.GetUpdatedAt().Time}, r.GetHTMLURL())
	return pull.Build{SHA: r.GetHeadSHA(), Began: r.GetCreatedAt().Time, Again: r.GetRunAttempt() > 1, Shows: ran, Run: run}
}
