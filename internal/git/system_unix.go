//go:build linux || darwin || freebsd

package git

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// lock locks an open file, or reports that another open file has the lock. It ends with
// the file, however its process ends.
func lock(f *os.File, wait bool) (bool, error) {
	how := syscall.LOCK_EX
	if !wait {
		how |= syscall.LOCK_NB
	}
	for {
		switch err := syscall.Flock(int(f.Fd()), how); {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, &os.PathError{Op: "flock", Path: f.Name(), Err: err}
		}
	}
}

// mine reports whether a file belongs to this process's user.
func mine(info os.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}

// free returns how many bytes the file system of dir has left for us.
func free(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return int64(uint64(s.Bavail) * uint64(s.Bsize)), nil
}

// inGroup makes a command the leader of a process group, all of which ends with its
// context: git leaves children behind if only git is killed.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	endWithParent(cmd.SysProcAttr)
	cmd.Cancel = func() error {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			return os.ErrProcessDone
		}
		return nil
	}
}

// deaths say what it means if a signal ended a guarded git, by exit status: the shell
// adds 128 to the signal's number. -1 is the guard's own death. An unexpected kill comes
// from the system, which ran out of memory. Crashes come from the input.
var deaths = map[int]death{
	-1:                         {Killed, true},
	128 + int(syscall.SIGKILL): {Killed, true},
	128 + int(syscall.SIGXCPU): {TooCostly, false},
	128 + int(syscall.SIGXFSZ): {TooLarge, false},
	128 + int(syscall.SIGSEGV): {Broken, false},
	128 + int(syscall.SIGBUS):  {Broken, false},
	128 + int(syscall.SIGABRT): {Broken, false},
}

// isFull reports whether an error means that the disk is full.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
