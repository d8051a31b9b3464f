// Package suite is the one switch for how much the tests repeat. Only tests
// import it.
//
// Each behaviour is tested at any size; what grows is how often: kills at every
// step instead of some, more random histories, longer storms.
package suite

import "os"

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
