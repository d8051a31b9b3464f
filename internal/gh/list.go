package gh

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Repository is one that the App is installed on.
type Repository struct {
	Key          pull.Key // Number 0
	Installation int64
	Archived     bool // takes no writes
}

// Repositories lists all repositories of all installations that are not
// suspended. If some installations cannot be read, the others come together
// with the error.
func (a *App) Repositories(ctx context.Context) ([]Repository, error) {
	installations, err := pages(func(o *github.ListOptions) ([]*github.Installation, *github.Response, error) {
		return a.self.Apps.ListInstallations(ctx, o)
	})
	if err != nil {
		return nil, fmt.Errorf("listing the App's installations: %w", err)
	}
	var all []Repository
	var faults []error
	for _, i := range installations {
		if i.SuspendedAt != nil {
			continue
		}
		some, err := a.ofInstallation(ctx, i.GetID())
		all = append(all, some...)
		if _, gone := errors.AsType[*Gone](err); err != nil && !gone {
			faults = append(faults, fmt.Errorf("listing the repositories of %s: %w", i.GetAccount().GetLogin(), err))
		}
	}
	return all, errors.Join(faults...)
}

func (a *App) ofInstallation(ctx context.Context, id int64) ([]Repository, error) {
	found, err := pages(func(o *github.ListOptions) ([]*github.Repository, *github.Response, error) {
		page, resp, err := a.as(id).Apps.ListRepos(ctx, o)
		if err != nil {
			return nil, nil, err
		}
		return page.Repositories, resp, nil
	})
	var all []Repository
	for _, r := range found {
		key := pull.Key{Owner: r.GetOwner().GetLogin(), Repo: r.GetName()}
		if key.Validate() == nil {
			all = append(all, Repository{Key: key, Installation: id, Archived: r.GetArchived()})
		}
	}
	return all, err
}

// pages follows the Link header to the end.
func pages[T any](list func(*github.ListOptions) ([]T, *github.Response, error)) ([]T, error) {
	var all []T
	for o := (&github.ListOptions{PerPage: 100}); ; {
		some, resp, err := list(o)
		if err != nil {
			return all, settle(err)
		}
		all = append(all, some...)
		if resp.NextPage <= o.Page || len(some) == 0 {
			return all, nil
		}
		o.Page = resp.NextPage
	}
}

// Listed is an open pull request in a list.
type Listed struct {
	Key       pull.Key
	UpdatedAt time.Time
}

// PullRequests lists one page of the open pull requests of a repository,
// lately updated first, down to since (zero: all). Pages count from 1; next is
// 0 after the last. Whatever is updated between two pages moves to the front:
// so a page may repeat what an earlier one had, but what is left out was
// updated after the listing began.
func (a *App) PullRequests(ctx context.Context, repo Repository, since time.Time, page int) (found []Listed, next int, err error) {
	found, next, err = a.pullRequests(ctx, repo, since, page)
	if err != nil {
		a.forget(repo.Key, err)
		return nil, 0, fmt.Errorf("listing pull requests of %s: %w", repo.Key, err)
	}
	return found, next, nil
}

func (a *App) pullRequests(ctx context.Context, repo Repository, since time.Time, page int) ([]Listed, int, error) {
	r, err := a.repository(ctx, repo.Key, repo.Installation)
	if err != nil {
		return nil, 0, err
	}
	some, resp, err := r.client.PullRequests.List(ctx, r.key.Owner, r.key.Repo, &github.PullRequestListOptions{
		State: "open", Sort: "updated", Direction: "desc", ListOptions: github.ListOptions{Page: max(page, 1), PerPage: 100},
	})
	if err != nil {
		return nil, 0, settle(err)
	}
	var found []Listed
	for _, p := range some {
		if p.GetUpdatedAt().Before(since) {
			return found, 0, nil
		}
		found = append(found, Listed{pull.Key{Owner: r.key.Owner, Repo: r.key.Repo, Number: p.GetNumber()}, p.GetUpdatedAt().Time})
	}
	if resp.NextPage <= page {
		return found, 0, nil
	}
	return found, resp.NextPage, nil
}
