package reconcile

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

// troubles are what keeps rules still, by repository, until somebody mends it:
// there is no pull request to say it on.
type troubles struct {
	mu  sync.Mutex
	all map[pull.Key]string
}

// note takes over what one look found, and says it in the log when it is new.
func (t *troubles) note(ctx context.Context, r *pull.Request, e effective) {
	if pull.Needs(e.rules)&pull.Team == 0 {
		return
	}
	key := r.Key.Repository()
	t.mu.Lock()
	before := t.all[key]
	if t.all == nil {
		t.all = map[pull.Key]string{}
	}
	if r.CoreFault == "" {
		delete(t.all, key)
	} else {
		t.all[key] = r.CoreFault
	}
	t.mu.Unlock()
	switch log := zerolog.Ctx(ctx); {
	case r.CoreFault == before:
	case r.CoreFault != "":
		log.Error().Str("repository", key.String()).Str("why", r.CoreFault).Msg("NOBODY KNOWS THE CORE DEVELOPERS: no stage label is touched")
	default:
		log.Info().Str("repository", key.String()).Msg("the core developers are known again")
	}
}

// Troubles are what somebody must mend for all rules to work, each in a line.
func (r *Reconciler) Troubles() []string {
	r.troubles.mu.Lock()
	defer r.troubles.mu.Unlock()
	return slices.Sorted(maps.Values(r.troubles.all))
}
