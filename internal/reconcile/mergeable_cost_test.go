package reconcile_test

import (
	"fmt"
	"testing"
	"time"
)

// Twenty pushes within an hour: what it costs is bounded by the looks, not by
// the pushes. docs/performance.md has the figure.
func TestConflictsCost(t *testing.T) {
	const open, pushes, clash = 1500, 20, 5
	f := newFitting(t)
	for i := range open {
		file := fmt.Sprint("f", i)
		if i < clash {
			file = "README.rst"
		}
		f.request(fmt.Sprint("p", i), file)
	}
	f.repo.LazyMergeability(true)
	f.seen()
	for i := range pushes {
		f.push("README.rst", fmt.Sprint("main", i))
		f.pass(time.Hour / pushes)
	}
	pages, all := f.lists()
	// Five looks of fifteen pages: one at once and one half an hour later, repeated
	// until GitHub has found out, which a push in between delays. The others are an
	// outline for each push and each look that comes by itself, and the loads and
	// writes for those that no longer fit.
	if pages != 75 || all != 111 {
		t.Errorf("%d open, %d pushes in an hour: %d requests, %d of them pages; want 111 and 75", open, pushes, all, pages)
	}
	for number := 1; number <= clash; number++ {
		f.labelled(number, true, "in the end")
	}
}
