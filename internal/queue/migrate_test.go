package queue

import (
	"context"
	"database/sql"
	"testing"

	"github.com/jackc/pgx/v5"
)

// A database of version 5, which River carried runs for, is brought up to date with
// what it had to do: keys that waited, were handed over, or ran.
func TestDatabaseOfRiverGoesOn(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		exec := rawDatabase(t, database)
		exec(`CREATE TABLE queue_version (version BIGINT NOT NULL)`)
		for _, version := range migrations[:5] {
			for _, statement := range version {
				exec(statement)
			}
		}
		exec(`INSERT INTO queue_version (version) VALUES (5)`)
		exec(`CREATE TABLE river_job (id BIGINT PRIMARY KEY)`)
		exec(`INSERT INTO keys (key, state, wanted, due) VALUES ('waiting', 0, 1, 1), ('handed over', 1, 1, 1)`)
		exec(`INSERT INTO keys (key, state, run, attempt, run_wanted, run_due) VALUES ('running', 2, 1, 1, 1, 1)`)
		exec(`INSERT INTO keys (key, done_at) VALUES ('idle', 1)`)

		var d diary
		q := begin(t, Config{Database: database, Work: d.work})
		quiet(t, q)
		ran := map[string]int{}
		for _, job := range d.all() {
			ran[job.Key]++
		}
		if len(ran) != 3 || ran["waiting"] != 1 || ran["handed over"] != 1 || ran["running"] != 1 {
			t.Errorf("runs %v, want one of each key that had something to do", ran)
		}
		if err := q.change(t.Context(), `SELECT count(*) FROM river_job`); err == nil {
			t.Error("River's table is still there")
		}
	})
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
