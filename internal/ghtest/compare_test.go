package ghtest

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
	srv, err := New(Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	repo, err := srv.Repo("python/cpython", RepoOptions{})
	if err != nil {
		t.Fatal(err)
	}
	alone := 0
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		base, err := repo.store.make(Commit{Files: randomFiles(rnd, nil)}, time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		head, err := repo.store.make(Commit{Files: randomFiles(rnd, []string{"a", "a.b", "a/b", "c", "d/e/f", "d/g", "z"})}, time.Unix(1, 0), base)
		if err != nil {
			t.Fatal(err)
		}
		got, err := repo.store.compare(base, head)
		if err != nil {
			t.Fatal(err)
		}
		want, err := repo.store.diffTrees(base, head)
		if err != nil {
			t.Fatal(err)
		}
		if got.noPatches {
			alone++
		}
		if d := cmp.Diff(strip(want.files), strip(got.files), cmp.AllowUnexported(changedFile{})); d != "" || want.additions != got.additions || want.deletions != got.deletions {
			t.Errorf("seed %d (-git +compare):\n%s", seed, d)
		}
	}
	if alone < 10 {
		t.Errorf("only %d of 60 were compared without git: the test shows little", alone)
	}
}

func strip(files []changedFile) []changedFile {
	out := []changedFile{}
	for _, f := range files {
		f.patch = ""
		out = append(out, f)
	}
	return out
}

// randomFiles makes a tree, or with names a few changes to one.
func randomFiles(rnd *rand.Rand, names []string) map[string]File {
	files := map[string]File{}
	if names == nil {
		for _, name := range []string{"a", "a.b", "c", "d/e/f", "d/g"} {
			files[name] = Text(randomText(rnd))
		}
		return files
	}
	deletes := rnd.IntN(2) == 0
	for range 1 + rnd.IntN(3) {
		name := names[rnd.IntN(len(names))]
		switch {
		case name == "a/b":
			delete(files, "a")
			files[name] = Text(randomText(rnd))
		case name == "a" && files["a/b"] != (File{}):
		case deletes && rnd.IntN(2) == 0 && name != "z":
			files[name] = Deleted()
		case rnd.IntN(8) == 0:
			files[name] = File{Content: "target", Mode: []string{"120000", "100755"}[rnd.IntN(2)]}
		case rnd.IntN(8) == 0:
			files[name] = Text("\x00" + randomText(rnd))
		default:
			files[name] = Text(randomText(rnd))
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
