package gh

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/go-github/v60/github"
)

// Registration is the App as its owner has set it up.
type Registration struct {
	ID           int64
	Slug         string
	Owner        string // login of the account that owns it
	Organization bool   // the owner is one
	Permissions  map[string]string
	Events       []string
}

// Registration asks GitHub for the App ("Get the authenticated app").
func (a *App) Registration(ctx context.Context) (Registration, error) {
	var found struct {
		ID          int64             `json:"id"`
		Slug        string            `json:"slug"`
		Owner       account           `json:"owner"`
		Permissions map[string]string `json:"permissions"`
		Events      []string          `json:"events"`
	}
	if err := a.ask(ctx, "app", &found); err != nil {
		return Registration{}, fmt.Errorf("asking GitHub for the App: %w", err)
	}
	if found.ID != a.cfg.AppID {
		return Registration{}, &Temporary{Answer{Endpoint: getApp, Message: fmt.Sprintf("the answer is about App %d", found.ID)}}
	}
	a.Introduce(found.Slug)
	return Registration{found.ID, found.Slug, found.Owner.Login, found.Owner.organization(), found.Permissions, found.Events}, nil
}

// account owns something.
type account struct {
	Login string `json:"login"`
	Type  string `json:"type"` // User or Organization
}

func (a account) organization() bool { return a.Type == "Organization" }

// Grant is what an installation allows the App. It may be less than the App requests,
// until an owner accepts that.
type Grant struct {
	Installation
	Organization bool
	Permissions  map[string]string
	Events       []string
}

// Grants lists those of all installations, including suspended ones.
func (a *App) Grants(ctx context.Context) ([]Grant, error) {
	type item struct {
		ID          int64             `json:"id"`
		Account     account           `json:"account"`
		Suspended   *time.Time        `json:"suspended_at"`
		Permissions map[string]string `json:"permissions"`
		Events      []string          `json:"events"`
	}
	found, err := AllPages(func(o *github.ListOptions) (page []item, resp *github.Response, err error) {
		resp, err = a.page(ctx, fmt.Sprintf("app/installations?per_page=%d&page=%d", o.PerPage, max(o.Page, 1)), &page)
		return page, resp, err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the App's installations: %w", err)
	}
	var all []Grant
	for _, i := range found {
		all = append(all, Grant{Installation{i.ID, i.Account.Login, i.Suspended != nil}, i.Account.organization(), i.Permissions, i.Events})
	}
	return all, nil
}

// InstallRequest is a request to install the App by someone who isn't allowed to: an owner
// of the account must approve it.
type InstallRequest struct {
	Account, Requester string // logins
	At                 time.Time
}

// InstallRequests lists those that no one has approved yet, at most a hundred ("List
// installation requests for the authenticated app").
func (a *App) InstallRequests(ctx context.Context) ([]InstallRequest, error) {
	var found []struct {
		Account   account   `json:"account"`
		Requester account   `json:"requester"`
		CreatedAt time.Time `json:"created_at"`
	}
	if err := a.ask(ctx, "app/installation-requests?per_page=100", &found); err != nil {
		return nil, fmt.Errorf("listing requests to install the App: %w", err)
	}
	var all []InstallRequest
	for _, r := range found {
		all = append(all, InstallRequest{r.Account.Login, r.Requester.Login, r.CreatedAt})
	}
	return all, nil
}

// Hook is the App's webhook. GitHub doesn't show its secret.
type Hook struct {
	URL         string // "": there is none
	ContentType string // "json" or "form"
	HasSecret   bool
	Insecure    bool // GitHub doesn't check the certificate
}

// Hook returns the webhook's configuration ("Get a webhook configuration for an app").
func (a *App) Hook(ctx context.Context) (Hook, error) {
	var found hookConfig
	if err := a.ask(ctx, hookPath, &found); err != nil {
		return Hook{}, fmt.Errorf("asking GitHub for the App's webhook: %w", err)
	}
	return Hook{found.URL, found.ContentType, found.Secret != "", fmt.Sprint(found.Insecure) == "1"}, nil
}

const hookPath = "app/hook/config"

type hookConfig struct {
	URL         string `json:"url,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Secret      string `json:"secret,omitempty"`       // asterisks in answers
	Insecure    any    `json:"insecure_ssl,omitempty"` // a string or a number
}

// SetHook changes where GitHub sends webhooks, and the secret that signs them ("Update
// a webhook configuration for an app").
func (a *App) SetHook(ctx context.Context, url, secret string) error {
	req, err := a.self.NewRequest(http.MethodPatch, hookPath, hookConfig{url, "json", secret, "0"})
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	if _, err := a.self.Do(ctx, req, nil); err != nil {
		return fmt.Errorf("setting the App's webhook: %w", Settle(err))
	}
	return nil
}

// Rate is what is left of a limit.
type Rate struct {
	Resource         string // "core" or "graphql"
	Limit, Remaining int
	Reset            time.Time
}

// Rates returns what an installation may still use this hour. It costs nothing ("Get rate
// limit status for the authenticated user").
func (a *App) Rates(ctx context.Context, installation int64) ([]Rate, error) {
	var found struct {
		Resources map[string]struct {
			Limit, Remaining int
			Reset            int64
		}
	}
	req, err := a.self.NewRequest(http.MethodGet, "rate_limit", nil)
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	if _, err := a.as(installation).Do(ctx, req, &found); err != nil {
		return nil, fmt.Errorf("asking for the rate limit: %w", Settle(err))
	}
	var all []Rate
	for _, name := range []string{"core", "graphql"} {
		if r, there := found.Resources[name]; there {
			all = append(all, Rate{name, r.Limit, r.Remaining, time.Unix(r.Reset, 0)})
		}
	}
	return all, nil
}

// Clock is GitHub's time, from the Date of an answer without authentication.
func (a *App) Clock(ctx context.Context) (time.Time, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.api.String()+"rate_limit", nil)
	if err != nil {
		return time.Time{}, fmt.Errorf("writing the request: %w", err)
	}
	req.Header.Set("User-Agent", a.cfg.UserAgent)
	resp, err := a.cfg.Transport.RoundTrip(req)
	if err != nil {
		return time.Time{}, fmt.Errorf("asking GitHub for the time: %w", errors.New(Tidy(err.Error())))
	}
	defer resp.Body.Close()
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}, fmt.Errorf("asking GitHub for the time: the answer %d has no date", resp.StatusCode)
	}
	return date, nil
}

// ask sends a GET as the App.
func (a *App) ask(ctx context.Context, path string, into any) error {
	_, err := a.page(ctx, path, into)
	return Settle(err)
}

func (a *App) page(ctx context.Context, path string, into any) (*github.Response, error) {
	req, err := a.self.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	return a.self.Do(ctx, req, into)
}
