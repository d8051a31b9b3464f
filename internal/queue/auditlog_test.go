package queue

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestTrail(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var ahead atomic.Int64
		start := time.Now()
		q := open(t, Config{Database: database, Work: (&diary{}).work, Now: func() time.Time { return start.Add(time.Duration(ahead.Load())) }})
		log := func(key string, entries ...string) {
			t.Helper()
			var all [][]byte
			for _, e := range entries {
				all = append(all, []byte(e))
			}
			if err := q.Log(t.Context(), key, all...); err != nil {
				t.Fatal(err)
			}
		}
		expect := func(key string, most int, want string) {
			t.Helper()
			entries, err := q.AuditLog(t.Context(), key, most)
			if got := fmt.Sprintf("%s", entries); err != nil || got != want {
				t.Errorf("trail of %s: %s, %v; want %s", key, got, err, want)
			}
		}
		expect("a", 10, "[]")
		log("a", "1")
		log("a", "2") // in the same moment
		log("a")
		ahead.Add(int64(time.Second))
		log("a", "3", "4\x00")
		log("b", "5")
		expect("a", 10, "[1 2 3 4\x00]")
		expect("a", 3, "[2 3 4\x00]")
		expect("b", 3, "[5]")
		if err := q.clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		expect("a", 10, "[1 2 3 4\x00]")
		ahead.Store(int64(q.cfg.KeepLog + time.Millisecond))
		if err := q.clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		expect("a", 10, "[3 4\x00]")
		if err := q.Log(t.Context(), strings.Repeat("x", maxKey+1), []byte("6")); err == nil {
			t.Error("a key that is too long was taken")
		}
	})
}
