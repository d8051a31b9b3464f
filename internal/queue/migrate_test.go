package queue

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // for rawDatabase
)

// raw is a database without a queue.
type raw struct {
	*testing.T
	db *sql.Conn // one, so that statements can be parts of a transaction
}

func rawDatabase(t *testing.T, database string) raw {
	t.Helper()
	driver, source := "sqlite", sqliteDSN(database, sqlitePragmas)
	if isPostgres(database) {
		driver, source = "pgx", database
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	t.Cleanup(func() {
		if conn != nil {
			conn.Close()
		}
		db.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	return raw{t, conn}
}

func (r raw) exec(statement string) {
	r.Helper()
	if _, err := r.db.ExecContext(context.Background(), statement); err != nil {
		r.Fatalf("%.300s: %v", statement, err)
	}
}

// rows returns a line for each row.
func (r raw) rows(query string) (lines []string) {
	r.Helper()
	found, err := r.db.QueryContext(r.Context(), query)
	if err != nil {
		r.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		r.Fatal(err)
	}
	err = scanAll(found, func(row row) error {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		err := row.Scan(into...)
		lines = append(lines, fmt.Sprintf("%q", values))
		return err
	})
	if err != nil {
		r.Fatalf("%s: %v", query, err)
	}
	return lines
}

func dumpPath(database string, version int) string {
	kind := "sqlite"
	if isPostgres(database) {
		kind = "postgres"
	}
	return fmt.Sprintf("testdata/schema/%s-%d.sql", kind, version)
}

// dump is what testdata has of a version's database.
func dump(t *testing.T, database string, version int) string {
	t.Helper()
	text, err := os.ReadFile(dumpPath(database, version))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// everyVersion runs f on a filled database of each version of the tables.
func everyVersion(t *testing.T, f func(t *testing.T, version int, database string)) {
	t.Helper()
	for version := 1; version <= len(migrations); version++ {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			onBoth(t, func(t *testing.T, database string) {
				rawDatabase(t, database).exec(dump(t, database, version))
				f(t, version, database)
			})
		})
	}
}

// kept are the tables whose rows an upgrade doesn't change, with the first version that
// has them.
var kept = map[string]int{
	"SELECT id, event, action, installation, received FROM deliveries ORDER BY id":                                                      1,
	"SELECT name, value FROM notes ORDER BY name":                                                                                       1,
	"SELECT key, at, place, entry FROM trail ORDER BY key, at, place":                                                                   2,
	"SELECT key, version, seen FROM versions ORDER BY key, version":                                                                     3,
	"SELECT grp, number, class, at, brief, detail FROM views ORDER BY grp, number":                                                      8,
	"SELECT key, thing, at, value FROM predictions ORDER BY key, thing, at":                                                             8,
	"SELECT name, at, least, most, spent FROM usage ORDER BY at, name":                                                                  10,
	"SELECT person, id, made, value FROM feeds ORDER BY person":                                                                         10,
	"SELECT key, run, attempt, installation, updated_at, cause, again_at, again_cause, gave_up, reason, done_at FROM keys ORDER BY key": 1,
}

// TestUpgrade: a database of every version has the same tables as a new one after Open,
// with all rows, and what it had to do is done, once.
func TestUpgrade(t *testing.T) {
	everyVersion(t, func(t *testing.T, version int, database string) {
		db := rawDatabase(t, database)
		before := map[string][]string{}
		for query, since := range kept {
			if version >= since {
				before[query] = db.rows(query)
				if len(before[query]) == 0 {
					t.Fatalf("the dump has no rows for %s", query)
				}
			}
		}
		var d diary
		q := open(t, Config{Database: database, Work: d.work, Now: afterFill})
		for query := range before {
			if diff := cmp.Diff(before[query], db.rows(query)); diff != "" {
				t.Errorf("%s (-before +after):\n%s", query, diff)
			}
		}
		if diff := cmp.Diff(newSchema(t, database), schema(db, database)); diff != "" {
			t.Errorf("the tables (-new +upgraded):\n%s", diff)
		}
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		quiet(t, q)
		goesOn(t, version, q, d.all())
	})
}

// afterFill is a time at which whatever waits in a dump, except for 2090, is due.
func afterFill() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }

// goesOn checks what became of the keys in a dump.
func goesOn(t *testing.T, version int, q *Queue, jobs []Job) {
	t.Helper()
	updated := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
	want := map[string]Job{}
	attempts := map[string]int{"python/cpython": 1, "python/cpython#1": 2, "python/cpython#2": 1, "python/cpython#4": 1, "python/cpython#5": 2}
	for key, attempt := range attempts {
		want[key] = Job{Hint: Hint{Key: key, Installation: 7, UpdatedAt: updated, Cause: "delivery of " + key}, Attempt: attempt}
	}
	ran := map[string]Job{}
	for _, job := range jobs {
		if _, again := ran[job.Key]; again {
			t.Errorf("%s ran twice", job.Key)
		}
		if age := afterFill().Sub(job.Wanted); age < time.Hour || age > 10*time.Hour {
			t.Errorf("%s was wanted at %v", job.Key, job.Wanted)
		}
		job.Wanted = time.Time{}
		ran[job.Key] = job
	}
	if diff := cmp.Diff(want, ran); diff != "" {
		t.Errorf("runs (-want +have):\n%s", diff)
	}
	if s, err := q.Stats(t.Context()); err != nil || s.GivenUp != 1 {
		t.Errorf("%+v, %v; want one key that was given up", s, err)
	}
	keepsRows(t, version, q)
}

// keepsRows checks that what a dump had beside keys can still be read.
func keepsRows(t *testing.T, version int, q *Queue) {
	t.Helper()
	for id, want := range map[string]bool{"d1": false, "d8": false, "new": true} {
		if fresh, err := q.Receive(t.Context(), Delivery{ID: id}); err != nil || fresh != want {
			t.Errorf("receiving %s: fresh %t, %v", id, fresh, err)
		}
	}
	if note, err := q.Get(t.Context(), "sweep/python/cpython"); err != nil || !strings.Contains(string(note), `"rest": [4]`) {
		t.Errorf("a note: %s, %v", note, err)
	}
	log, err := q.AuditLog(t.Context(), "python/cpython#6", 10)
	if err != nil || version >= 2 && (len(log) != 3 || string(log[1]) != "second; it's") {
		t.Errorf("the audit log: %q, %v", log, err)
	}
	updated := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
	if seen, err := q.Seen(t.Context(), "python/cpython#6", "0123abcd"); err != nil || version >= 3 && !seen.Equal(updated) {
		t.Errorf("a version: %v, %v", seen, err)
	}
}

// newSchema has the tables of a new database of the same kind.
func newSchema(t *testing.T, like string) []string {
	t.Helper()
	database := t.TempDir() + "/new.db"
	if isPostgres(like) {
		database = postgresSchema(t)
	}
	open(t, Config{Database: database, Work: (&diary{}).work})
	return schema(rawDatabase(t, database), database)
}

var inSchema = regexp.MustCompile(`q[a-z2-7]{26}\.`)

// schema describes all tables and indexes.
func schema(db raw, database string) []string {
	db.Helper()
	if !isPostgres(database) {
		return db.rows(`SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name`)
	}
	columns := db.rows(`SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = current_schema() ORDER BY table_name, column_name`)
	indexes := db.rows(`SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname`)
	for i := range indexes {
		indexes[i] = inSchema.ReplaceAllString(indexes[i], "")
	}
	return slices.Concat(columns, indexes)
}
