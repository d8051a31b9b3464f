package git

import (
	"os/exec"
	"strconv"
	"time"
)

// limits of each git process: strangers choose what a change makes git do.
type limits struct {
	memory, file int64 // bytes
	cpu          time.Duration
}

// guard is a shell script that sets limits, in the units of ulimit, and runs the rest of
// its arguments. Lower limits that are already in force stay. It waits for git, so that
// it can end the whole process group when the bot is gone or a signal has ended git,
// since git's children don't notice. Limits must be set before git starts, which Go
// can't do for a child. A shell is wherever git is, unlike prlimit(1).
const guard = `{ ulimit -c 0; ulimit -S -t "$1"; ulimit -d "$2"; ulimit -f "$3"; } 2>/dev/null
shift 3
trap 'kill -s KILL 0' TERM
exec 3<&0
"$@" <&3 3<&- & wait $!
code=$?
[ $code -lt 130 ] || { trap '' TERM; kill -s TERM 0; }
exit $code`

// guard makes a command run within the limits. It dumps no core, which would contain the
// token.
func (l limits) guard(cmd *exec.Cmd) {
	number := func(n, unit int64) string { return strconv.FormatInt((n+unit-1)/unit, 10) }
	args := []string{"/bin/sh", "-c", guard, "sh", number(int64(l.cpu), int64(time.Second)), number(l.memory, 1<<10), number(l.file, 512),
		cmd.Path}
	cmd.Path, cmd.Args = args[0], append(args, cmd.Args[1:]...)
}

// death is what a signal means.
type death struct {
	kind      FailureKind
	temporary bool
}
