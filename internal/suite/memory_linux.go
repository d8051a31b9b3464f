package suite

import (
	"os"
	"syscall"
)

// inMemory has the temporary directories of this process made in memory: tests make
// and remove thousands of small files, and some disks take most of the time for it.
// It leaves things as they are if TMPDIR is set, or if /dev/shm is small, runs no
// programs or isn't in memory.
func inMemory() error {
	const dir, tmpfs, noexec, room = "/dev/shm", 0x01021994, 8, 1 << 30
	var fs syscall.Statfs_t
	if os.Getenv("TMPDIR") != "" || syscall.Statfs(dir, &fs) != nil || fs.Type != tmpfs || fs.Flags&noexec != 0 ||
		fs.Bavail*uint64(fs.Bsize) < room {
		return nil
	}
	return os.Setenv("TMPDIR", dir)
}
