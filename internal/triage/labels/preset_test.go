package labels

import (
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
)

// asEver are the labels by which bedevere tells documentation and tests: each
// file is one of documentation, by its ending, or of tests, by its name; any
// other file ends it. Tests count more than documentation.
func asEver(paths []string) []string {
	docs, tests, news := false, false, false
	for _, p := range paths {
		news = news || strings.HasPrefix(p, "Misc/NEWS.d/next/")
		name := path.Base(p)
		dot := strings.LastIndex(name, ".")
		switch {
		case dot > 0 && (name[dot:] == ".md" || name[dot:] == ".rst") || name == ".nitignore":
			docs = true
		case strings.HasPrefix(name, "test_") || strings.HasPrefix(name, "_test"):
			tests = true
		default:
			return nil
		}
	}
	switch {
	case tests:
		return []string{"tests"}
	case docs && news:
		return []string{"docs"}
	case docs:
		return []string{"docs", "skip news"}
	}
	return nil
}

func TestPresetLabelsAsEver(t *testing.T) {
	rules, err := rules(nil)
	if err != nil {
		t.Fatal(err)
	}
	odd := []string{
		"Doc/a.rst", "README.md", "x/.nitignore", ".nitignore", ".md", "Doc/.rst", "Doc/x.rst.txt", "Doc/X.RST", "test_x.rst",
		"Lib/test/test_os.py", "_test", "a/_testcapi.c",
		"test_", "tests/x", "Lib/test/support.py", "Misc/NEWS.d/next/Library/x.rst", "Misc/NEWS.d/next/x", "Misc/NEWS.d/next/test_x",
		"Misc/NEWS.d/3.9.rst", "..md", "a.md.", ".nitignore/x",
	}
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for range 5000 {
		r := &pull.Request{State: pull.Open, Facts: ^pull.Facts(0)}
		var paths []string
		for range random.IntN(4) {
			p := odd[random.IntN(len(odd))]
			paths = append(paths, p)
			r.Files = append(r.Files, pull.File{Path: p, Change: pull.Modified})
		}
		var have []string
		for _, label := range rules[0].Want(r).Labels {
			if slices.Contains([]string{"docs", "tests", "skip news"}, label.Name) {
				have = append(have, label.Name)
			}
		}
		slices.Sort(have)
		if diff := cmp.Diff(asEver(paths), have); diff != "" {
			t.Fatalf("%q: (-want +have)\n%s", paths, diff)
		}
		seen[strings.Join(have, ", ")] = true
	}
	if len(seen) != 4 {
		t.Errorf("of all outcomes there were %v", seen)
	}
}
