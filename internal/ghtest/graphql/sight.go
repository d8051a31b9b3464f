package graphql

import (
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// sight is the moment that one query sees.
type sight struct {
	stale bool // it's a query in bad weather, and sees what was there at that moment
	at    time.Time
}

// asOf is the moment that a query sees, the same in all of it.
func (v view) asOf() time.Time {
	if v.sight.at.IsZero() {
		v.sight.at = v.w.Now()
		if v.sight.stale {
			v.sight.at = v.sight.at.Add(-time.Duration(v.w.Dice.Int64N(int64(v.w.Weather.Stale))))
		}
	}
	return v.sight.at
}

// then is an issue or pull request as the query sees it. One that is newer than that is seen as it was opened.
func (v view) then(i *world.Issue) *world.Issue {
	if !v.sight.stale || len(i.Versions) == 0 {
		return i
	}
	at := len(i.Versions) - 1
	for at > 0 && i.Versions[at].Since.After(v.asOf()) {
		at--
	}
	if at == len(i.Versions)-1 && !i.Versions[at].Since.After(v.asOf()) {
		return i
	}
	return i.Versions[at].Issue
}
