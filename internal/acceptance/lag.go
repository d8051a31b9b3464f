package acceptance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// change is something that the run writes, how GraphQL shows it, and the webhook about it.
type change struct {
	what          string
	event, action string
	write         func() error
	seen          func(*pull.Request) bool

	since, shown time.Time // by GitHub's clock: before it was written, and when it showed
}

// lag makes one change after the other, and measures when each shows.
func (s *session) lag(ctx context.Context) (string, error) {
	m, err := s.newPull(ctx, "lag", files{"acceptance/lag.txt": {Content: "0\n"}})
	if err != nil {
		return "", err
	}
	changes, err := s.changesOf(ctx, m)
	if err != nil {
		return "", err
	}
	measured := fmt.Sprintf("the bot allows %s", gh.Lag)
	var raw said
	watched := watching(ctx, &raw)
	if _, err := s.load(watched, m.key); err != nil {
		return "", err
	}
	for i := range changes {
		c := &changes[i]
		c.since = raw.at
		if err := c.write(); err != nil {
			return "", err
		}
		took, err := s.shows(ctx, "a "+c.what, func() (bool, error) {
			r, err := s.load(watched, m.key)
			return err == nil && c.seen(r), err
		})
		if err != nil {
			return "", err
		}
		c.shown = raw.at
		measured += fmt.Sprintf("; %s %s", c.what, after(took))
	}
	s.changes = changes
	return measured, nil
}

// changesOf are those of a pull request: of its title, its body, its labels, its head and
// its comments.
func (s *session) changesOf(ctx context.Context, m made) ([]change, error) {
	label, title, body := labelPrefix+"lag "+s.names, "Acceptance: lag, with another title", "How long does this text take to show?"
	if _, err := s.newLabel(ctx, label); err != nil {
		return nil, err
	}
	sha, err := s.commit(ctx, draft{parent: m.head, message: "Go on", files: files{"acceptance/lag.txt": {Content: "1\n"}}})
	if err != nil {
		return nil, err
	}
	note := pull.Note{Key: "acceptance-lag", Body: "How long does this take to show?"}
	edit := func(field, to string) func() error {
		return func() error {
			return s.want(ctx, "PATCH", fmt.Sprintf("issues/%d", m.key.Number), map[string]string{field: to}, nil)
		}
	}
	return []change{
		{what: "title", event: "pull_request", action: "edited", write: edit("title", title),
			seen: func(r *pull.Request) bool { return r.Title == title }},
		{what: "body", event: "pull_request", action: "edited", write: edit("body", body),
			seen: func(r *pull.Request) bool { return r.Body == body }},
		{what: "label", event: "pull_request", action: "labeled",
			write: func() error { return s.apply(ctx, m.key, pull.AddLabel{Name: label, Existing: true}) },
			seen:  func(r *pull.Request) bool { return slices.Contains(r.Labels, label) }},
		{what: "comment", event: "issue_comment", action: "created",
			write: func() error { return s.apply(ctx, m.key, pull.AddNote{Note: note}) },
			seen:  func(r *pull.Request) bool { return r.Notes[note.Key].Digest == note.Digest() }},
		{what: "push", event: "pull_request", action: "synchronize", write: func() error { return s.moveBranch(ctx, m.branch, sha) },
			seen: func(r *pull.Request) bool { return r.Head == sha && len(r.Commits) == 2 }},
	}, nil
}

// deliveryLag finds the webhook of each change of the step lag: how much later did GraphQL
// show what it tells?
func (s *session) deliveryLag(ctx context.Context) (string, error) {
	if s.changes == nil {
		return "", &skip{"the step lag made no changes"}
	}
	if err := s.hears(ctx); err != nil {
		return "", err
	}
	came := make([]gh.HookDelivery, len(s.changes))
	_, err := s.within(ctx, patience{"a webhook about each change", deliveryTime, deliveryPause}, func() (bool, error) {
		all, err := s.deliveries(ctx, s.changes[0].since)
		if err != nil {
			return false, err
		}
		slices.Reverse(all)
		return match(s.changes, all, came), nil
	})
	var none *difference
	if errors.As(err, &none) {
		c := s.changes[slices.IndexFunc(came, func(d gh.HookDelivery) bool { return d.ID == 0 })]
		err = differs("no webhook %s.%s about the %s comes within %s", c.event, c.action, c.what, deliveryTime)
	}
	if err != nil {
		return "", err
	}
	measured := "shown after it was delivered"
	for i, c := range s.changes {
		late := max(0, c.shown.Sub(came[i].At))
		if late > gh.Lag {
			return "", differs("the %s shows %s after it was delivered", c.what, late)
		}
		measured += fmt.Sprintf("; %s %s", c.what, after(late))
	}
	return measured, nil
}

// match gives each change the first delivery about it, oldest first, and reports whether
// there's one for each.
func match(changes []change, all []gh.HookDelivery, came []gh.HookDelivery) bool {
	used := map[int64]bool{}
	whole := true
	for i, c := range changes {
		at := slices.IndexFunc(all, func(d gh.HookDelivery) bool {
			return !used[d.ID] && d.Event == c.event && d.Action == c.action && !d.At.Before(c.since)
		})
		if at < 0 {
			whole = false
			continue
		}
		came[i], used[all[at].ID] = all[at], true
	}
	return whole
}
