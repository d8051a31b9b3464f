package acceptance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
)

// session is one run: who it speaks as, what it has made, and how to remove that.
type session struct {
	cfg    Config
	record *recorder
	names  string // of this run's branches and labels
	undo   []undo

	app    *gh.App
	client *gh.Client
	writes *apply.Writer

	slug       string
	tip        string // of the default branch
	autoMerges bool   // the repository allows auto-merge
	base       string // branch of this run, into which pull requests go
	issue      pull.Key
	pull       made // an open pull request that steps share

	began    time.Time         // by GitHub's clock
	number   int64             // of the repository
	trees    map[string]string // by commit
	granted  map[string]string // permissions, once a step asked
	dated    dated             // once a step made it
	note     pull.PostedNote   // of the step own-comment
	deaf     bool              // GitHub sends no webhooks of this run
	changes  []change          // of the step lag
	second   *guest            // once a step invited the second account,
	refused  error             // or why it couldn't
	approval reviewData        // by the second account
	unruled  bool              // no ruleset requires the run's status
}

// undo removes something that the run made.
type undo struct {
	what string
	do   func(context.Context) error
}

func newSession(cfg Config) (*session, error) {
	if err := cfg.Repository.Validate(); err != nil {
		return nil, err
	}
	if cfg.GitHub.Now == nil {
		cfg.GitHub.Now = time.Now
	}
	if cfg.GitHub.Wait == nil {
		cfg.GitHub.Wait = sleep
	}
	s := &session{cfg: cfg, trees: map[string]string{}, names: cfg.GitHub.Now().UTC().Format("20060102-150405")}
	s.record = newRecorder(cfg)
	s.cfg.GitHub.Transport, s.cfg.GitHub.Repository = s.record, cfg.Repository.Repo
	var err error
	if s.app, err = gh.New(s.cfg.GitHub); err != nil {
		return nil, err
	}
	loads, err := snapshot.New(s.app)
	if err != nil {
		return nil, err
	}
	s.writes, err = apply.New(s.app, loads.Answered)
	return s, err
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// prepare makes what the steps share.
func (s *session) prepare(ctx context.Context) error {
	var err error
	if s.slug, err = s.app.Verify(ctx); err != nil {
		return err
	}
	if s.client, err = s.app.Client(ctx, s.cfg.Repository, 0); err != nil {
		return err
	}
	if err := s.mayWrite(ctx); err != nil {
		return err
	}
	if err := s.survey(ctx); err != nil {
		return err
	}
	s.clean(ctx) // of what an earlier run left; what stays is tried again at the end
	if s.issue, err = s.newIssue(ctx, issueTitle+s.names); err != nil {
		return err
	}
	s.base = branchPrefix + s.names + "/base"
	if err := s.setBranch(ctx, s.base, s.tip); err != nil {
		return err
	}
	s.pull, err = s.newPull(ctx, "shared", files{"acceptance/shared.txt": {Content: "shared\n"}})
	return err
}

// mayWrite finds missing permissions at once, rather than halfway through the run.
func (s *session) mayWrite(ctx context.Context) error {
	granted, err := s.permissions(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{"contents", "pull_requests", "issues", "statuses", "checks"} {
		if granted[name] != "write" {
			return fmt.Errorf("the installation lacks the permission %s: write: grant it to the App, and accept it in the installation", name)
		}
	}
	return nil
}

// made remembers how to remove something.
func (s *session) made(what string, undone func(context.Context) error) {
	s.undo = append(s.undo, undo{what, undone})
}

// clean removes everything, the latest first, and returns what it couldn't remove.
func (s *session) clean(ctx context.Context) (left []string) {
	if len(s.undo) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(labelled(ctx, "clean"), cleaningTime)
	defer cancel()
	s.record.allow(cleaningBudget)
	var kept []undo
	for _, u := range slices.Backward(s.undo) {
		err := s.patiently(ctx, func() error { return u.do(ctx) })
		var gone *gh.Gone
		if err != nil && !errors.As(err, &gone) {
			kept = append(kept, u)
			left = append(left, fmt.Sprintf("%s: %s", u.what, gh.Tidy(err.Error())))
		}
	}
	slices.Reverse(kept)
	s.undo = kept
	return left
}

// attempts bounds how often a limited request is made.
const attempts = 5

// patiently makes a request again once a limit is over: GitHub doesn't act on a request
// that it limits.
func (s *session) patiently(ctx context.Context, do func() error) error {
	for n := 1; ; n++ {
		err := do()
		var limited *gh.Limited
		if !errors.As(err, &limited) || n == attempts {
			return err
		}
		if err := s.cfg.GitHub.Wait(ctx, limited.Until.Sub(s.cfg.GitHub.Now())); err != nil {
			return err
		}
	}
}

// shows checks every second whether a write shows yet, for as long as the bot would wait
// (gh.Lag), and returns how long it took.
func (s *session) shows(ctx context.Context, what string, look func() (bool, error)) (time.Duration, error) {
	return s.within(ctx, patience{what, gh.Lag, time.Second}, look)
}

// patience is how long to wait for something, and how often to check.
type patience struct {
	what        string
	most, pause time.Duration
}

func (s *session) within(ctx context.Context, p patience, look func() (bool, error)) (time.Duration, error) {
	start := s.cfg.GitHub.Now()
	for {
		seen, err := look()
		took := s.cfg.GitHub.Now().Sub(start)
		switch {
		case err != nil:
			return took, err
		case seen:
			return took, nil
		case took > p.most:
			return took, differs("%s doesn't show %s after it was written", p.what, p.most)
		}
		if err := s.cfg.GitHub.Wait(ctx, p.pause); err != nil {
			return took, err
		}
	}
}

// apply makes one write as the bot would.
func (s *session) apply(ctx context.Context, key pull.Key, action pull.Action) error {
	return s.patiently(ctx, func() error { return s.writes.Apply(ctx, 0, key, action) })
}

// everything is what any rule may need, but for the team.
const everything = pull.Files | pull.Commits | pull.Statuses | pull.Checks | pull.Notes | pull.Events | pull.Reviews | pull.Merging |
	pull.Comments | pull.Opinions | pull.Mentions

// load loads as the bot would after a start: nothing is remembered.
func (s *session) load(ctx context.Context, key pull.Key) (*pull.Request, error) {
	return s.loadBy(ctx, snapshot.Query{Key: key, Needs: everything})
}

func (s *session) loadBy(ctx context.Context, q snapshot.Query) (r *pull.Request, err error) {
	loads, err := snapshot.New(s.app)
	if err != nil {
		return nil, err
	}
	err = s.patiently(ctx, func() (err error) {
		r, err = loads.Load(ctx, q)
		return err
	})
	return r, err
}

// narrowed is the App with some of its permissions.
func (s *session) narrowed(granted map[string]string, without string) (*gh.App, error) {
	cfg := s.cfg.GitHub
	cfg.Permissions = maps.Clone(granted)
	delete(cfg.Permissions, without)
	return gh.New(cfg)
}
