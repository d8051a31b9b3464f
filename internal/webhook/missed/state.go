package missed

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// state is what's known about the past.
type state struct {
	Until time.Time `json:"until"` // nothing before is missing
	Read  time.Time `json:"read"`  // when GitHub was asked last
	// Tries are the requested redeliveries of events within the overlap, by GUID.
	Tries map[string]try `json:"tries,omitempty"`
	Total Total          `json:"total"`
}

// Total is what was recovered since the database was created.
type Total struct {
	Redelivered int `json:"redelivered"` // redeliveries requested
	Swept       int `json:"swept"`       // events left to a sweep
}

// try is an event's last requested redelivery.
type try struct {
	Count int       `json:"count"` // of requests; maxTries+1: left to a sweep
	Of    int64     `json:"of"`    // the repeated attempt
	At    time.Time `json:"at"`
}

// Known returns until when all events are known to be stored, zero before the first run,
// and what was recovered.
func (f *Finder) Known(ctx context.Context) (until time.Time, total Total, err error) {
	s, _, err := f.load(ctx)
	return s.Until, s.Total, err
}

func (f *Finder) load(ctx context.Context) (s state, known bool, err error) {
	value, err := f.Store.Get(ctx, note)
	if err != nil || value == nil {
		return state{}, false, err
	}
	if json.Unmarshal(value, &s) != nil || s.Until.After(f.Now().Add(overlap)) {
		return state{}, false, nil // unreadable, or a clock has jumped: start over
	}
	return s, true, nil
}

func (f *Finder) save(ctx context.Context, s state) error {
	value, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("storing how far deliveries were read: %w", err)
	}
	return f.Store.Put(ctx, note, value)
}
