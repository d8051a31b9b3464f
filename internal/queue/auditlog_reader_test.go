package queue

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Another process reads the audit log while the bot works.
func TestReaderOfAuditLog(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var clock atomic.Pointer[time.Time]
		now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		clock.Store(&now)
		q := begin(t, Config{Database: database, Work: (&diary{}).work, Now: func() time.Time { return *clock.Load() }})
		log := func(key, entry string) {
			t.Helper()
			if err := q.Log(t.Context(), key, []byte(entry)); err != nil {
				t.Fatal(err)
			}
		}
		log("b", "1")
		log("a", "2")
		later := now.Add(time.Hour)
		clock.Store(&later)
		log("b", "3")
		reader, err := OpenReader(t.Context(), database, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		read := func(key string, since time.Time) string {
			t.Helper()
			var all []string
			err := reader.Log(t.Context(), key, since, func(e Entry) error {
				all = append(all, fmt.Sprintf("%s %s %s", e.At.Format(time.TimeOnly), e.Key, e.Value))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return strings.Join(all, ", ")
		}
		for _, c := range []struct {
			key   string
			since time.Time
			want  string
		}{
			{"b", time.Time{}, "12:00:00 b 1, 13:00:00 b 3"},
			{"b", later, "13:00:00 b 3"},
			{"", time.Time{}, "12:00:00 a 2, 12:00:00 b 1, 13:00:00 b 3"},
			{"", later, "13:00:00 b 3"},
			{"c", time.Time{}, ""},
		} {
			if got := read(c.key, c.since); got != c.want {
				t.Errorf("%q since %s: %s, want %s", c.key, c.since, got, c.want)
			}
		}
		enough := errors.New("enough")
		if err := reader.Log(t.Context(), "", time.Time{}, func(Entry) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("error %v", err)
		}
		if err := reader.q.db.query(t.Context(), func(row) error { return nil }, `DELETE FROM trail`); err == nil {
			t.Error("a reader deleted something")
		}
	})
}
