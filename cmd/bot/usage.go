package main

import (
	"context"
	"fmt"
	"time"

	"github.com/concorde-bot/concorde/internal/queue"
)

// usageEvery is how often what was used of GitHub's limits is stored, for the pages.
const usageEvery = time.Minute

// countUsage stores what this process uses of GitHub's limits.
func (b *bot) countUsage(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(usageEvery):
		}
		if err := b.storeUsage(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn().Err(err).Msg("storing what was used of GitHub's limits")
		}
	}
}

func (b *bot) storeUsage(ctx context.Context) error {
	var all []queue.Usage
	for _, u := range b.github.Usage() {
		if u.Requests == 0 {
			continue
		}
		all = append(all, queue.Usage{
			Name: fmt.Sprintf("%s/%d", u.Resource, u.Installation), At: b.reconciler.Now(), Least: u.Left, Most: u.Limit, Spent: u.Requests,
		})
	}
	return b.queue.AddUsage(ctx, all...)
}
