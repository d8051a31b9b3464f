package queue

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var ahead atomic.Int64
		start := time.Date(2026, 8, 5, 9, 0, 0, 0, time.UTC)
		q := open(t, Config{Database: database, Work: (&diary{}).work, Now: func() time.Time { return start.Add(time.Duration(ahead.Load())) }})
		at := func(second int) time.Time { return start.Add(time.Duration(second) * time.Second) }
		expect := func(key, version string, want time.Time) {
			t.Helper()
			if got, err := q.Seen(t.Context(), key, version); err != nil || !got.Equal(want) {
				t.Errorf("%s came to %s at %v, %v; want %v", version, key, got, err, want)
			}
		}
		expect("a", "1", time.Time{})
		deliver := func(id, version string, second int) {
			t.Helper()
			d := Delivery{ID: id, Event: "pull_request", Hints: []Hint{{Key: "a", Version: version, UpdatedAt: at(second)}}}
			if _, err := q.Receive(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		deliver("x", "1", 5)
		deliver("y", "1", 3) // the earlier comes later
		deliver("z", "2", 4)
		expect("a", "1", at(3))
		expect("a", "2", at(4))
		expect("b", "1", time.Time{})
		if err := q.See(t.Context(), "a", "2", at(9)); err != nil {
			t.Fatal(err)
		}
		if err := q.See(t.Context(), "b", "2", at(9)); err != nil {
			t.Fatal(err)
		}
		expect("a", "2", at(4))
		expect("b", "2", at(9))
		if err := q.See(t.Context(), "b", strings.Repeat("x", maxKey+1), at(9)); err == nil {
			t.Error("a version that is too long was taken")
		}
		ahead.Store(int64(q.cfg.KeepLog + 5*time.Second))
		if err := q.clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		expect("a", "1", time.Time{})
		expect("b", "2", at(9))
	})
}
