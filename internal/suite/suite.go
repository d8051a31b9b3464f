// Package suite has the switches of the tests: how much they repeat, and whether they
// write what they otherwise compare. Only tests import it.
//
// Each behavior is tested at any size; what grows is how often: kills at every
// step instead of some, more random histories, longer storms.
package suite

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"testing"
)

// Sizes of what a test repeats, by the environment variable CONCORDE_TEST.
type Sizes[T any] struct {
	Normal T // not set: go test ./...
	Long   T // long: what CI runs as well
	Full   T // full: what docs/performance.md has figures of; some take minutes
}

// Size is the one to run. Any other value of the variable is normal.
func (s Sizes[T]) Size() T {
	switch os.Getenv("CONCORDE_TEST") {
	case "full":
		return s.Full
	case "long":
		return s.Long
	}
	return s.Normal
}

// Update reports whether tests write golden files, schemas and the generated parts of
// documents, instead of comparing them: that's what make golden does. Such a test has
// Golden or Current in its name.
func Update() bool { return os.Getenv("CONCORDE_UPDATE") != "" }

// Tests are those of a package, for its TestMain.
type Tests struct {
	*testing.M
	Parallel int // how many wait at once, unless -parallel says so; 0: as many as there are processors
}

// Run runs them and returns the exit code. Temporary directories are in memory, where
// that can be had, and memory is collected late: by default a test process, whose
// heap is small, spends a third of its time on that. Benchmarks measure with neither: in
// memory, a database that waits for the disk would seem to cost nothing.
func (t Tests) Run() int {
	var err error
	if t.Parallel > 0 {
		err = flag.Set("test.parallel", strconv.Itoa(t.Parallel))
	}
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" {
		debug.SetGCPercent(800)
		err = errors.Join(err, inMemory())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "preparing the tests:", err)
		return 1
	}
	return t.M.Run()
}
