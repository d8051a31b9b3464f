package git

import "syscall"

// endWithParent does nothing on macOS, which has no such signal: children of a killed
// process end by themselves.
func endWithParent(*syscall.SysProcAttr) {}
