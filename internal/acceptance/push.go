package acceptance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/git"
)

// pick picks a commit onto the base of the run and pushes it to branches, as the bot
// makes backports, with a token of these permissions.
func (s *session) pick(ctx context.Context, commit string, permissions map[string]string, heads ...git.Target) ([]git.Picked, error) {
	return s.offer(ctx, git.Job{Commit: commit, Targets: heads}, permissions)
}

// offer does a job in the run's repository.
func (s *session) offer(ctx context.Context, job git.Job, permissions map[string]string) ([]git.Picked, error) {
	engine, err := git.NewEngine(git.EngineConfig{Log: zerolog.Nop()})
	if err != nil {
		return nil, &skip{"no git: " + err.Error()}
	}
	defer engine.Close() // a temporary directory
	name := s.slug + "[bot]"
	var account struct{ ID int64 }
	if err := s.want(ctx, "GET", "/users/"+url.PathEscape(name), nil, &account); err != nil {
		return nil, err
	}
	email := fmt.Sprintf("%d+%s@users.noreply.github.com", account.ID, name)
	for i := range job.Targets {
		job.Targets[i].Branch = cmp.Or(job.Targets[i].Branch, s.base)
		s.owns(job.Targets[i].Head)
	}
	job.Remote, job.Committer = s.app.CloneURL(s.cfg.Repository), git.Person{Name: name, Email: email}
	job.Token = func(ctx context.Context) (string, error) {
		return s.app.Token(ctx, gh.TokenRequest{Key: s.cfg.Repository, Permissions: permissions})
	}
	return engine.Pick(ctx, job)
}

var contents = map[string]string{"contents": "write"}

// tip is a commit with its branch.
type tip struct{ branch, commit string }

// change makes a commit with a branch of its own, so that it can be fetched.
func (s *session) change(ctx context.Context, name string, d draft) (t tip, err error) {
	d.message, d.parent = "Change "+name, cmp.Or(d.parent, s.tip)
	t.branch = s.branch("change-" + name)
	if t.commit, err = s.commit(ctx, d); err != nil {
		return t, err
	}
	return t, s.setBranch(ctx, t.branch, t.commit)
}

// kindOf is the kind of a failed pick, "" for one that was pushed.
func kindOf(p git.Picked) git.FailureKind {
	var f *git.Failure
	if errors.As(p.Err, &f) {
		return f.Kind
	}
	return ""
}

func (s *session) push(ctx context.Context) (string, error) {
	change, err := s.change(ctx, "push", draft{files: files{"acceptance/push.txt": {Content: "x\n"}}})
	if err != nil {
		return "", err
	}
	one, two := git.Target{Head: s.branch("push-1")}, git.Target{Head: s.branch("push-2")}
	picked, err := s.pick(ctx, change.commit, contents, one, two)
	if err != nil {
		return "", differs("%v", err)
	}
	for _, p := range picked {
		if p.Err != nil || p.Commit == "" {
			return "", differs("the push to %s: %v", p.Head, p.Err)
		}
		raw, err := s.rest(ctx, "GET", "git/ref/heads/"+p.Head, nil)
		if err == nil && raw.status != 200 {
			err = differs("%s is answered %d after the push", p.Head, raw.status)
		}
		if err != nil {
			return "", err
		}
	}
	// The same again, expecting branches that aren't there: nothing may be overwritten.
	one.Have = s.tip
	again, err := s.pick(ctx, s.pull.head, contents, one)
	if err == nil && kindOf(again[0]) != git.BranchMoved {
		err = differs("a push with an outdated lease: %v", again[0].Err)
	}
	return "", err
}

// workflow never runs. Its first and its last line are far enough apart to be changed
// apart.
func workflow(first, last string) files {
	const rest = "\non: workflow_dispatch\n\n\npermissions: {}\n\n\njobs: {never: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n# "
	return files{".github/workflows/concorde-acceptance.yml": {Content: "name: " + first + rest + last + "\n"}}
}

// pushWorkflow picks a change of a workflow onto another version of it, so that no branch
// has the result yet: GitHub lets those through.
func (s *session) pushWorkflow(ctx context.Context) (string, error) {
	granted, err := s.permissions(ctx)
	if err != nil {
		return "", err
	}
	if granted["workflows"] == "" {
		return "", &skip{"the installation doesn't have the permission workflows: write"}
	}
	before, err := s.commit(ctx, draft{parent: s.tip, message: "Add a workflow", files: workflow("One", "one")})
	if err != nil {
		return "", err
	}
	onto, err := s.change(ctx, "workflow-base", draft{parent: s.tip, files: workflow("Two", "one")})
	if err != nil {
		return "", err
	}
	change, err := s.change(ctx, "workflow", draft{parent: before, files: workflow("One", "two")})
	if err != nil {
		return "", err
	}
	picked, err := s.pick(ctx, change.commit, contents, git.Target{Branch: onto.branch, Head: s.branch("workflow")})
	if err != nil {
		return "", differs("%v", err)
	}
	if kind := kindOf(picked[0]); kind != git.WorkflowsPermission {
		return "", differs("a push of a workflow without the permission: %q %v", kind, picked[0].Err)
	}
	return "", nil
}

// refusedPrefix is where a ruleset may refuse branches.
const refusedPrefix = "concorde-acceptance-refused/"

func (s *session) pushRefused(ctx context.Context) (string, error) {
	change, err := s.change(ctx, "refused", draft{files: files{"acceptance/refused.txt": {Content: "x\n"}}})
	if err != nil {
		return "", err
	}
	picked, err := s.pick(ctx, change.commit, contents, git.Target{Head: s.branch("allowed")}, git.Target{Head: refusedPrefix + s.names})
	if err != nil {
		return "", differs("%v", err)
	}
	if picked[1].Err == nil {
		return "", &skip{fmt.Sprintf("no ruleset refuses the branches %s*", refusedPrefix)}
	}
	if kind := kindOf(picked[1]); kind != git.Protected {
		return "", differs("the refused branch: %v", picked[1].Err)
	}
	if picked[0].Err != nil {
		return "", differs("the other branch is refused, too: %v", picked[0].Err)
	}
	return "", nil
}
