//go:build !linux

package suite

// inMemory does nothing here: only Linux has a directory in memory.
func inMemory() error { return nil }
