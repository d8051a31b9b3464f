package snapshot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// How many entries of one merge queue are read: GitHub builds at most a hundred at
// once. Each has the check runs of two commits.
const (
	queuedPerBranch = 100
	queuedPerQuery  = 25
)

type queueData struct {
	Entries gh.Connection[entryOfQueue]
}

type entryOfQueue struct {
	HeadCommit  *tipData
	PullRequest *struct {
		Number int
		Tip    gh.Connection[struct{ Commit tipData }]
	}
}

// queueFields request the lengths of branches' merge queues; "" is the default branch.
func queueFields(branches []string) (declared, fields string, variables map[string]any) {
	var d, f strings.Builder
	variables = map[string]any{}
	for i, name := range branches {
		fmt.Fprintf(&d, ",$queue%d:String", i)
		fmt.Fprintf(&f, " queue%d:mergeQueue(branch:$queue%d){entries{totalCount}}", i, i)
		if name != "" {
			variables[fmt.Sprint("queue", i)] = name
		}
	}
	return d.String(), f.String(), variables
}

// knowsNoQueues reports whether this GitHub doesn't have merge queues.
func knowsNoQueues(err error) bool {
	rejected, _ := errors.AsType[*gh.Rejected](err)
	return rejected != nil && rejected.Unknown() && strings.Contains(rejected.Message, "'mergeQueue'")
}

// hidesQueues reports whether a load can do without merge queues: on a GitHub Enterprise
// Server that has none, or if the App isn't allowed to see them.
func hidesQueues(err error) bool {
	_, denied := errors.AsType[*gh.Denied](err)
	return denied || knowsNoQueues(err)
}

// withoutQueues notes that merge queues aren't visible. A GitHub without them isn't asked
// again while this program runs; a missing permission may be granted.
func (l *repositoryLoad) withoutQueues(err error) {
	l.queueless.Store(knowsNoQueues(err))
	l.Log().Warn().Err(err).Str("repository", l.Key.Repository().String()).Msg("cannot read the merge queues: nothing is reported on their " +
		"commits")
}

// queued lists the merge queues that have entries.
func (l *repositoryLoad) queued(ctx context.Context, lengths gh.Fields) ([]pull.QueueEntry, error) {
	var all []pull.QueueEntry
	for i, name := range l.Queues {
		var q *queueData
		if err := lengths.ReadNth("queue", i, &q); err != nil {
			return nil, err
		}
		if q == nil || q.Entries.TotalCount == 0 {
			continue
		}
		entries, err := l.entries(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("listing the merge queue of %q: %w", name, err)
		}
		for _, e := range entries {
			if entry, built := e.queued(); built && !slices.ContainsFunc(all, func(q pull.QueueEntry) bool { return q.Group == entry.Group }) {
				all = append(all, entry)
			}
		}
	}
	return all, nil
}

// entries returns one merge queue's entries.
func (l *repositoryLoad) entries(ctx context.Context, branch string) (all []entryOfQueue, err error) {
	variables := map[string]any{"app": l.AppID()}
	if branch != "" {
		variables["branch"] = branch
	}
	query := "query($owner:String!,$name:String!,$app:Int!,$first:Int!,$after:String,$branch:String){" +
		"repository(owner:$owner,name:$name,followRenames:false){" +
		"queue:mergeQueue(branch:$branch){entries(first:$first,after:$after){nodes{headCommit{...Tip} pullRequest{number " +
		"tip:commits(last:1){nodes{commit{...Tip}}}}} " + pageFields + "}}}}" +
		tipFields(pull.Statuses|pull.Checks)
	err = l.Asking("merge queue", func(s *gh.Size) error {
		for all = nil; len(all) < queuedPerBranch; {
			var page struct {
				Repository *struct{ Queue *queueData }
			}
			err := s.Smaller(ctx, func(ctx context.Context) error {
				variables["first"] = s.Part(queuedPerQuery)
				return l.Ask(ctx, query, variables, &page)
			})
			if err != nil || page.Repository == nil || page.Repository.Queue == nil { // nil: it's gone
				return err
			}
			entries := page.Repository.Queue.Entries
			all = append(all, entries.Nodes...)
			if !entries.PageInfo.HasNextPage || entries.PageInfo.EndCursor == variables["after"] {
				return nil
			}
			variables["after"] = entries.PageInfo.EndCursor
		}
		return nil
	})
	return all, err
}

// queued reads an entry; built is false if its group doesn't exist yet.
func (e entryOfQueue) queued() (q pull.QueueEntry, built bool) {
	if e.HeadCommit == nil || e.PullRequest == nil || !gh.IsCommit(e.HeadCommit.Oid) {
		return pull.QueueEntry{}, false
	}
	q = pull.QueueEntry{Number: e.PullRequest.Number, Group: e.HeadCommit.Oid, Reported: e.HeadCommit.reports()}
	for _, tip := range e.PullRequest.Tip.Nodes {
		q.Own = tip.Commit.reports()
	}
	return q, true
}

func (t *tipData) reports() pull.Reports {
	return pull.Reports{Statuses: t.Status.statuses(), Checks: t.checks()}
}
