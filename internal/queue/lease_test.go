package queue

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"
)

// hold is a run that goes on until its context ends, and says why it did.
func hold(began chan<- string, ended chan<- error) func(context.Context, Job) error {
	return func(ctx context.Context, job Job) error {
		began <- job.Key
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return ctx.Err()
	}
}

// A replica that stood still for longer than its lease comes back with runs that others
// have taken over: it ends its own, so that no key runs twice for minutes.
func TestRunsThatOthersTookOverEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		began, ended := make(chan string, 2), make(chan error, 2)
		q := begin(t, Config{Database: database, Workers: 1, Work: hold(began, ended)})
		t.Cleanup(q.cancelWork)
		add(t, q, Hint{Key: "a"})
		<-began
		if err := q.tend(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(ended) > 0 {
			t.Fatalf("a run ended that is still its own: %v", <-ended)
		}
		if err := q.change(t.Context(), backToWaiting); err != nil { // what another replica does
			t.Fatal(err)
		}
		if err := q.tend(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the old run ends", func() bool { return len(ended) > 0 })
		if err := <-ended; !errors.Is(err, errLeaseLost) {
			t.Errorf("the run ended with %v", err)
		}
		if key := <-began; key != "a" {
			t.Errorf("%s runs again", key)
		}
	})
}

// A claim that hangs ends by itself: what looks after the lease waits for it.
func TestClaimsEnd(t *testing.T) {
	database := postgresSchema(t)
	q := open(t, Config{Database: database, Work: (&diary{}).work, lease: crashLease})
	other := rawDatabase(t, database)
	other.exec(`BEGIN`)
	other.exec(`LOCK TABLE keys`)
	if _, err := q.claimAll(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("claiming from a locked table: %v", err)
	}
}

// Replicas agree who lives, whatever the time zones of their connections.
func TestLeasesKnowNoTimeZone(t *testing.T) {
	database := postgresSchema(t)
	in := func(zone string) string {
		u, err := url.Parse(database)
		if err != nil {
			t.Fatal(err)
		}
		values := u.Query()
		values.Set("timezone", zone)
		u.RawQuery = values.Encode()
		return u.String()
	}
	began, ended := make(chan string, 2), make(chan error, 2)
	// it says that it lives, and not again
	west := begin(t, Config{Database: in("America/New_York"), Work: hold(began, ended), lease: time.Hour})
	t.Cleanup(west.cancelWork)
	add(t, west, Hint{Key: "a"})
	<-began
	east := open(t, Config{Database: in("Asia/Tokyo"), Work: (&diary{}).work, lease: time.Hour})
	if err := east.tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := east.Stats(t.Context()); err != nil || s.Running != 1 {
		t.Errorf("the run of a replica that lives was taken over: %+v, %v", s, err)
	}
	if err := west.change(t.Context(), `UPDATE replicas SET seen = seen - interval '2 hours'`); err != nil {
		t.Fatal(err)
	}
	if err := east.tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := east.Stats(t.Context()); err != nil || s.Running != 0 {
		t.Errorf("the run of a silent replica was not taken over: %+v, %v", s, err)
	}
}

// A claim may be stored although its answer is lost on the way: nobody runs its keys, so
// they are taken back.
func TestLostClaimsAreTakenBack(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := open(t, Config{Database: database, Work: d.work})
		add(t, q, Hint{Key: "a", Cause: "test"})
		err := q.db.write(t.Context(), func(x tx) error {
			return x.query(t.Context(), func(row) error { return nil }, claimDue, micros(time.Now()), int64(1), q.id, "")
		})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := q.Stats(t.Context()); err != nil || s.Running != 1 {
			t.Fatalf("stats %+v, %v", s, err)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		quiet(t, q)
		if jobs := d.all(); len(jobs) != 1 || jobs[0].Cause != "test" {
			t.Errorf("runs %+v, want one", jobs)
		}
	})
}

// Each replica knows how many there are, before its first run and when that changes.
func TestReplicasAreCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var mu sync.Mutex
		counts := map[string][]int{}
		cfg := func(name string) Config {
			return Config{Database: database, lease: time.Second, Work: (&diary{}).work, Replicas: func(n int) {
				mu.Lock()
				defer mu.Unlock()
				counts[name] = append(counts[name], n)
			}}
		}
		last := func(name string) int {
			mu.Lock()
			defer mu.Unlock()
			if len(counts[name]) == 0 {
				return 0
			}
			return counts[name][len(counts[name])-1]
		}
		begin(t, cfg("west"))
		if last("west") != 1 {
			t.Errorf("the first of all counts %d", last("west"))
		}
		if !isPostgres(database) {
			return // one process alone
		}
		open(t, cfg("receiver")) // it doesn't work
		east := begin(t, cfg("east"))
		if last("east") == 0 {
			t.Error("the second hasn't counted")
		}
		eventually(t, "the second to count both", func() bool { return last("east") == 2 })
		eventually(t, "the first to hear of the second", func() bool { return last("west") == 2 })
		if err := east.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the first to be alone again", func() bool { return last("west") == 1 })
		if last("receiver") != 0 {
			t.Errorf("who doesn't work counts %d", last("receiver"))
		}
	})
}
