package queue

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A Reader sees what a running queue has stored, and changes nothing.
func TestReader(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: func(context.Context, Job) error { return nil }})
		if err := q.Add(t.Context(), Hint{Key: "a/b#1", Cause: "test"}); err != nil {
			t.Fatal(err)
		}
		if err := q.Put(t.Context(), "note", []byte("text")); err != nil {
			t.Fatal(err)
		}
		r, err := OpenReader(t.Context(), database, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		have, newest, err := r.Version(t.Context())
		if err != nil || have != newest || have != len(migrations) {
			t.Errorf("version %d of %d: %v", have, newest, err)
		}
		if s, err := r.Stats(t.Context()); err != nil || s.Waiting+s.Delayed != 1 {
			t.Errorf("%+v %v", s, err)
		}
		if note, err := r.Get(t.Context(), "note"); err != nil || string(note) != "text" {
			t.Errorf("%q %v", note, err)
		}
		if err := r.q.db.query(t.Context(), func(row) error { return nil }, `DELETE FROM notes`); err == nil {
			t.Error("a reader can delete")
		}
	})
}

func TestReaderOfNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenReader(t.Context(), filepath.Join(dir, "missing.db"), time.Now); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("looking made %v %v", entries, err)
	}
	if _, err := OpenReader(t.Context(), dir, time.Now); err == nil {
		t.Error("a directory is taken for a database")
	}
	_, err := OpenReader(t.Context(), "postgres://bot:hunter2@[bad/x", time.Now)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
	path := filepath.Join(dir, "text.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReader(t.Context(), path, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, _, err := r.Version(t.Context()); err == nil || !strings.Contains(err.Error(), "isn't an SQLite database") {
		t.Errorf("%v", err)
	}
}
