package queue

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// size is that of a SQLite file and of the log beside it.
func size(t *testing.T, path string) (bytes int64) {
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			bytes += info.Size()
		} else if !os.IsNotExist(err) {
			t.Error(err)
		}
	}
	return bytes
}

// olderFile is a database of version 3, which kept payloads: 200 of 100 kB.
func olderFile(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "queue.db")
	db, err := sql.Open("sqlite", sqliteDSN(path, "_pragma=journal_mode(WAL)"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	statements := slices.Concat(migrations[:3]...)
	for _, s := range append(statements, `CREATE TABLE queue_version (version BIGINT NOT NULL)`,
		`INSERT INTO queue_version VALUES (1), (2), (3)`) {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 200 {
		payload := make([]byte, 100_000)
		rand.Read(payload)
		if _, err := db.Exec(`INSERT INTO deliveries VALUES ($1, 'issues', 'edited', 1, $2, $3)`, fmt.Sprint(i), micros(time.Now()),
			payload); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// A file of an older program loses its payloads, gives their room back, and knows the
// deliveries still. The log says once what takes so long.
func TestOlderFileShrinks(t *testing.T) {
	path := olderFile(t)
	if before := size(t, path); before < 20_000_000 {
		t.Fatalf("the older file has only %d bytes", before)
	}
	for start, lines := range []int{1, 0, 0} {
		var log bytes.Buffer
		q, err := Open(t.Context(), Config{Database: path, Work: (&diary{}).work, Log: zerolog.New(&log)})
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(log.String(), "rewriting the database once"); n != lines {
			t.Errorf("start %d: %d lines in the log, want %d:\n%s", start, n, lines, log.String())
		}
		if fresh, err := q.Receive(t.Context(), Delivery{ID: "199", Event: "issues"}); fresh || err != nil {
			t.Errorf("a delivery that is stored came again: fresh %t, %v", fresh, err)
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := size(t, path); after > 500_000 {
			t.Errorf("start %d: %d bytes are left", start, after)
		}
	}
}

// A conversion that is cut short changes nothing, and the next start does it.
func TestConversionCutShort(t *testing.T) {
	path := olderFile(t)
	q := &Queue{cfg: Config{Log: zerolog.Nop()}}
	db := &sqliteDB{}
	q.db = db
	var err error
	if db.writer, err = sql.Open("sqlite", sqliteDSN(path, sqlitePragmas)); err != nil {
		t.Fatal(err)
	}
	db.writer.SetMaxOpenConns(1)
	if err := db.writer.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithCancel(t.Context())
	before := size(t, path)
	go func() {
		defer cancel()
		for size(t, path) < before+1_000_000 && t.Context().Err() == nil {
			runtime.Gosched() // until it is in the middle of writing
		}
	}()
	if err := q.makeShrinkable(short, db); err != nil {
		t.Error(err)
	}
	if err := db.close(); err != nil {
		t.Fatal(err)
	}
	q = open(t, Config{Database: path, Work: (&diary{}).work})
	var n int
	if err := q.db.query(t.Context(), func(r row) error { return r.Scan(&n) }, `SELECT count(*) FROM deliveries`); err != nil || n != 200 {
		t.Errorf("%d deliveries, %v", n, err)
	}
	if mode, err := q.db.(*sqliteDB).pragma(t.Context(), "auto_vacuum"); err != nil || mode != incremental {
		t.Errorf("auto_vacuum is %d, %v", mode, err)
	}
}

// What was deleted makes the file smaller.
func TestFileShrinks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queue.db")
	q := open(t, Config{Database: path, Work: (&diary{}).work, maxRows: 10})
	big := bytes.Repeat([]byte("x"), 100_000)
	for range 300 {
		if err := q.Log(t.Context(), "a", big); err != nil {
			t.Fatal(err)
		}
	}
	before := size(t, path)
	if err := q.clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := size(t, path); before < 30_000_000 || after > 6_000_000 {
		t.Errorf("%d bytes became %d", before, after)
	}
}

// Events of strangers make rows of five tables: the newest of each stay.
func TestTablesAreBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		now := time.Now()
		q := open(t, Config{Database: database, Work: (&diary{}).work, maxRows: 50,
			Now: func() time.Time { now = now.Add(time.Millisecond); return now }})
		for i := range 300 {
			key := fmt.Sprint("k", i)
			d := Delivery{ID: fmt.Sprint(i), Hints: []Hint{{Key: key, Version: fmt.Sprint("v", i), UpdatedAt: now}}}
			if _, err := q.Receive(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			if err := q.Log(t.Context(), key, []byte("done")); err != nil {
				t.Fatal(err)
			}
			if err := q.PutView(t.Context(), View{Group: "a/b", Number: i, Class: "open", At: now, Brief: []byte("x"), Detail: []byte("x")}); err != nil {
				t.Fatal(err)
			}
		}
		count := func(what, query string, want int) {
			t.Helper()
			var n int
			if err := q.db.query(t.Context(), func(r row) error { return r.Scan(&n) }, query); err != nil || n != want {
				t.Errorf("%s: %d rows, want %d; %v", what, n, want, err)
			}
		}
		clean := func() {
			t.Helper()
			if err := q.clean(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		clean()
		count("keys that wait are no history", `SELECT count(*) FROM keys`, 300)
		if err := q.change(t.Context(), `UPDATE keys SET due = 0, wanted = 0, done_at = updated_at`); err != nil {
			t.Fatal(err)
		}
		clean()
		for _, table := range []string{"deliveries", "keys", "trail", "versions"} {
			count(table, `SELECT count(*) FROM `+table, 50)
		}
		count("views", `SELECT count(*) FROM views`, 12)
		count("the newest deliveries", `SELECT count(*) FROM deliveries WHERE id IN ('299', '250')`, 2)
		count("the newest key", `SELECT count(*) FROM keys WHERE key = 'k299'`, 1)
	})
}

// Many repositories of one account don't fill the database with notes, and others keep theirs.
func TestNotesAreBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work, Party: partyOf, maxNotes: 25_000})
		note := func(name string, size int) {
			t.Helper()
			if err := q.Put(t.Context(), name, make([]byte, size)); err != nil {
				t.Fatal(err)
			}
		}
		has := func(name string, want bool) {
			t.Helper()
			if value, err := q.Get(t.Context(), name); err != nil || (value != nil) != want {
				t.Errorf("%s: %d bytes, %v", name, len(value), err)
			}
		}
		note("missed deliveries", 30_000) // nobody's
		for _, name := range []string{"settings/python/cpython", "sweep/python/cpython", "settings/pypa/pip"} {
			note(name, 2_000)
		}
		for i := range 150 {
			note(fmt.Sprintf("settings/mallory/r%d", i), 80)
		}
		for _, gone := range []bool{false, true} {
			if err := q.clean(t.Context()); err != nil {
				t.Fatal(err)
			}
			has("settings/mallory/r0", !gone)
			has("settings/mallory/r149", !gone)
			for _, name := range []string{"missed deliveries", "settings/python/cpython", "sweep/python/cpython", "settings/pypa/pip"} {
				has(name, true)
			}
			note("settings/mallory/large", 5_000)
		}
	})
}
