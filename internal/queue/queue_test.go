package queue

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestHintsOfAKeyMakeOneRun(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := open(t, Config{Database: database, Work: d.work})
		newest := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		for i := range 10 {
			h := Hint{Key: "a", Cause: fmt.Sprint("d", i), UpdatedAt: newest.Add(-time.Duration(i) * time.Minute)}
			if i == 3 {
				h.Installation = 7
			}
			add(t, q, h)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		quiet(t, q)
		want := []Job{{Hint: Hint{Key: "a", Installation: 7, UpdatedAt: newest, Cause: "d9"}, Attempt: 1}}
		if diff := cmp.Diff(want, d.all(), cmpopts.IgnoreFields(Job{}, "Wanted")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestHintsWithinSettleMakeOneRun(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		var ahead atomic.Int64
		q := begin(t, Config{
			Database: database, Settle: time.Hour, Work: d.work,
			Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
		})
		for range 5 {
			add(t, q, Hint{Key: "a"})
		}
		if s, err := q.Stats(t.Context()); err != nil || !cmp.Equal(s, Stats{Delayed: 1}, cmpopts.IgnoreFields(s, "Unserved")) {
			t.Errorf("stats %+v, %v: want one key that settles", s, err)
		}
		ahead.Store(int64(time.Hour))
		add(t, q, Hint{Key: "b", At: q.cfg.Now()}) // the dispatcher looks at the new time
		quiet(t, q)
		if jobs := d.all(); len(jobs) != 2 {
			t.Errorf("want one run of each key: %+v", jobs)
		}
	})
}

func TestHintDuringARunMakesOneMore(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		began, goOn := make(chan struct{}, 10), make(chan struct{})
		q := begin(t, Config{Database: database, Work: func(_ context.Context, job Job) error {
			d.note(job)
			began <- struct{}{}
			<-goOn
			return nil
		}})
		add(t, q, Hint{Key: "a", Cause: "first"})
		<-began
		add(t, q, Hint{Key: "a", Cause: "second"})
		add(t, q, Hint{Key: "a", Cause: "third"})
		close(goOn)
		quiet(t, q)
		var causes []string
		for _, job := range d.all() {
			causes = append(causes, job.Cause)
		}
		if diff := cmp.Diff([]string{"first", "third"}, causes); diff != "" {
			t.Error(diff)
		}
	})
}

// A look at a later time stands beside other hints, survives a restart, and the
// earlier of two wins; of two within ten seconds, the later.
func TestHintAt(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		var ahead atomic.Int64
		cfg := Config{Database: database, Work: d.work, Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }}
		q := begin(t, cfg)
		at := time.Now().Add(2 * time.Hour)
		add(t, q, Hint{Key: "a", At: at, Cause: "two hours", Installation: 5})
		add(t, q, Hint{Key: "a", At: at.Add(-time.Hour), Cause: "one hour"})
		add(t, q, Hint{Key: "a", At: at, Cause: "two hours"})
		add(t, q, Hint{Key: "a", At: at.Add(8*time.Second - time.Hour), Cause: "eight seconds later"})
		add(t, q, Hint{Key: "a", At: at.Add(4*time.Second - time.Hour), Cause: "four seconds later"})
		add(t, q, Hint{Key: "a", Cause: "now"})
		quiet(t, q)
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		ahead.Store(int64(61 * time.Minute))
		q = begin(t, cfg)
		eventually(t, "second run", func() bool { return len(d.all()) == 2 })
		quiet(t, q)
		want := []Job{
			{Hint: Hint{Key: "a", Installation: 5, Cause: "now"}, Attempt: 1},
			{Hint: Hint{Key: "a", Installation: 5, Cause: "eight seconds later"}, Attempt: 1},
		}
		if diff := cmp.Diff(want, d.all(), cmpopts.IgnoreFields(Job{}, "Wanted")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBadInputIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work})
		long := strings.Repeat("x", maxKey+1)
		for _, d := range []Delivery{{}, {ID: "a\x00"}, {ID: "\xff"}, {ID: long}, {ID: "1", Hints: []Hint{{}}},
			{ID: "1", Hints: []Hint{{Key: "\xff"}}}} {
			if _, err := q.Receive(t.Context(), d); err == nil {
				t.Errorf("%+v was taken", d)
			}
		}
		if err := q.Add(t.Context(), Hint{Key: "a"}, Hint{Key: long}); err == nil {
			t.Error("a long key was taken")
		}
		if s, err := q.Stats(t.Context()); err != nil || !cmp.Equal(s, Stats{}) {
			t.Errorf("stats %+v, %v", s, err)
		}
	})
}

func TestNotes(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work})
		for _, want := range [][]byte{nil, []byte("one"), {}, {0, 255}} {
			if want != nil {
				if err := q.Put(t.Context(), "n", want); err != nil {
					t.Fatal(err)
				}
			}
			got, err := q.Get(t.Context(), "n")
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
		}
	})
}

func TestStats(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		began, goOn := make(chan struct{}), make(chan struct{})
		q := begin(t, Config{Database: database, Workers: 1, Work: func(context.Context, Job) error {
			began <- struct{}{}
			<-goOn
			return nil
		}})
		add(t, q, Hint{Key: "a"})
		<-began
		add(t, q, Hint{Key: "b"}, Hint{Key: "c"}, Hint{Key: "d", At: time.Now().Add(time.Hour)})
		s, err := q.Stats(t.Context())
		if err != nil || s.Overdue <= 0 || s.Oldest() <= 0 {
			t.Errorf("stats %+v, %v", s, err)
		}
		s.Overdue, s.Unserved = 0, nil
		if diff := cmp.Diff(Stats{Waiting: 2, Running: 1}, s); diff != "" {
			t.Error(diff)
		}
		go func() {
			for range began {
			}
		}()
		close(goOn)
		quiet(t, q)
		close(began)
	})
}

func TestCleaningKeepsWhatIsNotDone(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work})
		left := func() (n int) {
			if err := q.db.query(t.Context(), func(r row) error { return r.Scan(&n) }, `SELECT count(*) FROM deliveries`); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for i := range 250 {
			if _, err := q.Receive(t.Context(), Delivery{ID: fmt.Sprint(i), Received: time.Now().AddDate(0, 0, -8)}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := q.Receive(t.Context(), Delivery{ID: "new", Hints: []Hint{{Key: "a"}}}); err != nil {
			t.Fatal(err)
		}
		// As if the hint, too, were eight days old and its key still not done.
		if err := q.change(t.Context(), `UPDATE keys SET wanted = $1`, micros(time.Now().AddDate(0, 0, -8))); err != nil {
			t.Fatal(err)
		}
		if err := q.clean(t.Context()); err != nil || left() != 251 {
			t.Errorf("%d deliveries left, want all 251 while a key of their time is not done; %v", left(), err)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		quiet(t, q)
		if err := q.clean(t.Context()); err != nil || left() != 1 {
			t.Errorf("%d deliveries left, want the new one; %v", left(), err)
		}
	})
}

// The answer to a claim may be lost on the way: the run is this replica's, which
// doesn't know.
func TestLostClaimsBeginAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := open(t, Config{Database: database, Work: d.work})
		add(t, q, Hint{Key: "a", Cause: "x"}, Hint{Key: "b", At: time.Now().Add(time.Hour)})
		err := q.db.write(t.Context(), func(x tx) error {
			return x.query(t.Context(), func(row) error { return nil }, claimDue, micros(time.Now()), int64(9), q.id, "")
		})
		if err != nil {
			t.Fatal(err)
		}
		if s, err := q.Stats(t.Context()); err != nil || s.Running != 1 {
			t.Errorf("stats %+v, %v", s, err)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a run of what was lost", func() bool { return len(d.all()) == 1 })
		if job := d.all()[0]; job.Key != "a" || job.Cause != "x" || job.Wanted.IsZero() {
			t.Errorf("run %+v", job)
		}
	})
}

// A run that was taken from its replica must not end the one that followed.
func TestOldRunHasNoSay(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		began, goOn := make(chan struct{}), make(chan struct{})
		q := begin(t, Config{Database: database, Work: func(context.Context, Job) error {
			began <- struct{}{}
			<-goOn
			return nil
		}})
		add(t, q, Hint{Key: "a"})
		<-began
		if err := q.finish(t.Context(), run{key: "a", number: 0}, verdict{}); err != nil {
			t.Error(err)
		}
		if s, err := q.Stats(t.Context()); err != nil || s.Running != 1 {
			t.Errorf("an old run ended the current one: %+v, %v", s, err)
		}
		close(goOn)
		quiet(t, q)
	})
}
