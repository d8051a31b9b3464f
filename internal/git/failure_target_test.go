package git_test

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/git"
)

// TestTroubleOfTargets sees what keeps a target from being picked onto, or its
// branch from being pushed, and that the other target does not suffer where that
// can be.
func TestTroubleOfTargets(t *testing.T) {
	t.Parallel()
	declines := func(text string) func(*stage) {
		return func(s *stage) {
			s.hook(s.T, "r.git", "pre-receive", "grep -q backport-3.14 || exit 0\ncat >&2 <<'END'\n"+text+"\nEND\nexit 1")
		}
	}
	answers := func(reason string) func(*stage) {
		return func(s *stage) {
			s.served("config", "receive.procReceiveRefs", "refs/heads/backport-3.14")
			s.hook(s.T, "r.git", "proc-receive", "GIT_TEST_ROLE=proc-receive GIT_TEST_REASON='"+reason+"' exec "+os.Args[0])
		}
	}
	const workflows = "refusing to allow a GitHub App to create or update workflow `.github/workflows/build.yml` without `workflows` " +
		"permission"
	for _, c := range []struct {
		name      string
		change    func(*stage)
		kind      git.FailureKind
		temporary bool
		both      bool // targets fail
	}{
		{"no such branch", func(s *stage) { s.job.Targets[0].Branch = "3.9" }, git.BranchMissing, false, false},
		{"no branch at all", func(s *stage) { s.job.Targets[0].Branch, s.job.Targets[1].Branch = "3.9", "3.8" }, git.BranchMissing, false, true},
		{"a tag of that name", func(s *stage) {
			s.served("tag", "3.9", "main")
			s.job.Targets[0].Branch = "3.9"
		}, git.BranchMissing, false, false},
		{"foreign branch", func(s *stage) { s.served("branch", "backport-3.14", "3.14") }, git.ForeignBranch, false, false},
		{"foreign branch that is known", func(s *stage) {
			s.served("branch", "backport-3.14", "3.14")
			s.job.Targets[0].Have = s.served("rev-parse", "3.14")
		}, git.ForeignBranch, false, false},
		{"branch that went away", func(s *stage) { s.job.Targets[0].Have = s.job.Commit }, git.BranchMoved, true, false},
		{"branch that comes before the push", func(s *stage) {
			s.breaks(before("info/refs?service="+writes, func() { s.served("branch", "backport-3.14", "3.14") }))
		}, git.BranchMoved, true, false},
		{"branch that comes during the push", func(s *stage) {
			s.breaks(before("/r.git/git-receive-pack", func() { s.served("branch", "backport-3.14", "3.14") }))
		}, git.BranchMoved, true, false},
		{"protected", declines("error: GH006: Protected branch update failed for refs/heads/backport-3.14.\nerror: Cannot create protected " +
			"branch."), git.Protected, false, false},
		{"ruleset", declines("error: GH013: Repository rule violations found for refs/heads/backport-3.14."), git.Protected, false, false},
		{"protected, by its reason", answers("protected branch hook declined"), git.Protected, false, false},
		{"ruleset, by its reason", answers("push declined due to repository rule violations"), git.Protected, false, false},
		{"secret", declines("error: GH013: Repository rule violations found for refs/heads/backport-3.14.\n\n- GITHUB PUSH PROTECTION\n  " +
			"Resolve the following violations before pushing again\n\n    - Push cannot contain secrets"), git.SecretFound, false, false},
		{"workflows", declines(workflows), git.WorkflowsPermission, false, false},
		{"workflows, by their reason", answers(workflows), git.WorkflowsPermission, false, false},
		{"quota", declines("error: this repository is over its data quota"), git.QuotaExceeded, false, false},
		{"large file", declines("error: GH001: Large files detected."), git.QuotaExceeded, false, false},
		{"hook", declines("Not on a Friday. \x1b[31mNo!"), git.HookDeclined, false, false},
		{"another reason", answers("the moon is full"), git.Broken, false, false},
		{"403 for pushes", func(s *stage) { s.breaks(on(writes, status(403))) }, git.Denied, false, true},
		{"404 for pushes", func(s *stage) { s.breaks(on(writes, status(404))) }, git.RepositoryGone, false, true},
		{"500 for pushes", func(s *stage) { s.breaks(on("/r.git/"+writes, status(500))) }, git.Unreachable, true, true},
		{"push that hangs", func(s *stage) { s.breaks(on(writes, hang)) }, git.TooSlow, true, true},
		{"push that is dropped", func(s *stage) {
			s.breaks(on("/r.git/"+writes, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
		}, git.Unreachable, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c.change(s)
			e := s.engine(func(cfg *git.EngineConfig) {
				if c.kind == git.TooSlow {
					cfg.PushTime = 300 * time.Millisecond
				}
			})
			picked, err := e.Pick(t.Context(), s.job)
			if err != nil {
				t.Fatal(err)
			}
			if picked[0].Outcome != git.Failed || picked[0].Commit != "" {
				t.Errorf("got %+v", picked[0])
			}
			wantFailure(t, picked[0].Err, c.kind, c.temporary)
			if c.both {
				wantFailure(t, picked[1].Err, c.kind, c.temporary)
			} else if id := s.served("rev-parse", "backport-3.13"); picked[1].Outcome != git.Clean || picked[1].Commit != id {
				t.Errorf("the other target: %+v, its branch is at %s", picked[1], id)
			}
			leftNothing(t, s.dir)
			noProcess(t, s.URL)
		})
	}
}

// before does something once, before a request is answered.
func before(part string, do func()) func(http.ResponseWriter, *http.Request) bool {
	done := false
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if !done && strings.Contains(r.URL.String(), part) {
			done = true
			do()
		}
		return false
	}
}
