package acceptance

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
)

const (
	deliveryTime  = 2 * time.Minute // within which a webhook must be listed
	deliveryPause = 5 * time.Second
	deliveryPages = 10 // of 100, of all repositories that have the App
)

// deliveries are those about this repository since a time, newest first.
func (s *session) deliveries(ctx context.Context, since time.Time) (all []gh.HookDelivery, err error) {
	cursor := ""
	for range deliveryPages {
		var page []gh.HookDelivery
		err := s.patiently(ctx, func() (err error) {
			page, cursor, err = s.app.HookDeliveries(ctx, cursor)
			return err
		})
		if err != nil {
			return nil, err
		}
		for _, d := range page {
			if d.Repository == s.number && !d.At.Before(since) {
				all = append(all, d)
			}
		}
		if cursor == "" || len(page) == 0 || page[len(page)-1].At.Before(since) {
			break
		}
	}
	return all, nil
}

// hears is a skip if GitHub sends no webhooks of this run. Only the first step waits for
// one.
func (s *session) hears(ctx context.Context) error {
	most := gh.Lag
	if s.deaf {
		most = 0
	}
	_, err := s.within(ctx, patience{"a webhook", most, time.Second}, func() (bool, error) {
		all, err := s.deliveries(ctx, s.began)
		return len(all) > 0, err
	})
	var none *difference
	var gone *gh.Gone // as without a webhook
	if s.deaf = errors.As(err, &none) || errors.As(err, &gone); s.deaf {
		return &skip{"GitHub sends no webhook about this repository: does the App have one?"}
	}
	return err
}

// ownWebhook reads the webhook about the App's own comment.
func (s *session) ownWebhook(ctx context.Context) (string, error) {
	if s.note.ID == 0 {
		return "", &skip{"the step own-comment made no comment"}
	}
	if err := s.hears(ctx); err != nil {
		return "", err
	}
	var found payload
	took, err := s.within(ctx, patience{"the webhook about a comment", deliveryTime, deliveryPause}, func() (bool, error) {
		all, err := s.deliveries(ctx, s.began)
		if err != nil {
			return false, err
		}
		found, err = s.aboutComment(ctx, all)
		return found.Comment.ID != 0, err
	})
	switch {
	case err != nil:
		return "", err
	case found.Sender != account{s.slug + "[bot]", "Bot"} || found.Comment.User != found.Sender:
		return "", differs("the sender is %+v, the comment's user %+v, not the Bot %q", found.Sender, found.Comment.User, s.slug+"[bot]")
	case found.Installation.ID == 0:
		return "", differs("it names no installation")
	}
	return after(took), nil
}

type account struct{ Login, Type string }

// payload is that of issue_comment.
type payload struct {
	Comment struct {
		ID   int64
		User account
	}
	Sender       account
	Installation struct{ ID int64 }
}

// aboutComment finds the payload about the comment of own-comment.
func (s *session) aboutComment(ctx context.Context, all []gh.HookDelivery) (payload, error) {
	for _, d := range slices.Backward(all) { // it's among the first
		if d.Event != "issue_comment" || d.Action != "created" {
			continue
		}
		var p payload
		raw, err := s.app.HookPayload(ctx, d.ID)
		if err == nil && json.Unmarshal(raw, &p) != nil {
			err = differs("the payload has an unknown form")
		}
		if err != nil || p.Comment.ID == s.note.ID {
			return p, err
		}
	}
	return payload{}, nil
}

// redelivery has the newest event of the repository sent again.
func (s *session) redelivery(ctx context.Context) (string, error) {
	if err := s.hears(ctx); err != nil {
		return "", err
	}
	all, err := s.deliveries(ctx, s.began)
	switch {
	case err != nil:
		return "", err
	case len(all) == 0:
		return "", &skip{"the newest deliveries are about other repositories"}
	}
	newest := all[0]
	if err := s.app.Redeliver(ctx, newest.ID); err != nil {
		return "", differs("%v", err)
	}
	took, err := s.shows(ctx, "a redelivery", func() (bool, error) {
		all, err := s.deliveries(ctx, s.began)
		return slices.ContainsFunc(all, func(d gh.HookDelivery) bool { return d.GUID == newest.GUID && d.ID != newest.ID }), err
	})
	return after(took), err
}
