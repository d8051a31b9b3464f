package webhook

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// GitHub's updated_at has whole seconds. When two things happen within one second, a
// read that lags behind and lacks the second of them looks as new as both. So such a
// pull request is looked at once more when reads no longer lag
// (pull.ReadLag).
const rememberedTwins = 5_000

// twins remember when a key changed last, as its newest event says. They are in
// memory only: what a restart or another replica misses, the next event or a sweep
// finds.
type twins struct {
	last *lru.Cache[pull.Key, time.Time]
}

func newTwins() (twins, error) {
	last, err := lru.New[pull.Key, time.Time](rememberedTwins)
	return twins{last}, err
}

// of gives the hint for a later look at what changed twice within a second, none for
// anything else.
func (t twins) of(key pull.Key, first queue.Hint, now time.Time) (later []queue.Hint) {
	if first.UpdatedAt.IsZero() {
		return nil
	}
	before, known := t.last.Get(key)
	t.last.Add(key, first.UpdatedAt)
	if !known || !before.Equal(first.UpdatedAt) {
		return nil
	}
	return []queue.Hint{{Key: first.Key, Installation: first.Installation, UpdatedAt: first.UpdatedAt, Cause: first.Cause, Owner: first.Owner,
		At: now.Add(pull.ReadLag)}}
}
