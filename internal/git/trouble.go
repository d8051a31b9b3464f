package git

import "github.com/concorde-bot/concorde/internal/pull"

// TroubleKind tells troubles apart by what can be done about them.
type TroubleKind string

// The kinds of Trouble.
const (
	CommitMissing       TroubleKind = "commit missing"       // the server does not know Job.Commit
	BranchMissing       TroubleKind = pull.TargetMissing     // Target.Branch is not there, or not any more
	BranchMoved         TroubleKind = "branch moved"         // Target.Head is not at Target.Have
	ForeignBranch       TroubleKind = "foreign branch"       // Target.Head is somebody else's work
	Protected           TroubleKind = "protected"            // branch protection, or a ruleset, of Target.Head
	SecretFound         TroubleKind = "secret found"         // push protection sees a secret in the change
	WorkflowsPermission TroubleKind = "workflows permission" // the change holds workflows, which needs a permission of its own
	HookDeclined        TroubleKind = "hook declined"        // a hook of the server says no
	QuotaExceeded       TroubleKind = "quota exceeded"       // of the server's disk, or the size of a file there
	ShallowRefused      TroubleKind = "shallow refused"      // a fork that lacks the history of Target.Branch
	RepositoryGone      TroubleKind = "repository gone"      // deleted, moved, or not visible with this token
	Denied              TroubleKind = "denied"               // the token is not good enough
	Unreachable         TroubleKind = "unreachable"          // network, TLS, or the server is ill
	DiskFull            TroubleKind = "disk full"            // here
	TooLarge            TroubleKind = "too large"            // more than EngineConfig.MaxDisk
	FileTooLarge        TroubleKind = "file too large"       // that both sides changed, see EngineConfig.MaxMerge
	TooSlow             TroubleKind = "too slow"             // longer than EngineConfig allows
	TooCostly           TroubleKind = "too costly"           // more than EngineConfig.MaxMemory or MaxCPU
	Killed              TroubleKind = "killed"               // by the system, which may be out of memory
	Broken              TroubleKind = "broken"               // anything else
)

// Trouble is what kept a pick from being done.
type Trouble struct {
	Kind TroubleKind
	// Temporary says that the same job may do better later.
	Temporary bool
	// Err is for logs: it may hold words of the server, but no token.
	Err error
}

func (t *Trouble) Error() string { return string(t.Kind) + ": " + t.Err.Error() }

func (t *Trouble) Unwrap() error { return t.Err }
