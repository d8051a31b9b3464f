// Package pick makes the bot's backports: it gets tokens with as few permissions as
// possible, runs git, and finds out what a branch lacks. It must not know the queue, nor
// decide what is picked.
package pick

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Picker makes the picks that rules want.
type Picker struct {
	GitHub *gh.App
	Loads  *snapshot.Loader
	Engine *git.Engine
	Now    func() time.Time
}

// Free reports whether a pick for a key would get a turn now.
func (p *Picker) Free(key pull.Key) bool { return p.Engine.Free(p.GitHub.CloneURL(key)) }

// Pick picks and pushes. If git or the repository refuses, that's an outcome; errors
// come from GitHub's API or the context, or are pull.ErrBusy, and later may be better.
func (p *Picker) Pick(ctx context.Context, installation int64, key pull.Key, a pull.Pick) ([]pull.Picked, error) {
	if !p.Free(key) { // before it requests a token
		return nil, fmt.Errorf("picking for %s: %w", key, pull.ErrBusy)
	}
	picked, err := p.pick(ctx, pickJob{installation, key, a, contentsOnly})
	if err == nil {
		err = p.again(ctx, pickJob{installation, key, a, withWorkflows}, picked)
	}
	if err != nil {
		return nil, fmt.Errorf("picking for %s: %w", key, err)
	}
	for i := range picked {
		picked[i].At, picked[i].Revert = p.Now(), a.Revert
		if picked[i].Outcome == pull.Conflicted && !a.Revert {
			picked[i].Missing = p.missing(ctx, installation, key, prerequisites{a.SHA, picked[i]})
		}
	}
	return picked, nil
}

// Tokens get as few permissions as possible. Most changes touch no workflows, and most
// installations don't let the App push those.
var (
	contentsOnly  = map[string]string{"contents": "write"}
	withWorkflows = map[string]string{"contents": "write", "workflows": "write"}
)

type pickJob struct {
	installation int64
	key          pull.Key
	action       pull.Pick
	permissions  map[string]string
}

// again retries the targets whose push was rejected for want of a permission that the
// App may have.
func (p *Picker) again(ctx context.Context, j pickJob, picked []pull.Picked) error {
	j.action.Targets = nil
	for _, p := range picked {
		if p.Failure == string(git.WorkflowsPermission) {
			j.action.Targets = append(j.action.Targets, p.Target)
		}
	}
	if len(j.action.Targets) == 0 {
		return nil
	}
	better, err := p.pick(ctx, j)
	for _, b := range better {
		picked[slices.IndexFunc(picked, func(p pull.Picked) bool { return p.Branch == b.Branch })] = b
	}
	return err
}

func (p *Picker) pick(ctx context.Context, j pickJob) ([]pull.Picked, error) {
	tokens, err := p.access(ctx, j)
	if failure, ok := refusal(err, j.permissions); ok {
		return failed(j.action.Targets, failure), nil
	}
	if err != nil {
		return nil, err
	}
	job, err := p.job(ctx, j, tokens)
	if err != nil {
		return nil, err
	}
	results, err := p.Engine.Pick(ctx, job)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(err, pull.ErrBusy) {
		return nil, err
	}
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("picking")
		failure, _ := errors.AsType[*git.Failure](err)
		if failure != nil && failure.Kind == git.RepositoryGone {
			if err := p.GitHub.Here(ctx, j.key); err != nil {
				return nil, err
			}
		}
		return failed(j.action.Targets, failure), nil
	}
	var picked []pull.Picked
	for _, result := range results {
		picked = append(picked, p.outcome(ctx, result))
	}
	return picked, nil
}

// job translates a pick for the engine.
func (p *Picker) job(ctx context.Context, j pickJob, tokens *tokens) (git.Job, error) {
	name, email, err := p.GitHub.Committer(ctx)
	if err != nil {
		return git.Job{}, err
	}
	job := git.Job{
		Remote: p.GitHub.CloneURL(j.key), Token: tokens.get, Commit: j.action.SHA, Commits: j.action.Commits,
		Committer: git.Person{Name: name, Email: email}, Message: backport.Message, Markers: j.action.Markers, Targets: j.action.Targets,
	}
	if job.Revert = j.action.Revert; job.Revert {
		job.Message, job.Instead = nil, &git.Source{Message: backport.Unskipped(j.action.Message), Author: name + " <" + email + ">"}
	} else if j.action.Message != "" {
		job.Instead = &git.Source{Message: j.action.Message, Author: j.action.Author}
	}
	if pushed := j.pushed(); pushed != j.key.Repository() {
		job.Fork = p.GitHub.CloneURL(pushed)
	}
	return job, nil
}

// pushed is the repository that gets the branches.
func (j pickJob) pushed() pull.Key {
	key := j.key.Repository()
	if j.action.Fork != "" {
		key.Owner = j.action.Fork
	}
	return key
}

// access gets the first token for the branches' repository, so that GitHub's refusal is
// known before git runs.
func (p *Picker) access(ctx context.Context, j pickJob) (*tokens, error) {
	t := &tokens{app: p.GitHub, now: p.Now, request: gh.TokenRequest{Key: j.pushed(), Installation: j.installation,
		Permissions: j.permissions}}
	if t.request.Key != j.key.Repository() { // the operator may have meant it for another repository
		t.request.Installation = 0 // looked up
		is, err := p.GitHub.IsFork(ctx, t.request.Key, j.key)
		if err == nil && !is {
			err = &git.Failure{Kind: git.RepositoryGone, Err: fmt.Errorf("%s isn't a fork of %s", t.request.Key, j.key.Repository())}
		}
		if err != nil {
			return nil, err
		}
	}
	_, err := t.get(ctx)
	return t, err
}

// refusal turns GitHub's refusal into an outcome.
func refusal(err error, permissions map[string]string) (*git.Failure, bool) {
	if failure, ok := errors.AsType[*git.Failure](err); ok {
		return failure, true
	}
	_, denied := errors.AsType[*gh.Denied](err)
	_, rejected := errors.AsType[*gh.Rejected](err)
	_, gone := errors.AsType[*gh.Gone](err)
	switch {
	case (denied || rejected) && permissions["workflows"] != "":
		return &git.Failure{Kind: git.WorkflowsPermission}, true
	case denied || rejected:
		return &git.Failure{Kind: git.Denied}, true
	case gone:
		return &git.Failure{Kind: git.RepositoryGone}, true
	}
	return nil, false
}

// failed is the same error for all targets.
func failed(targets []pull.Target, failure *git.Failure) []pull.Picked {
	var all []pull.Picked
	for _, t := range targets {
		all = append(all, failedPick(t, failure))
	}
	return all
}

func failedPick(t pull.Target, failure *git.Failure) pull.Picked {
	p := pull.Picked{Target: t, Outcome: pull.Failed, Failure: string(git.Broken)}
	if failure != nil {
		p.Failure, p.Temporary = string(failure.Kind), failure.Temporary
	}
	return p
}

// outcome is a result of the engine in the core's words: without git's bytes, with the
// lines at which conflicts begin, and with what can be done about a failure.
func (p *Picker) outcome(ctx context.Context, r git.Picked) pull.Picked {
	out := pull.Picked{Target: r.Target, Outcome: r.Outcome, Commit: r.Commit, Message: r.Original.Message, Author: r.Original.Author}
	if r.Outcome == pull.Failed {
		zerolog.Ctx(ctx).Warn().Str("branch", r.Branch).Err(r.Err).Msg("picking")
		failure, _ := errors.AsType[*git.Failure](r.Err)
		out = failedPick(out.Target, failure)
	}
	for _, c := range r.Conflicts {
		conflict := pull.Conflict{Path: strings.ToValidUTF8(c.Path, "\uFFFD"), Kind: c.Kind}
		for _, h := range c.Hunks {
			conflict.Lines = append(conflict.Lines, h.First)
		}
		out.Conflicts = append(out.Conflicts, conflict)
	}
	return out
}

// tokens returns the same token until it's too old for another push.
type tokens struct {
	app     *gh.App
	now     func() time.Time
	request gh.TokenRequest
	token   string
	until   time.Time
}

// tokenLife is half of a token's lifetime.
const tokenLife = 30 * time.Minute

func (t *tokens) get(ctx context.Context) (string, error) {
	if t.token != "" && t.now().Before(t.until) {
		return t.token, nil
	}
	token, err := t.app.Token(ctx, t.request)
	if err != nil {
		return "", err
	}
	t.token, t.until = token, t.now().Add(tokenLife)
	return token, nil
}
