package gh

import (
	"context"
	"sync"

	"github.com/concorde-bot/concorde/internal/pull"
)

// What the context of a request says of it: how many writes it holds, for whom, and
// whether anybody waits.

type background struct{}

// Background marks requests that no person waits for. They leave part of GitHub's
// limits to people's events: the end of an hour, and half of each burst.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, background{}, true)
}

func inBackground(ctx context.Context) bool { return ctx.Value(background{}) != nil }

type writer struct{}

// writing tells the guard to whom the writes of a context belong.
func Writing(ctx context.Context, key pull.Key) context.Context {
	return context.WithValue(ctx, writer{}, key)
}

// mutation is the key of how many writes a request holds.
type mutation struct{}

// smallest marks the context of a question that cannot be asked in smaller parts:
// what is too heavy in it, and can be spared, is a hole.
type smallest struct{}

// Bill adds up what the requests of a context cost: a request 1, a query its
// points ("Calculating points for the primary rate limit") on top, a write 5 more.
type Bill struct {
	mu    sync.Mutex
	total int
}

type billed struct{}

// Billed has the requests of a context put on the bill.
func Billed(ctx context.Context, b *Bill) context.Context { return context.WithValue(ctx, billed{}, b) }

// Total is the sum so far.
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
