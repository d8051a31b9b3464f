package object

import (
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// lockReason is that of the REST API, or null.
func lockReason(i *world.Issue) any {
	if i.Lock == nil {
		return nil
	}
	return world.Nullable(i.Lock.Reason)
}
