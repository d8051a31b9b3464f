package gh

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/go-github/v60/github"
)

// HookDelivery is one attempt of GitHub's to deliver an event to the App.
type HookDelivery struct {
	ID           int64
	GUID         string // of the event: X-GitHub-Delivery of each of its attempts
	Event        string
	Action       string // "" if the event has none
	Installation int64  // 0 if the event has none
	Repository   int64  // 0 if the event has none
	At           time.Time
	OK           bool   // the App answered with a 2xx status in time
	Status       string // "OK", or what went wrong, in GitHub's words
	Code         int    // of the answer; 0: none
}

// HookDeliveries lists the attempts that GitHub remembers (those of three days, seven on
// GitHub Enterprise Server), newest first, a page at a time. cursor is "" for the first
// page, and next "" on the last one ("REST API endpoints for GitHub App webhooks").
func (a *App) HookDeliveries(ctx context.Context, cursor string) (page []HookDelivery, next string, err error) {
	found, resp, err := a.self.Apps.ListHookDeliveries(ctx, &github.ListCursorOptions{PerPage: 100, Cursor: cursor})
	if err = Settle(err); err != nil {
		return nil, "", fmt.Errorf("listing webhook deliveries: %w", err)
	}
	for _, d := range found {
		page = append(page, HookDelivery{
			ID: d.GetID(), GUID: d.GetGUID(), Event: d.GetEvent(), Action: d.GetAction(), Installation: d.GetInstallationID(),
			Repository: d.GetRepositoryID(), At: d.GetDeliveredAt().Time,
			OK: d.GetStatus() == "OK", Status: Tidy(d.GetStatus()), Code: d.GetStatusCode(),
		})
	}
	return page, resp.Cursor, nil
}

// HookPayload is what an attempt delivered, as JSON ("Get a delivery for an app webhook").
func (a *App) HookPayload(ctx context.Context, id int64) ([]byte, error) {
	found, _, err := a.self.Apps.GetHookDelivery(ctx, id)
	if err = Settle(err); err != nil {
		return nil, fmt.Errorf("reading a webhook delivery: %w", err)
	}
	if found.Request == nil || found.Request.RawPayload == nil {
		return nil, &Temporary{Answer{Message: "the delivery has no payload"}}
	}
	return *found.Request.RawPayload, nil
}

// Redeliver has GitHub send an attempt again, under the same GUID. It doesn't wait for
// the answer.
func (a *App) Redeliver(ctx context.Context, id int64) error {
	_, _, err := a.self.Apps.RedeliverHookDelivery(ctx, id)
	if _, accepted := errors.AsType[*github.AcceptedError](err); accepted {
		return nil
	}
	if err = Settle(err); err != nil {
		return fmt.Errorf("requesting a redelivery: %w", err)
	}
	return nil
}
