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

// bundle is the context key of writes that belong together.
type bundle struct{}

// bundled are the writes of several requests.
type bundled struct {
	writes int
	booked bool
}

// Together sets how many writes the requests of a context make, one request after the
// other. They get their turn all at once: if a later one had to wait for longer than a
// request may, all would be written again, and never to the end.
func Together(ctx context.Context, writes int) context.Context {
	return context.WithValue(ctx, bundle{}, &bundled{writes: writes})
}

// toBook returns the writes for which a request needs a turn, and what to call once it
// has it.
func toBook(ctx context.Context, writes int) (n int, had func()) {
	b, is := ctx.Value(bundle{}).(*bundled)
	switch {
	case !is || writes == 0:
		return writes, func() {}
	case b.booked:
		return 0, func() {}
	}
	return max(b.writes, writes), func() { b.booked = true }
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
