package apply

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

const maxTitle = 256 // characters of a pull request's title

// OpenPull opens a pull request in key's repository, or returns the one that's already
// open from the same branch into the same base. Installation 0 is looked up. After a
// Temporary, GitHub may have opened it or not: call again to find out.
func (w *Writer) OpenPull(ctx context.Context, installation int64, key pull.Key, o pull.OpenPull) (pull.Summary, error) {
	s, err := w.openPull(gh.Writing(ctx, key), installation, key, o)
	if err != nil {
		w.app.Forget(key, err)
		return pull.Summary{}, fmt.Errorf("opening a pull request in %s from %s into %s: %w", key.Repository(), o.Head, o.Base, err)
	}
	return s, nil
}

func (w *Writer) openPull(ctx context.Context, installation int64, key pull.Key, o pull.OpenPull) (pull.Summary, error) {
	t, err := w.target(ctx, key, installation)
	if err != nil {
		return pull.Summary{}, err
	}
	wanted := &github.NewPullRequest{
		Title: github.String(title(o.Title)), Body: github.String(gh.Shorten(o.Body, gh.MaxBody)), Head: &o.Head, Base: &o.Base, Draft: &o.Draft,
		MaintainerCanModify: github.Bool(true),
	}
	created, _, err := t.REST.PullRequests.Create(ctx, key.Owner, key.Repo, wanted)
	if refusedFor(err, "fork collab") { // maintainers cannot be let into the fork of another organisation
		wanted.MaintainerCanModify = github.Bool(false)
		created, _, err = t.REST.PullRequests.Create(ctx, key.Owner, key.Repo, wanted)
	}
	if refusedFor(err, "a pull request already exists") {
		return t.findPull(ctx, o)
	}
	if err != nil {
		return pull.Summary{}, gh.Settle(err)
	}
	if created.GetNumber() == 0 {
		return pull.Summary{}, &gh.Temporary{Answer: gh.Answer{Endpoint: gh.PostPull, Message: "the answer names no pull request"}}
	}
	s := summarized(created, "")
	s.Own = true
	return s, nil
}

// findPull finds the pull request that's already open.
func (t *target) findPull(ctx context.Context, o pull.OpenPull) (pull.Summary, error) {
	slug, err := t.app.Slug(ctx)
	if err != nil {
		return pull.Summary{}, err
	}
	head := o.Head
	if !strings.Contains(head, ":") {
		head = t.About.Owner + ":" + head
	}
	found, _, err := t.REST.PullRequests.List(ctx, t.About.Owner, t.About.Repo,
		&github.PullRequestListOptions{State: "all", Head: head, Base: o.Base})
	if err = gh.Settle(err); err != nil {
		return pull.Summary{}, err
	}
	for _, p := range found {
		if p.GetState() == "open" {
			return summarized(p, slug), nil
		}
	}
	return pull.Summary{}, &gh.Temporary{Answer: gh.Answer{Endpoint: gh.ListPulls,
		Message: "the pull request that is there already is not listed (yet)"}}
}

// title returns a title that GitHub accepts: one line, not too long.
func title(s string) string {
	s = strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(s))
	if runes := []rune(s); len(runes) > maxTitle {
		return strings.TrimSpace(string(runes[:maxTitle]))
	}
	return s
}

// summarized returns the summary of an open pull request from the REST API. slug is the
// App's.
func summarized(p *github.PullRequest, slug string) pull.Summary {
	s := pull.Summary{
		Number: p.GetNumber(), Title: p.GetTitle(), Body: p.GetBody(), State: pull.State(p.GetState()), Draft: p.GetDraft(),
		// no person's login has brackets
		Own: p.GetUser().GetLogin() == slug+"[bot]", Author: p.GetUser().GetLogin(), Association: p.GetAuthorAssociation(),
		Base: p.GetBase().GetRef(), Head: p.GetHead().GetSHA(), HeadBranch: p.GetHead().GetRef(),
		HeadOwner: p.GetHead().GetRepo().GetOwner().GetLogin(),
	}
	for _, l := range p.Labels {
		s.Labels = append(s.Labels, l.GetName())
	}
	return s
}
