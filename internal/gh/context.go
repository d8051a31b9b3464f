package gh

import (
	"context"
	"sync"

	"github.com/concorde-bot/concorde/internal/pull"
)

// The context of a request carries how many writes it has, for which key, and whether
// anyone is waiting for it.

type background struct{}

// Background marks requests that no one is waiting for. They leave part of GitHub's
// limits to people's events: the end of an hour, and half of each burst.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, background{}, true)
}

func inBackground(ctx context.Context) bool { return ctx.Value(background{}) != nil }

type writer struct{}

// Writing sets the key whose turn the writes of a context use.
func Writing(ctx context.Context, key pull.Key) context.Context {
	return context.WithValue(ctx, writer{}, key)
}

// mutation is the context key for the number of writes in a request.
type mutation struct{}

// smallest marks the context of a question that can't be split further: what is too
// heavy in it, and not needed, is a hole.
type smallest struct{}

// Bill adds up the cost of a context's requests: a request 1, a query its
// points ("Calculating points for the primary rate limit") on top, a write 5 more.
type Bill struct {
	mu    sync.Mutex
	total int
}

type billed struct{}

// Billed returns a context whose requests are added to the bill.
func Billed(ctx context.Context, b *Bill) context.Context { return context.WithValue(ctx, billed{}, b) }

// Total returns the sum so far.
func (b *Bill) Total() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.total
}

func (b *Bill) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total += n
}
