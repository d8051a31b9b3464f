package git

import "github.com/concorde-bot/concorde/internal/pull"

// TroubleKind says what can be done about a Trouble.
type TroubleKind string

// The kinds of Trouble.
const (
	CommitMissing       TroubleKind = "commit missing"       // the server doesn't have Job.Commit
	BranchMissing       TroubleKind = pull.TargetMissing     // Target.Branch doesn't exist, or not any more
	BranchMoved         TroubleKind = "branch moved"         // Target.Head isn't at Target.Have
	ForeignBranch       TroubleKind = "foreign branch"       // Target.Head is someone else's work
	Protected           TroubleKind = "protected"            // branch protection, or a ruleset, of Target.Head
	SecretFound         TroubleKind = "secret found"         // push protection found a secret in the change
	WorkflowsPermission TroubleKind = "workflows permission" // the change contains workflows, which need a separate permission
	HookDeclined        TroubleKind = "hook declined"        // a server's hook rejected it
	QuotaExceeded       TroubleKind = "quota exceeded"       // of the server's disk, or the size of a file there
	ShallowRefused      TroubleKind = "shallow refused"      // a fork that lacks the history of Target.Branch
	RepositoryGone      TroubleKind = "repository gone"      // deleted, moved, or not visible with this token
	Denied              TroubleKind = "denied"               // the token doesn't allow it
	Unreachable         TroubleKind = "unreachable"          // network, TLS, or the server has a problem
	DiskFull            TroubleKind = "disk full"            // on this machine
	TooLarge            TroubleKind = "too large"            // more than EngineConfig.MaxDisk
	FileTooLarge        TroubleKind = "file too large"       // both sides changed it; see EngineConfig.MaxMerge
	TooSlow             TroubleKind = "too slow"             // longer than EngineConfig allows
	TooCostly           TroubleKind = "too costly"           // more than EngineConfig.MaxMemory or MaxCPU
	Killed              TroubleKind = "killed"               // by the system, which may be out of memory
	Broken              TroubleKind = "broken"               // anything else
)

// Trouble is the error of a failed pick.
type Trouble struct {
	Kind TroubleKind
	// Temporary says that the same job may succeed later.
	Temporary bool
	// Err is for logs: it may contain words of the server, but no token.
	Err error
}

func (t *Trouble) Error() string { return string(t.Kind) + ": " + t.Err.Error() }

func (t *Trouble) Unwrap() error { return t.Err }
