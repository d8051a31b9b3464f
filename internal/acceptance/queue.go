package acceptance

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
)

// queueBranch is a branch of which people may make a merge queue: rules about one can't
// be for branches that are yet to come.
const queueBranch = "concorde-acceptance-queue"

// noQueue asks for the merge queue of a branch that has none.
func (s *session) noQueue(ctx context.Context) (string, error) {
	answer, err := s.ask(ctx, "id queue0:mergeQueue(branch:$branch){entries{totalCount}}", map[string]any{"branch:String!": s.base})
	if err != nil {
		return "", err
	}
	return "", answer.null("queue0", "")
}

// mergeQueue puts a pull request into a merge queue, and takes it out again.
func (s *session) mergeQueue(ctx context.Context) (string, error) {
	m, err := s.queueable(ctx)
	if err != nil {
		return "", err
	}
	if err := s.enqueue(ctx, m); err != nil {
		return "", err
	}
	var entry pull.QueueEntry
	took, err := s.within(ctx, patience{"an entry of the merge queue", 2 * gh.Lag, deliveryPause}, func() (bool, error) {
		if entry, err = s.queued(ctx, m); err != nil || entry.Number != 0 {
			return true, err
		}
		r, err := s.load(ctx, m.key)
		if err == nil && r.State == pull.Merged {
			err = &skip{"the merge queue merged at once: have it wait for the status " + statusContext}
		}
		return false, err
	})
	if err != nil {
		return "", err
	}
	var groups []struct {
		Ref    string
		Object struct{ SHA string }
	}
	path := fmt.Sprintf("git/matching-refs/heads/gh-readonly-queue/%s/pr-%d-", queueBranch, m.key.Number)
	if err := s.want(ctx, "GET", path, nil, &groups); err != nil {
		return "", err
	}
	if len(groups) != 1 || groups[0].Object.SHA != entry.Group {
		return "", differs("the entry's head is %s, the group's branches are %+v", entry.Group, groups)
	}
	return after(took), s.dequeue(ctx, m)
}

// queueable opens a pull request into the branch with a merge queue.
func (s *session) queueable(ctx context.Context) (m made, err error) {
	var found struct {
		Queue *struct{ ID string }
		Ref   *struct{ Target tipOf }
	}
	answer, err := s.ask(ctx, "queue:mergeQueue(branch:$branch){id} ref(qualifiedName:$branch){target{oid ...on Commit{tree{oid}}}}",
		map[string]any{"branch:String!": queueBranch})
	if err == nil {
		err = answer.repository(&found)
	}
	switch {
	case err != nil:
		return m, err
	case found.Queue == nil || found.Ref == nil:
		return m, &skip{fmt.Sprintf("there's no branch %s with a merge queue", queueBranch)}
	}
	tip := found.Ref.Target.Oid
	s.trees[tip] = found.Ref.Target.Tree.Oid
	sha, err := s.commit(ctx, draft{parent: tip, message: "Queue", files: files{"acceptance/queued-" + s.names + ".txt": {Content: "x\n"}}})
	if err == nil {
		err = s.green(ctx, sha)
	}
	if err != nil {
		return m, err
	}
	opening := s.opening("queue")
	opening.Base = queueBranch
	return s.openPull(ctx, opening, sha)
}

func (s *session) enqueue(ctx context.Context, m made) error {
	id, err := s.node(ctx, m.key)
	if err != nil {
		return err
	}
	s.made(fmt.Sprintf("#%d in the merge queue", m.key.Number), func(ctx context.Context) error { return s.dequeue(ctx, m) })
	answer, err := s.mutate(ctx, 1, "mutation($input:EnqueuePullRequestInput!){change0:enqueuePullRequest(input:$input){clientMutationId}}",
		map[string]any{"input": map[string]any{"pullRequestId": id, "expectedHeadOid": m.head}})
	switch {
	case err != nil:
		return err
	case slices.ContainsFunc(answer.problems(), func(p string) bool { return strings.Contains(p, "not accessible") }):
		return &skip{"the App isn't allowed to fill a merge queue"}
	case len(answer.Errors) > 0:
		return differs("it isn't taken: %q", answer.problems())
	}
	return nil
}

// queued finds the pull request's entry as the bot reads queues.
func (s *session) queued(ctx context.Context, m made) (pull.QueueEntry, error) {
	loads, err := snapshot.New(s.app)
	if err != nil {
		return pull.QueueEntry{}, err
	}
	q := snapshot.RepositoryQuery{Key: s.cfg.Repository, SettingsPath: "README", Queues: []string{queueBranch}}
	var found pull.Repository
	err = s.patiently(ctx, func() (err error) {
		found, err = loads.Repository(ctx, q)
		return err
	})
	if err != nil {
		return pull.QueueEntry{}, err
	}
	for _, e := range found.Queued {
		if e.Number == m.key.Number {
			return e, nil
		}
	}
	return pull.QueueEntry{}, nil
}

// dequeue takes the pull request out, if it's still in.
func (s *session) dequeue(ctx context.Context, m made) error {
	id, err := s.node(ctx, m.key)
	if err != nil {
		return err
	}
	_, err = s.mutate(ctx, 1, "mutation($input:DequeuePullRequestInput!){change0:dequeuePullRequest(input:$input){clientMutationId}}",
		map[string]any{"input": map[string]any{"id": id}})
	return err
}
