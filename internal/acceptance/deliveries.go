package acceptance

import (
	"context"
	"errors"

	"github.com/concorde-bot/concorde/internal/gh"
)

// redelivery has the newest event of the repository's installation sent again.
func (s *session) redelivery(ctx context.Context) (string, error) {
	installation, err := s.app.Installation(ctx, s.cfg.Repository)
	if err != nil {
		return "", err
	}
	var newest gh.HookDelivery
	_, err = s.shows(ctx, "a webhook of this run", func() (bool, error) {
		page, _, err := s.app.HookDeliveries(ctx, "")
		for _, d := range page {
			if d.Installation == installation {
				newest = d
				return true, err
			}
		}
		return false, err
	})
	var none *difference
	switch {
	case errors.As(err, &none):
		return "", &skip{"GitHub sends no webhook for this installation: does the App have one?"}
	case err != nil:
		return "", err
	}
	if err := s.app.Redeliver(ctx, newest.ID); err != nil {
		return "", differs("%v", err)
	}
	took, err := s.shows(ctx, "a redelivery", func() (bool, error) {
		page, _, err := s.app.HookDeliveries(ctx, "")
		for _, d := range page {
			if d.GUID == newest.GUID && d.ID != newest.ID {
				return true, err
			}
		}
		return false, err
	})
	return after(took), err
}
