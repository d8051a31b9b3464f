package queue

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// A database of an older program, which River carried runs for, is brought up to date
// with what it had to do: keys that waited, were handed over, or ran.
func TestDatabaseOfRiverGoesOn(t *testing.T) {
	for version := 1; version <= 5; version++ {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			onBoth(t, func(t *testing.T, database string) {
				exec := rawDatabase(t, database)
				exec(`CREATE TABLE queue_version (version BIGINT NOT NULL)`)
				for _, statement := range slices.Concat(migrations[:version]...) {
					exec(statement)
				}
				exec(fmt.Sprintf(`INSERT INTO queue_version (version) VALUES (%d)`, version))
				exec(`CREATE TABLE river_job (id BIGINT PRIMARY KEY)`)
				exec(`INSERT INTO keys (key, state, wanted, due) VALUES ('waiting', 0, 1, 1), ('handed over', 1, 1, 1)`)
				exec(`INSERT INTO keys (key, state, run, attempt, run_wanted, run_due) VALUES ('running', 2, 1, 1, 1, 1)`)
				exec(`INSERT INTO keys (key, done_at) VALUES ('idle', 1)`)
				if version < 4 {
					exec(`INSERT INTO deliveries VALUES ('1', 'push', '', 1, 1, 'payload')`)
				}
				goesOn(t, database)
			})
		})
	}
}

func goesOn(t *testing.T, database string) {
	var d diary
	q := begin(t, Config{Database: database, Work: d.work})
	quiet(t, q)
	ran := map[string]int{}
	for _, job := range d.all() {
		ran[job.Key]++
	}
	if diff := cmp.Diff(map[string]int{"waiting": 1, "handed over": 1, "running": 1}, ran); diff != "" {
		t.Errorf("runs (-want +have):\n%s", diff)
	}
	if err := q.change(t.Context(), `SELECT count(*) FROM river_job`); err == nil {
		t.Error("River's table is still there")
	}
	if fresh, err := q.Receive(t.Context(), Delivery{ID: "2", Hints: []Hint{{Key: "new"}}}); err != nil || !fresh {
		t.Errorf("receiving: fresh %t, %v", fresh, err)
	}
}

// rawDatabase runs statements in a database that no queue has opened.
func rawDatabase(t *testing.T, database string) func(statement string) {
	t.Helper()
	var exec func(string) error
	if isPostgres(database) {
		conn, err := pgx.Connect(t.Context(), database)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close(context.Background()) })
		exec = func(s string) error { _, err := conn.Exec(t.Context(), s); return err }
	} else {
		db, err := sql.Open("sqlite", sqliteDSN(database, sqlitePragmas))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		exec = func(s string) error { _, err := db.Exec(s); return err }
	}
	return func(statement string) {
		t.Helper()
		if err := exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
