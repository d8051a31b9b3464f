package queue

import (
	"context"
	"fmt"
	"time"
)

// View is what pages show of one thing. The queue doesn't look into it.
type View struct {
	Group  string // such as a repository
	Number int
	Class  string // such as "open"
	At     time.Time
	Brief  []byte // for lists
	Detail []byte // for a page of its own; nil in lists
}

// PutView stores a view in place of an older one of the same number. It's on disk when it
// returns nil.
func (q *Queue) PutView(ctx context.Context, v View) error {
	if err := checkName("group", v.Group); err != nil {
		return fmt.Errorf("storing a view: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if err := q.change(ctx, putView, v.Group, int64(v.Number), v.Class, micros(v.At), v.Brief, v.Detail); err != nil {
		return fmt.Errorf("storing a view of %s, number %d: %w", v.Group, v.Number, q.explain(err))
	}
	return nil
}

// View returns a view, or one with a zero time if there's none. It needs tables of the
// newest version.
func (r *Reader) View(ctx context.Context, group string, number int) (View, error) {
	v := View{Group: group, Number: number}
	read := func(row row) error {
		var at int64
		err := row.Scan(&v.Class, &at, &v.Brief, &v.Detail)
		v.At = fromMicros(at)
		return err
	}
	if err := r.q.db.query(ctx, read, getView, group, int64(number)); err != nil {
		return View{}, fmt.Errorf("reading the view of %s, number %d: %w", group, number, r.q.explain(err))
	}
	return v, nil
}

// Views calls f with the views of a class, highest number first, without their details.
// f's error ends it. It needs tables of the newest version.
func (r *Reader) Views(ctx context.Context, group, class string, f func(View) error) error {
	var stop error
	read := func(row row) error {
		v := View{Group: group, Class: class}
		var number, at int64
		if err := row.Scan(&number, &at, &v.Brief); err != nil {
			return err
		}
		v.Number, v.At = int(number), fromMicros(at)
		stop = f(v)
		return stop
	}
	if err := r.q.db.query(ctx, read, listViews, group, class); err != nil && stop == nil {
		return fmt.Errorf("reading the views of %s: %w", group, r.q.explain(err))
	}
	return stop
}

// Groups returns how many views each group has, by class.
func (r *Reader) Groups(ctx context.Context) (map[string]map[string]int, error) {
	groups := map[string]map[string]int{}
	read := func(row row) error {
		var group, class string
		var n int
		err := row.Scan(&group, &class, &n)
		if groups[group] == nil {
			groups[group] = map[string]int{}
		}
		groups[group][class] = n
		return err
	}
	if err := r.q.db.query(ctx, read, countViews); err != nil {
		return nil, fmt.Errorf("counting views: %w", r.q.explain(err))
	}
	return groups, nil
}

// Activity is how many deliveries came and how much the bot wrote, by hour.
type Activity struct{ Deliveries, Entries map[time.Time]int }

// Activity counts deliveries and entries of the audit log by the hour in which they
// came. Hours without any are left out.
func (r *Reader) Activity(ctx context.Context, since time.Time) (Activity, error) {
	a := Activity{map[time.Time]int{}, map[time.Time]int{}}
	hour := time.Hour.Microseconds()
	for query, counts := range map[string]map[time.Time]int{countDeliveries: a.Deliveries, countEntries: a.Entries} {
		read := func(row row) error {
			var at int64
			var n int
			err := row.Scan(&at, &n)
			counts[fromMicros(at*hour)] = n
			return err
		}
		if err := r.q.db.query(ctx, read, query, micros(since), hour); err != nil {
			return Activity{}, fmt.Errorf("counting what was done: %w", r.q.explain(err))
		}
	}
	return a, nil
}

// GivenUpKey is a key whose last hint was given up.
type GivenUpKey struct {
	Key, Reason string
	At          time.Time
}

// GivenUp returns the keys that were given up last, newest first.
func (r *Reader) GivenUp(ctx context.Context, most int) (keys []GivenUpKey, err error) {
	read := func(row row) error {
		var k GivenUpKey
		var at int64
		err := row.Scan(&k.Key, &k.Reason, &at)
		k.At = fromMicros(at)
		keys = append(keys, k)
		return err
	}
	if err := r.q.db.query(ctx, read, listGivenUp, int64(most)); err != nil {
		return nil, fmt.Errorf("listing what was given up: %w", r.q.explain(err))
	}
	return keys, nil
}
