//go:build linux || freebsd

package git

import "syscall"

// endWithParent makes the kernel signal the guard when this process dies for any reason.
// The kernel looks at the thread that started it, not at the process, so that thread
// stays locked until the guard has ended: no other goroutine can end it then.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }
