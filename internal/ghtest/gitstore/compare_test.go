package gitstore

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What compare finds by itself is what git finds, for random changes of all kinds.
func TestCompareIsGit(t *testing.T) {
	st := newStore(t)
	alone := 0
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		base, err := st.Make(Draft{Files: randomFiles(rnd, nil)}, time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		head, err := st.Make(Draft{Files: randomFiles(rnd, []string{"a", "a.b", "a/b", "c", "d/e/f", "d/g", "z"})}, time.Unix(1, 0), base)
		if err != nil {
			t.Fatal(err)
		}
		got, err := st.Compare(base, head)
		if err != nil {
			t.Fatal(err)
		}
		want, err := st.DiffTrees(base, head)
		if err != nil {
			t.Fatal(err)
		}
		if got.NoPatches {
			alone++
		}
		if d := cmp.Diff(strip(want.Files), strip(got.Files), cmp.AllowUnexported(ChangedFile{})); d != "" || want.Additions != got.Additions || want.Deletions != got.Deletions {
			t.Errorf("seed %d (-git +compare):\n%s", seed, d)
		}
	}
	if alone < 10 {
		t.Errorf("only %d of 60 were compared without git: the test shows little", alone)
	}
}

func strip(files []ChangedFile) []ChangedFile {
	out := []ChangedFile{}
	for _, f := range files {
		f.Patch = ""
		out = append(out, f)
	}
	return out
}

// randomFiles makes a tree, or with names a few changes to one.
func randomFiles(rnd *rand.Rand, names []string) map[string]File {
	files := map[string]File{}
	if names == nil {
		for _, name := range []string{"a", "a.b", "c", "d/e/f", "d/g"} {
			files[name] = File{Content: randomText(rnd)}
		}
		return files
	}
	deletes := rnd.IntN(2) == 0
	for range 1 + rnd.IntN(3) {
		name := names[rnd.IntN(len(names))]
		switch {
		case name == "a/b":
			delete(files, "a")
			files[name] = File{Content: randomText(rnd)}
		case name == "a" && files["a/b"] != (File{}):
		case deletes && rnd.IntN(2) == 0 && name != "z":
			files[name] = File{Delete: true}
		case rnd.IntN(8) == 0:
			files[name] = File{Content: "target", Mode: []string{"120000", "100755"}[rnd.IntN(2)]}
		case rnd.IntN(8) == 0:
			files[name] = File{Content: "\x00" + randomText(rnd)}
		default:
			files[name] = File{Content: randomText(rnd)}
		}
	}
	return files
}

func randomText(rnd *rand.Rand) string {
	var b strings.Builder
	for range rnd.IntN(12) {
		fmt.Fprintf(&b, "line %d\n", rnd.IntN(6+rnd.IntN(200)))
	}
	return strings.TrimSuffix(b.String(), strings.Repeat("\n", rnd.IntN(2)))
}
