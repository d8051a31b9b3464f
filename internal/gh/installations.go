package gh

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// InstalledRepository is one that the App is installed on.
type InstalledRepository struct {
	Key          pull.Key // Number 0
	Installation int64
	Archived     bool // takes no writes
}

// Installation is the App on one account.
type Installation struct {
	ID        int64
	Account   string // its login
	Suspended bool   // GitHub takes nothing from it, and tells it nothing
}

// Installations lists all of the App, suspended ones too.
func (a *App) Installations(ctx context.Context) ([]Installation, error) {
	grants, err := a.Grants(ctx)
	if err != nil {
		return nil, err
	}
	var all []Installation
	for _, g := range grants {
		all = append(all, g.Installation)
	}
	return all, nil
}

// Repositories lists those of the installations. If some installations can't be
// read, the others come together with the error; one that is gone by now has none.
func (a *App) Repositories(ctx context.Context, of []Installation) ([]InstalledRepository, error) {
	var all []InstalledRepository
	var faults []error
	for _, i := range of {
		some, err := a.ofInstallation(ctx, i.ID)
		all = append(all, some...)
		if _, gone := errors.AsType[*Gone](err); err != nil && !gone {
			faults = append(faults, fmt.Errorf("listing the repositories of %s: %w", i.Account, err))
		}
	}
	return all, errors.Join(faults...)
}

func (a *App) ofInstallation(ctx context.Context, id int64) ([]InstalledRepository, error) {
	found, err := AllPages(func(o *github.ListOptions) ([]*github.Repository, *github.Response, error) {
		page, resp, err := a.as(id).Apps.ListRepos(ctx, o)
		if err != nil {
			return nil, nil, err
		}
		return page.Repositories, resp, nil
	})
	var all []InstalledRepository
	for _, r := range found {
		key := pull.Key{Owner: r.GetOwner().GetLogin(), Repo: r.GetName()}
		if key.Validate() == nil {
			all = append(all, InstalledRepository{Key: key, Installation: id, Archived: r.GetArchived()})
		}
	}
	return all, err
}

// AllPages follows the Link header to the end.
func AllPages[T any](list func(*github.ListOptions) ([]T, *github.Response, error)) ([]T, error) {
	var all []T
	for o := (&github.ListOptions{PerPage: 100}); ; {
		some, resp, err := list(o)
		if err != nil {
			return all, Settle(err)
		}
		all = append(all, some...)
		if resp.NextPage <= o.Page || len(some) == 0 {
			return all, nil
		}
		o.Page = resp.NextPage
	}
}
