package queue

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// A session is there until it's ended, a late touch doesn't bring it back, and the
// least used ones go when there are too many.
func TestSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		q := open(t, Config{Database: database, Work: func(context.Context, Job) error { return nil }, Now: func() time.Time { return now },
			maxRows: 60})
		ok := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		r, err := OpenReader(t.Context(), database, time.Now)
		ok(err)
		defer r.Close()
		there := func(id string) bool {
			t.Helper()
			s, err := r.Session(t.Context(), id)
			ok(err)
			return s.ID != ""
		}
		ok(q.PutSession(t.Context(), "one", []byte("alice")))
		now = now.Add(time.Hour)
		ok(q.TouchSession(t.Context(), "one"))
		if s, err := r.Session(t.Context(), "one"); err != nil || string(s.Value) != "alice" || !s.Seen.Equal(now) ||
			!s.Began.Equal(now.Add(-time.Hour)) {
			t.Errorf("%+v %v", s, err)
		}
		if q.PutSession(t.Context(), "one", []byte("mallory")) == nil || q.PutSession(t.Context(), "", nil) == nil {
			t.Error("a session can be replaced, or has no name")
		}
		ok(q.DropSession(t.Context(), "one"))
		ok(q.TouchSession(t.Context(), "one"))
		if there("one") {
			t.Error("an ended session is there")
		}
		for n := range 5 {
			now = now.Add(time.Second)
			ok(q.PutSession(t.Context(), fmt.Sprint("s", n), []byte("x")))
		}
		ok(q.clean(t.Context()))
		if there("s0") || there("s1") || !there("s2") || !there("s4") {
			t.Error("the wrong sessions are gone")
		}
		now = now.Add(keepSessions + time.Minute)
		ok(q.clean(t.Context()))
		if there("s4") {
			t.Error("an unused session is kept")
		}
	})
}
