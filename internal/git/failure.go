package git

import "github.com/concorde-bot/concorde/internal/pull"

// FailureKind says what can be done about a Failure.
type FailureKind string

// The kinds of Failure.
const (
	CommitMissing       FailureKind = "commit missing"       // the server doesn't have Job.Commit
	BranchMissing       FailureKind = pull.TargetMissing     // Target.Branch doesn't exist, or not any more
	BranchMoved         FailureKind = "branch moved"         // Target.Head isn't at Target.Have
	ForeignBranch       FailureKind = "foreign branch"       // Target.Head is someone else's work
	Protected           FailureKind = "protected"            // branch protection, or a ruleset, of Target.Head
	SecretFound         FailureKind = "secret found"         // push protection found a secret in the change
	WorkflowsPermission FailureKind = "workflows permission" // the change contains workflows, which need a separate permission
	HookDeclined        FailureKind = "hook declined"        // a server's hook rejected it
	QuotaExceeded       FailureKind = "quota exceeded"       // of the server's disk, or the size of a file there
	ShallowRefused      FailureKind = "shallow refused"      // a fork that lacks the history of Target.Branch
	RepositoryGone      FailureKind = "repository gone"      // deleted, moved, or not visible with this token
	Denied              FailureKind = "denied"               // the token doesn't allow it
	Unreachable         FailureKind = "unreachable"          // network, TLS, or the server has a problem
	DiskFull            FailureKind = "disk full"            // on this machine
	TooLarge            FailureKind = "too large"            // more than EngineConfig.MaxDisk
	FileTooLarge        FailureKind = "file too large"       // both sides changed it; see EngineConfig.MaxMerge
	TooSlow             FailureKind = "too slow"             // longer than EngineConfig allows
	TooCostly           FailureKind = "too costly"           // more than EngineConfig.MaxMemory or MaxCPU
	Killed              FailureKind = "killed"               // by the system, which may be out of memory
	Broken              FailureKind = "broken"               // anything else
)

// Failure is the error of a failed pick.
type Failure struct {
	Kind FailureKind
	// Temporary says that the same job may succeed later.
	Temporary bool
	// Err is for logs: it may contain words of the server, but no token.
	Err error
}

func (t *Failure) Error() string { return string(t.Kind) + ": " + t.Err.Error() }

func (t *Failure) Unwrap() error { return t.Err }
