//go:build unix

package doctor

import (
	"io/fs"
	"syscall"
)

// group is the ID of a file's group, or -1.
func group(info fs.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Gid)
	}
	return -1
}
