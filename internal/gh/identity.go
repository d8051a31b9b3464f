package gh

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/google/go-github/v60/github"
)

// Verify asks GitHub who this App is, and returns its slug: its login without "[bot]".
// Unauthorized means that the number and the key don't match.
func (a *App) Verify(ctx context.Context) (slug string, err error) {
	app, _, err := a.self.Apps.Get(ctx, "")
	if err = Settle(err); err != nil {
		return "", fmt.Errorf("asking GitHub for the App: %w", err)
	}
	a.Introduce(app.GetSlug())
	return app.GetSlug(), nil
}

// Committer returns the name and address for the App's commits. It's the account's address
// on GitHub, so GitHub shows its picture.
func (a *App) Committer(ctx context.Context) (name, email string, err error) {
	me, err := a.account(ctx)
	if err != nil {
		return "", "", fmt.Errorf("asking GitHub for the App's account: %w", err)
	}
	name = me.slug + "[bot]"
	return name, fmt.Sprintf("%d+%s@users.noreply.github.com", me.id, name), nil
}

func (a *App) account(ctx context.Context) (identity, error) {
	slug, err := a.Slug(ctx)
	if err != nil {
		return identity{}, err
	}
	a.mu.Lock()
	me := a.me
	a.mu.Unlock()
	if me.id != 0 {
		return me, nil
	}
	installation, err := a.anywhere(ctx)
	if err != nil {
		return identity{}, err
	}
	user, _, err := a.as(installation).Users.Get(ctx, url.PathEscape(slug+"[bot]"))
	if err = Settle(err); err != nil {
		return identity{}, err
	}
	if user.GetID() == 0 {
		return identity{}, &Temporary{Answer{Endpoint: getUser, Message: "the answer names no account"}}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.me.id = user.GetID()
	return a.me, nil
}

// Slug is the App's login without "[bot]".
func (a *App) Slug(ctx context.Context) (string, error) {
	a.mu.Lock()
	slug := a.me.slug
	a.mu.Unlock()
	if slug != "" {
		return slug, nil
	}
	slug, err := a.Verify(ctx)
	if err != nil {
		return "", err
	}
	if slug == "" {
		return "", &Temporary{Answer{Endpoint: getApp, Message: "the answer names no App"}}
	}
	return slug, nil
}

// Introduce remembers the App's login from an answer.
func (a *App) Introduce(slug string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.me.slug = slug
}

// Login is the App's login, "concorde[bot]"; "" until GitHub has reported it.
func (a *App) Login() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.me.slug == "" {
		return ""
	}
	return a.me.slug + "[bot]"
}

// anywhere returns any usable installation: GitHub shows accounts to installations, but
// not to the App itself.
func (a *App) anywhere(ctx context.Context) (int64, error) {
	all, _, err := a.self.Apps.ListInstallations(ctx, &github.ListOptions{PerPage: 100})
	if err = Settle(err); err != nil {
		return 0, err
	}
	i := slices.IndexFunc(all, func(i *github.Installation) bool { return i.SuspendedAt == nil })
	if i < 0 {
		return 0, &Gone{Answer{Message: "the App is not installed anywhere"}}
	}
	return all[i].GetID(), nil
}
