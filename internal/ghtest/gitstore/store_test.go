package gitstore

import (
	"path/filepath"
	"testing"
)

// newStore is an empty one.
func newStore(t *testing.T) *Store {
	t.Helper()
	g, err := FindGit(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "store.git")
	if err := InitBare(dir, "main", ""); err != nil {
		t.Fatal(err)
	}
	st := New(g, dir)
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}
