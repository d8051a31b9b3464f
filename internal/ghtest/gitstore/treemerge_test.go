package gitstore

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// What is merged without git is what git merges, for random changes on both sides: files and directories that come, go, move and change.
func TestMergeIsGit(t *testing.T) {
	st := newStore(t)
	rng, fast := rand.New(rand.NewPCG(1, 2)), 0
	text := func() File { return File{Content: fmt.Sprintf("%d\na\nb\nc\nd\ne\nf\n%d\n", rng.IntN(3), rng.IntN(3))} }
	dirs := []string{"", "a/", "b/", "a/x/", "c/"}
	name := func() string { return fmt.Sprintf("%sf%d", dirs[rng.IntN(len(dirs))], rng.IntN(3)) }
	for round := range 200 {
		files := map[string]File{}
		for range 8 {
			files[name()] = text()
		}
		base, err := st.Make(Draft{Files: files}, time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		var sides [2]string
		for side := range sides {
			sides[side] = base
			for range 1 + rng.IntN(2) {
				changed := map[string]File{}
				for range 1 + rng.IntN(2) {
					changed[name()] = text()
				}
				for from, content := range files {
					if rng.IntN(8) == 0 { // moves, or goes
						changed[from] = File{Delete: true}
						if rng.IntN(2) == 0 {
							changed["moved/"+from] = content
						}
					}
				}
				if sides[side], err = st.Make(Draft{Files: changed}, time.Unix(2, 0), sides[side]); err != nil {
					t.Fatal(err)
				}
			}
		}
		got, ok, err := st.mergeApart(base, sides[0], sides[1])
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			continue
		}
		fast++
		want, err := st.mergeTree(sides[0], sides[1])
		if errors.Is(err, ErrConflict) || got != want {
			t.Errorf("round %d: got tree %s, want %s, %v", round, got, want, err)
		}
	}
	if fast < 20 {
		t.Errorf("only %d merges were made without git", fast)
	}
}
