package apply

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/concorde-bot/concorde/internal/pull"
)

// bodies lets this process make only one write at a time to a body: GitHub can't write on
// condition that no one else did, and several pull requests may belong to one issue.
// Another replica may still write between the read and the write. What that overwrites is
// written again at its pull request's next run.
type bodies struct {
	last *lru.Cache[pull.Key, written]

	mu   sync.Mutex
	busy map[pull.Key]chan struct{} // closed when the write is over
}

// written is the last write to a body.
type written struct {
	before, after string
	read, at      time.Time // when before was read, and when it was written
}

func newBodies() (*bodies, error) {
	last, err := lru.New[pull.Key, written](1000)
	return &bodies{last: last, busy: map[pull.Key]chan struct{}{}}, err
}

// hold waits until no one else writes to these bodies. All callers take them in the same
// order, so that none deadlock.
func (b *bodies) hold(ctx context.Context, keys []pull.Key) (release func(), err error) {
	slices.SortFunc(keys, func(x, y pull.Key) int { return strings.Compare(x.String(), y.String()) })
	var held []pull.Key
	release = func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, key := range held {
			close(b.busy[key])
			delete(b.busy, key)
		}
	}
	for _, key := range slices.Compact(keys) {
		for {
			b.mu.Lock()
			other, taken := b.busy[key]
			if !taken {
				b.busy[key] = make(chan struct{})
				held = append(held, key)
			}
			b.mu.Unlock()
			if !taken {
				break
			}
			select {
			case <-other:
			case <-ctx.Done():
				release()
				return nil, ctx.Err()
			}
		}
	}
	return release, nil
}
