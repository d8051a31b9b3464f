//go:build !linux

package suite

// InMemory does nothing here: only Linux has a directory in memory.
func InMemory() error { return nil }
