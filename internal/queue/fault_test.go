//go:build unix

package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// outage breaks a working queue and mends it again: meanwhile Receive must answer
// with an error that says want, and afterwards everything goes on by itself.
func outage(t *testing.T, database string, want string, breakIt func(q *Queue) (mend func())) {
	var d diary
	began, goOn := make(chan struct{}, 2), make(chan struct{}, 2)
	q := begin(t, Config{Database: database, Work: func(_ context.Context, job Job) error {
		d.note(job)
		began <- struct{}{}
		<-goOn
		return nil
	}})
	add(t, q, Hint{Key: "before"})
	<-began
	mend := breakIt(q)
	goOn <- struct{}{} // this run ends while its end cannot be stored
	refused := Delivery{ID: "1"}
	for i := range 50 { // more than fits into what is free
		refused.Hints = append(refused.Hints, Hint{Key: fmt.Sprint("refused", i), Cause: strings.Repeat("x", maxText)})
	}
	_, err := q.Receive(t.Context(), refused)
	if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "storing delivery 1: ") {
		t.Errorf("receiving: %v, want an error with %q", err, want)
	}
	mend()
	var fresh bool
	eventually(t, "the database takes deliveries again", func() bool {
		fresh, err = q.Receive(t.Context(), Delivery{ID: "1", Hints: []Hint{{Key: "during"}}})
		return err == nil
	})
	if !fresh {
		t.Error("a refused delivery was stored")
	}
	goOn <- struct{}{}
	quiet(t, q)
	var keys []string
	for _, job := range d.all() {
		keys = append(keys, job.Key)
	}
	if got := fmt.Sprint(keys); got != "[before during]" {
		t.Errorf("runs %s", got)
	}
}

func TestSQLiteOutages(t *testing.T) {
	pragma := func(t *testing.T, q *Queue, format string, args ...any) (value int) {
		t.Helper()
		err := q.db.(*sqliteDB).writer.QueryRow("PRAGMA " + fmt.Sprintf(format, args...)).Scan(&value)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			t.Fatal(err)
		}
		return value
	}
	for _, c := range []struct {
		name, want string
		breakIt    func(t *testing.T, q *Queue) func()
	}{
		{"locked", "another program", func(t *testing.T, q *Queue) func() {
			other, err := sql.Open("sqlite", sqliteDSN(q.cfg.Database, sqlitePragmas))
			if err != nil {
				t.Fatal(err)
			}
			tx, err := other.Begin()
			if err != nil {
				t.Fatal(err)
			}
			return func() { tx.Rollback(); other.Close() }
		}},
		{"read-only", "can't be written", func(t *testing.T, q *Queue) func() {
			pragma(t, q, "query_only=1")
			return func() { pragma(t, q, "query_only=0") }
		}},
		{"full", "the disk is full", func(t *testing.T, q *Queue) func() {
			pragma(t, q, "max_page_count=%d", pragma(t, q, "page_count"))
			return func() { pragma(t, q, "max_page_count=1000000") }
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			outage(t, filepath.Join(t.TempDir(), "queue.db"), c.want, func(q *Queue) func() { return c.breakIt(t, q) })
		})
	}
}

// ownPostgres starts a server that the test may stop.
func ownPostgres(t *testing.T) (database, dir string) {
	t.Helper()
	if os.Getenv(postgresEnv) == "" {
		t.Skip(postgresEnv + " is not set")
	}
	dir, err := os.MkdirTemp("", "queue") // t.TempDir is closed to the server's user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Cleanup(func() { exec.Command("../../.ci/postgres", "stop", dir).Run() })
	return postgresCtl(t, "start", dir), dir
}

func postgresCtl(t *testing.T, command, dir string) string {
	t.Helper()
	cmd := exec.Command("../../.ci/postgres", command, dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestPostgresOutage(t *testing.T) {
	t.Parallel()
	database, dir := ownPostgres(t)
	outage(t, database, "can't reach PostgreSQL", func(*Queue) func() {
		postgresCtl(t, "stop", dir)
		return func() { postgresCtl(t, "start", dir) }
	})
}

func TestPostgresRestartLosesNothing(t *testing.T) {
	t.Parallel()
	database, dir := ownPostgres(t)
	w := &world{}
	q := begin(t, Config{Database: database, Work: w.work, lease: crashLease, RetryMin: time.Millisecond, MaxAttempts: 1000})
	w.hint(t, 50, q)
	begin := w.runs.Load()
	for i := range w.truth { // these are under way when the server dies
		w.truth[i].Add(1)
		add(t, q, Hint{Key: worldKey(i)})
	}
	postgresCtl(t, "stop", dir)
	postgresCtl(t, "start", dir)
	quiet(t, q)
	w.check(t)
	if w.runs.Load() == begin {
		t.Error("nothing ran after the restart")
	}
}

// One bad write must not spoil those that share its transaction.
func TestBadWriteSpoilsNoOther(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work})
		refuse := `ALTER TABLE deliveries ADD CHECK (id <> 'bad')`
		if !isPostgres(database) {
			refuse = `CREATE TRIGGER refuse BEFORE INSERT ON deliveries WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END`
		}
		if err := q.change(t.Context(), refuse); err != nil {
			t.Fatal(err)
		}
		var batch []*write
		for _, id := range []string{"1", "2", "bad", "3"} {
			batch = append(batch, &write{ctx: t.Context(), delivery: &Delivery{ID: id}, hints: []Hint{{Key: id}}, done: make(chan struct{})})
		}
		q.commit(append([]*write(nil), batch...))
		for _, w := range batch {
			<-w.done
			if bad := w.delivery.ID == "bad"; bad == (w.err == nil) || bad == w.fresh {
				t.Errorf("delivery %s: fresh %t, %v", w.delivery.ID, w.fresh, w.err)
			}
		}
		if s, err := q.Stats(t.Context()); err != nil || s.Waiting != 3 {
			t.Errorf("stats %+v, %v", s, err)
		}
	})
}

// What the database can't store before its caller gives up is refused, and never stored
// later; those who came after wait on.
func TestNothingIsStoredLate(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work})
		of := func(id string, wait time.Duration) *write {
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			t.Cleanup(cancel)
			return &write{ctx: ctx, delivery: &Delivery{ID: id}, done: make(chan struct{})}
		}
		late, patient := of("late", answerWithin-commitWithin), of("patient", time.Hour)
		q.commit([]*write{late, patient})
		for _, w := range []*write{late, patient} {
			select {
			case <-w.done:
			case <-w.ctx.Done(): // what began too late has no answer: its caller left
				w.err = w.ctx.Err()
			}
		}
		if late.err == nil || patient.err != nil {
			t.Errorf("late: %v, patient: %v", late.err, patient.err)
		}
		var stored []string
		read := func(r row) error {
			var id string
			err := r.Scan(&id)
			stored = append(stored, id)
			return err
		}
		if err := q.db.query(t.Context(), read, `SELECT id FROM deliveries`); err != nil || fmt.Sprint(stored) != "[patient]" {
			t.Errorf("stored %q, %v", stored, err)
		}
	})
}

func TestCallerMayGoAway(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := q.Receive(ctx, Delivery{ID: "1"}); !errors.Is(err, context.Canceled) {
			t.Errorf("receiving: %v", err)
		}
		if _, err := q.Receive(t.Context(), Delivery{ID: "1"}); err != nil {
			t.Error(err)
		}
	})
}

func TestCommitsAreSynced(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work})
		setting, want := "SHOW synchronous_commit", "on"
		if !isPostgres(database) {
			setting, want = "PRAGMA synchronous", "2" // FULL
		}
		var got string
		err := q.db.write(t.Context(), func(x tx) error {
			return x.query(t.Context(), func(r row) error { return r.Scan(&got) }, setting)
		})
		if err != nil || got != want {
			t.Errorf("%s is %q, want %q; %v", setting, got, want, err)
		}
	})
}

func TestOpenExplainsItsErrors(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(file("text.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	work := (&diary{}).work
	open(t, Config{Database: file("used ?#%.db"), Work: work})
	newer := open(t, Config{Database: file("newer.db"), Work: work})
	if err := newer.change(t.Context(), `INSERT INTO queue_version (version) VALUES (99)`); err != nil {
		t.Fatal(err)
	}
	if err := newer.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Work: work}, "Database is empty"},
		{Config{Database: "x"}, "Work is missing"},
		{Config{Database: "x", Work: work, Settle: -1}, "negative"},
		{Config{Database: file("used ?#%.db"), Work: work}, "another process is using it"},
		{Config{Database: file("text.db"), Work: work}, "isn't an SQLite database"},
		{Config{Database: file("none/queue.db"), Work: work}, "no such file or directory"},
		{Config{Database: file("newer.db"), Work: work}, "start the newer program"},
		{Config{Database: "postgres://u:hush@127.0.0.1:1/x?connect_timeout=2", Work: work}, "can't reach PostgreSQL"},
		{Config{Database: "postgres://u:hush@127.0.0.1:x/x", Work: work}, "cannot parse"},
	} {
		_, err := Open(t.Context(), c.cfg)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("opening %q: %v, want an error with %q and no password", c.cfg.Database, err, c.want)
		}
	}
}
