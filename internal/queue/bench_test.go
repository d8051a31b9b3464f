package queue

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkReceive stores deliveries, each with a key of its own, and compares with bare inserts of the same
// row, one by one, measured just before and
// after in the same database: "x-bare" is how many times faster Receive is.
func BenchmarkReceive(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		for _, concurrent := range []int{1, 10, 100} {
			b.Run(fmt.Sprintf("%s/%d", kind, concurrent), func(b *testing.B) {
				database := filepath.Join(b.TempDir(), "queue.db")
				if kind == "postgres" {
					database = postgresSchema(b)
				}
				benchReceive(b, database, concurrent)
			})
		}
	}
}

func benchReceive(b *testing.B, database string, concurrent int) {
	q := open(b, Config{Database: database, Work: (&diary{}).work})
	bare := benchBare(b, q, 300)
	var id atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for range concurrent {
		group.Go(func() {
			for i := id.Add(1); i <= int64(b.N); i = id.Add(1) {
				d := Delivery{ID: rand.Text(), Event: "pull_request", Action: "synchronize", Installation: 1,
					Hints: []Hint{{Key: fmt.Sprint("python/cpython#", i), Installation: 1, UpdatedAt: time.Now(), Cause: "bench"}}}
				if fresh, err := q.Receive(context.Background(), d); err != nil || !fresh {
					b.Errorf("receiving: fresh %t, %v", fresh, err)
				}
			}
		})
	}
	group.Wait()
	b.StopTimer()
	bare = (bare + benchBare(b, q, 300)) / 2
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(time.Second)/float64(each), "deliveries/s")
	b.ReportMetric(float64(time.Second)/float64(bare), "bare/s")
	b.ReportMetric(float64(bare)/float64(each), "x-bare")
}

// benchBare is the time of one bare insert of the row of a delivery: its own
// transaction, synced, on one connection, by a prepared statement.
func benchBare(b *testing.B, q *Queue, n int) time.Duration {
	insert := func(context.Context) error { return nil }
	switch db := q.db.(type) {
	case *sqliteDB:
		stmt, err := db.writer.Prepare(insertDelivery)
		if err != nil {
			b.Fatal(err)
		}
		defer stmt.Close()
		insert = func(ctx context.Context) error {
			_, err := stmt.ExecContext(ctx, rand.Text(), "pull_request", "synchronize", int64(1), micros(time.Now()))
			return err
		}
	case *postgresDB:
		conn, err := db.pool.Acquire(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Release()
		insert = func(ctx context.Context) error { // pgx prepares it at the first use
			_, err := conn.Exec(ctx, insertDelivery, rand.Text(), "pull_request", "synchronize", int64(1), micros(time.Now()))
			return err
		}
	}
	begin := time.Now()
	for range n {
		if err := insert(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begin) / time.Duration(n)
}

// BenchmarkHintToWork is the time from the call of Add to the begin of Work on an
// idle queue without settle time.
func BenchmarkHintToWork(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			database := filepath.Join(b.TempDir(), "queue.db")
			if strings.HasPrefix(kind, "postgres") {
				database = postgresSchema(b)
			}
			begun := make(chan time.Time)
			q := begin(b, Config{Database: database, Work: func(context.Context, Job) error { begun <- time.Now(); return nil }})
			var took []time.Duration
			for i := range b.N {
				before := time.Now()
				add(b, q, Hint{Key: fmt.Sprint(i)})
				took = append(took, (<-begun).Sub(before))
				quiet(b, q)
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100])/1e6, "p95-ms")
		})
	}
}

// BenchmarkStats is a look at /readyz with as many idle keys as are kept, each of which
// has a look in the far future, as pull requests have.
func BenchmarkStats(b *testing.B) {
	q := open(b, Config{Database: filepath.Join(b.TempDir(), "queue.db"), Work: func(context.Context, Job) error { return nil }})
	for from := range 20 {
		var hints []Hint
		for i := range 10_000 {
			hints = append(hints, Hint{Key: fmt.Sprintf("python/cpython#%d", 10_000*from+i), Installation: 1, At: time.Now().Add(time.Hour)})
		}
		add(b, q, hints...)
	}
	for b.Loop() {
		if _, err := q.Stats(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBatches counts what's left and done where 20,000 of 200,000 keys wait for
// their updates, and all others have had them.
func BenchmarkBatches(b *testing.B) {
	q := open(b, Config{Database: filepath.Join(b.TempDir(), "queue.db"), Work: func(context.Context, Job) error { return nil }})
	for from := range 20 {
		var hints []Hint
		for i := range 10_000 {
			hints = append(hints, Hint{Key: fmt.Sprintf("python/cpython#%d", 10_000*from+i), Cause: "sweep"})
		}
		add(b, q, hints...)
	}
	if err := q.change(b.Context(), `UPDATE keys SET due = 0, wanted = 0, done_at = wanted WHERE key NOT LIKE '%7'`); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if all, err := q.Batches(b.Context(), "sweep"); err != nil || len(all) != 1 || all[0].Left != 20_000 {
			b.Fatal(all, err)
		}
	}
}
