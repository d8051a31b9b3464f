package queue

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What processes used within an hour is added up, with the least that was left, and goes
// after a week.
func TestUsage(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		q := open(t, Config{Database: database, Work: func(context.Context, Job) error { return nil }, Now: func() time.Time { return now }})
		r := reader(t, database)
		for _, u := range []Usage{{"core", now.Add(time.Minute), 4000, 5000, 7}, {"core", now.Add(2 * time.Minute), 4500, 5000, 5},
			{"graphql", now, 10, 12_500, 1}, {"core", now.Add(time.Hour), 5000, 5000, 0}} {
			if err := q.AddUsage(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		all, err := r.Usage(t.Context(), now)
		want := []Usage{{"core", now, 4000, 5000, 12}, {"graphql", now, 10, 12_500, 1}, {"core", now.Add(time.Hour), 5000, 5000, 0}}
		if diff := cmp.Diff(want, all); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		if q.AddUsage(t.Context(), Usage{Name: "core"}, Usage{Name: ""}) == nil || q.AddUsage(t.Context()) != nil {
			t.Error("a limit without a name is stored")
		}
		now = now.Add(KeepUsage + time.Minute)
		if err := q.clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		if all, err := r.Usage(t.Context(), time.Time{}); err != nil || len(all) != 1 {
			t.Errorf("%v %v", all, err)
		}
	})
}

// A person has one feed. A new one, or its end, ends the one before, and so does a year.
func TestFeeds(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		q := open(t, Config{Database: database, Work: func(context.Context, Job) error { return nil }, Now: func() time.Time { return now },
			maxRows: 60})
		r := reader(t, database)
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		there := func(id string) bool {
			t.Helper()
			f, err := r.Feed(t.Context(), id)
			ok(err)
			return !f.Made.IsZero()
		}
		ok(q.PutFeed(t.Context(), 7, "one", []byte("dana")))
		if f, err := r.Feed(t.Context(), "one"); err != nil || f.Person != 7 || string(f.Value) != "dana" || !f.Made.Equal(now) {
			t.Errorf("%+v %v", f, err)
		}
		ok(q.PutFeed(t.Context(), 7, "two", []byte("dana")))
		if f, err := r.FeedOf(t.Context(), 7); err != nil || there("one") || !there("two") || f.Person != 7 {
			t.Errorf("%+v %v", f, err)
		}
		if q.PutFeed(t.Context(), 8, "two", nil) == nil || q.PutFeed(t.Context(), 8, "", nil) == nil {
			t.Error("two people have one feed, or it has no name")
		}
		ok(q.DropFeed(t.Context(), 7))
		if there("two") {
			t.Error("an ended feed is there")
		}
		for n := range 5 {
			now = now.Add(time.Second)
			ok(q.PutFeed(t.Context(), int64(n+1), fmt.Sprint("f", n), []byte("x")))
		}
		ok(q.clean(t.Context()))
		if there("f1") || !there("f2") {
			t.Error("the wrong feeds are gone")
		}
		now = now.Add(KeepFeeds + time.Minute)
		ok(q.clean(t.Context()))
		if there("f4") {
			t.Error("a feed is kept for ever")
		}
	})
}

// Replicas show their version. SQLite has only the one process.
func TestReplicaVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		began := time.Now().Truncate(time.Microsecond)
		for i, version := range []string{"v1.0.0", "v1.1.0"} {
			now := began.Add(time.Duration(i) * time.Hour)
			begin(t, Config{Database: database, Version: version, Work: func(context.Context, Job) error { return nil },
				Now: func() time.Time { return now }})
			if !isPostgres(database) {
				break
			}
		}
		all, err := reader(t, database).Replicas(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var versions []string
		for _, r := range all {
			versions = append(versions, r.Version)
			if !r.Alive(time.Now()) || r.Alive(time.Now().Add(time.Hour)) || r.ID == "" || r.Began.Before(began) {
				t.Errorf("%+v", r)
			}
		}
		if got := strings.Join(versions, " "); isPostgres(database) && got != "v1.0.0 v1.1.0" || !isPostgres(database) && got != "" {
			t.Errorf("%q", got)
		}
	})
}

func reader(t *testing.T, database string) *Reader {
	t.Helper()
	r, err := OpenReader(t.Context(), database, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}
