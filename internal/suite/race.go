//go:build race

package suite

// Raced reports whether the race detector runs, under which all takes longer and
// allocates more.
const Raced = true
