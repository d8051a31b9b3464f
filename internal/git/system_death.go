//go:build linux || freebsd

package git

import "syscall"

// endWithParent has the guard told when this process dies, however that happens. The
// kernel takes the death of the thread that started it for that of the process, so that
// thread must be locked until the guard has ended: no other goroutine can end it then.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }
