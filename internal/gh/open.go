package gh

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

const maxTitle = 256 // characters of a pull request's title

// OpenPull opens a pull request in the repository of key. One that is there
// already, from the same branch into the same base, is as good. Installation 0
// is looked up. An answer that is lost (Temporary) leaves it open whether
// GitHub did it: the same call finds out.
func (a *App) OpenPull(ctx context.Context, installation int64, key pull.Key, o pull.OpenPull) (pull.Summary, error) {
	s, err := a.openPull(writing(ctx, key), installation, key, o)
	if err != nil {
		a.forget(key, err)
		return pull.Summary{}, fmt.Errorf("opening a pull request in %s from %s into %s: %w", key.Repository(), o.Head, o.Base, err)
	}
	return s, nil
}

func (a *App) openPull(ctx context.Context, installation int64, key pull.Key, o pull.OpenPull) (pull.Summary, error) {
	r, err := a.repository(ctx, key, installation)
	if err != nil {
		return pull.Summary{}, err
	}
	wanted := &github.NewPullRequest{
		Title: github.String(title(o.Title)), Body: github.String(cut(o.Body, maxBodyText)), Head: &o.Head, Base: &o.Base, Draft: &o.Draft,
		MaintainerCanModify: github.Bool(true),
	}
	created, _, err := r.client.PullRequests.Create(ctx, key.Owner, key.Repo, wanted)
	if refusedFor(err, "fork collab") { // maintainers cannot be let into the fork of another organisation
		wanted.MaintainerCanModify = github.Bool(false)
		created, _, err = r.client.PullRequests.Create(ctx, key.Owner, key.Repo, wanted)
	}
	if refusedFor(err, "a pull request already exists") {
		return r.findPull(ctx, o)
	}
	if err != nil {
		return pull.Summary{}, settle(err)
	}
	if created.GetNumber() == 0 {
		return pull.Summary{}, &Temporary{Answer{Endpoint: postPull, Message: "the answer names no pull request"}}
	}
	s := summarized(created, "")
	s.Own = true
	return s, nil
}

// refusedFor tells whether GitHub refused for a reason, in words of its own.
func refusedFor(err error, words string) bool {
	refused, ok := errors.AsType[*Rejected](err)
	return ok && strings.Contains(strings.ToLower(refused.Message), words)
}

// findPull finds the pull request that is there already: the open one.
func (r *repository) findPull(ctx context.Context, o pull.OpenPull) (pull.Summary, error) {
	slug, err := r.app.slug(ctx)
	if err != nil {
		return pull.Summary{}, err
	}
	head := o.Head
	if !strings.Contains(head, ":") {
		head = r.key.Owner + ":" + head
	}
	found, _, err := r.client.PullRequests.List(ctx, r.key.Owner, r.key.Repo, &github.PullRequestListOptions{State: "all", Head: head, Base: o.Base})
	if err = settle(err); err != nil {
		return pull.Summary{}, err
	}
	for _, p := range found {
		if p.GetState() == "open" {
			return summarized(p, slug), nil
		}
	}
	return pull.Summary{}, &Temporary{Answer{Endpoint: listPulls, Message: "the pull request that is there already is not listed (yet)"}}
}

// title makes a title that GitHub takes: one line, not too long.
func title(s string) string {
	s = strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s))
	if runes := []rune(s); len(runes) > maxTitle {
		return strings.TrimSpace(string(runes[:maxTitle]))
	}
	return s
}
