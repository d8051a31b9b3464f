package acceptance

import (
	"context"
	"errors"
	"fmt"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

// fakeToken begins the token with which GitHub's documentation tries push protection: it
// opens nothing, and five letters or digits follow. In one piece it couldn't be pushed.
const fakeToken = "secret_scanning_" + "ab85fc6f8d7638cf1c11da812da308d43_"

// pushSecret pushes a token that GitHub hasn't seen in this repository: one of which it
// has told already is let through.
func (s *session) pushSecret(ctx context.Context) (string, error) {
	token := fakeToken + s.names[len(s.names)-5:]
	picked, err := s.offer(ctx, git.Job{
		Commit: s.tip, Targets: []git.Target{{Head: s.branch("secret")}}, Trial: "TOKEN = \"" + token + "\"\n",
	}, contents)
	switch {
	case err != nil:
		return "", differs("%v", err)
	case picked[0].Err == nil:
		return "", &skip{"the repository has no push protection: switch it on in its settings"}
	}
	if kind := kindOf(picked[0]); kind != git.SecretFound {
		return "", differs("the push is refused as %q: %v", kind, picked[0].Err)
	}
	return "", nil
}

// archived writes to an archived repository, which must refuse.
func (s *session) archived(ctx context.Context) (string, error) {
	key := s.cfg.Archived
	if key.Repo == "" {
		return "", &skip{"no archived repository is named with --archived"}
	}
	a, err := s.inArchived(ctx)
	if err != nil {
		return "", err
	}
	var refused *gh.Rejected
	err = s.patiently(ctx, func() error {
		return a.writes.CreateLabel(ctx, 0, key, pull.LabelStyle{Name: labelPrefix + "archived", Color: "ededed"})
	})
	if !errors.As(err, &refused) {
		return "", differs("making a label there: %v", err)
	}
	if about := key; a.subject != 0 {
		about.Number = a.subject
		err := s.patiently(ctx, func() error {
			return a.writes.Apply(ctx, 0, about, pull.AddNote{Note: pull.Note{Key: "acceptance", Body: "Is this refused?"}})
		})
		if !errors.As(err, &refused) {
			return "", differs("commenting there: %v", err)
		}
	}
	return "", a.push(ctx)
}

// archive is the archived repository, as the bot sees it.
type archive struct {
	*session
	writes  *apply.Writer
	subject int // number of an issue or a pull request, 0 for none
	tip     string
	branch  string
}

// inArchived makes sure that the repository is archived: nothing is written to another
// one.
func (s *session) inArchived(ctx context.Context) (*archive, error) {
	cfg := s.cfg.GitHub
	cfg.Repository = s.cfg.Archived.Repo
	app, err := gh.New(cfg)
	if err != nil {
		return nil, err
	}
	there := *s
	there.app, there.cfg.Repository = app, s.cfg.Archived
	a := &archive{session: &there}
	var gone *gh.Gone
	there.client, err = app.Client(ctx, s.cfg.Archived, 0)
	switch {
	case errors.As(err, &gone):
		return nil, &skip{"the App isn't installed on the archived repository"}
	case err != nil:
		return nil, err
	}
	loads, err := snapshot.New(app)
	if err != nil {
		return nil, err
	}
	if a.writes, err = apply.New(app, loads.Answered); err != nil {
		return nil, err
	}
	return a, a.find(ctx)
}

func (a *archive) find(ctx context.Context) error {
	type numbers struct{ Nodes []struct{ Number int } }
	var found struct {
		IsArchived           bool
		Issues, PullRequests numbers
		DefaultBranchRef     *struct {
			Name   string
			Target struct{ Oid string }
		}
	}
	answer, err := a.ask(ctx, "isArchived defaultBranchRef{name target{oid}} issues(first:1){nodes{number}} "+
		"pullRequests(first:1){nodes{number}}", nil)
	if err == nil {
		err = answer.repository(&found)
	}
	switch {
	case err != nil:
		return err
	case !found.IsArchived:
		return &skip{fmt.Sprintf("%s isn't archived", a.cfg.Repository)}
	case found.DefaultBranchRef == nil:
		return &skip{fmt.Sprintf("%s is empty", a.cfg.Repository)}
	}
	a.tip, a.branch = found.DefaultBranchRef.Target.Oid, found.DefaultBranchRef.Name
	for _, n := range append(found.Issues.Nodes, found.PullRequests.Nodes...) {
		a.subject = n.Number
	}
	return nil
}

// push wants git to be refused for good.
func (a *archive) push(ctx context.Context) error {
	target := git.Target{Branch: a.branch, Head: branchPrefix + a.names + "/archived"}
	picked, err := a.offer(ctx, git.Job{Commit: a.tip, Targets: []git.Target{target}, Trial: "Is this refused?\n"}, contents)
	if err != nil {
		return differs("%v", err)
	}
	var f *git.Failure
	if !errors.As(picked[0].Err, &f) || f.Temporary {
		return differs("the push: %v", picked[0].Err)
	}
	return nil
}
