package reconcile

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

// troubles are what keeps rules still, by organisation, until somebody fixes it: there
// is no pull request to say it on. All repositories of an organisation have one team.
type troubles struct {
	mu  sync.Mutex
	all map[string]string // by the owner's name in lower case
}

// note takes over what one look found, and says it in the log when it is new.
func (t *troubles) note(ctx context.Context, r *pull.Request, e effective) {
	if pull.Needs(e.rules)&pull.Team == 0 {
		return
	}
	owner := strings.ToLower(r.Key.Owner)
	t.mu.Lock()
	before := t.all[owner]
	if t.all == nil {
		t.all = map[string]string{}
	}
	if r.CoreFault == "" {
		delete(t.all, owner)
	} else {
		t.all[owner] = r.CoreFault
	}
	t.mu.Unlock()
	switch log := zerolog.Ctx(ctx); {
	case r.CoreFault == before:
	case r.CoreFault != "":
		log.Error().Str("owner", r.Key.Owner).Str("why", r.CoreFault).Msg("cannot read the core team: no stage label is touched")
	default:
		log.Info().Str("owner", r.Key.Owner).Msg("the core team can be read again")
	}
}

// Troubles are what somebody must fix for all rules to work, a line for each
// organisation.
func (r *Reconciler) Troubles() []string {
	r.troubles.mu.Lock()
	defer r.troubles.mu.Unlock()
	return slices.Sorted(maps.Values(r.troubles.all))
}
