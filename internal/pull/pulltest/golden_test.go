package pulltest

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/concorde-bot/concorde/internal/pull"
)

// A golden file that nothing runs is an error, as is a folder without any.
func TestGoldenFilesAreFound(t *testing.T) {
	testdata := fstest.MapFS{"a.txtar": {}, "b/c.txtar": {}, "b/d/e.txtar": {}, "b/words.txt": {}}
	run := func([]byte) ([]pull.Rule, error) { return nil, nil }
	all, err := files(testdata, map[string]Rules{"": run, "b": nil, "b/d": run})
	if err != nil || !slices.Equal(all, []string{"a.txtar", "b/c.txtar", "b/d/e.txtar"}) {
		t.Errorf("%q, %v", all, err)
	}
	for want, folders := range map[string]map[string]Rules{
		"nothing runs testdata/b/d/e.txtar":        {"": run, "b": nil},
		"nothing runs testdata/a.txtar":            {"b": run, "b/d": run},
		"there are no golden files in testdata/b2": {"": run, "b": run, "b/d": run, "b2": run},
	} {
		if _, err := files(testdata, folders); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
