package queue

import (
	"os"
	"path/filepath"
	"testing"
)

func TestNobodyElseReadsTheDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "concorde.db")
	open(t, Config{Database: path, Work: (&diary{}).work})
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has mode %o", filepath.Base(file), mode)
		}
	}
}
