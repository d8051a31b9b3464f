package gh

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// queuedPerBranch bounds the entries of one merge queue that are looked at:
// GitHub builds no more than a hundred at once.
const queuedPerBranch = 100

// Queued is a pull request in a merge queue. Its checks are to be reported on the
// commit of its group ("Managing a merge queue").
type Queued struct {
	Number   int
	Group    string // commit
	Reported Reports
	Own      Reports // those of the pull request's head
}

// Reports are the statuses of a commit, of everybody, and the check runs of this
// App.
type Reports struct {
	Statuses map[string]pull.Status
	Checks   map[string]pull.CheckState
}

type queueData struct {
	Entries list[struct {
		HeadCommit  *tipData
		PullRequest *struct {
			Number int
			Tip    list[struct{ Commit tipData }]
		}
	}]
}

// queueFields asks for the merge queues of branches; the default branch is "".
func queueFields(branches []string) (declared, fields string, variables map[string]any) {
	var d, f strings.Builder
	variables = map[string]any{}
	for i, name := range branches {
		fmt.Fprintf(&d, ",$queue%d:String", i)
		fmt.Fprintf(&f, " queue%d:mergeQueue(branch:$queue%d){entries(first:%d){nodes{headCommit{...Tip} pullRequest{number tip:commits(last:1){nodes{commit{...Tip}}}}}}}", i, i, queuedPerBranch)
		if name != "" {
			variables[fmt.Sprint("queue", i)] = name
		}
	}
	return d.String(), f.String(), variables
}

// withQueues loads the outline, and without merge queues where GitHub shows none:
// a GitHub Enterprise Server that knows no such thing, which does not change while
// this program runs, or an App that may not see them, which somebody may mend.
func (a *App) withQueues(ctx context.Context, q OutlineQuery) (Outline, error) {
	if a.queueless.Load() {
		q.Queues = nil
	}
	out, err := a.outline(ctx, q)
	rejected, _ := errors.AsType[*Rejected](err)
	_, denied := errors.AsType[*Denied](err)
	unknown := rejected != nil && rejected.unknown == "mergeQueue"
	if len(q.Queues) == 0 || !unknown && !denied {
		return out, err
	}
	q.Queues = nil
	out, again := a.outline(ctx, q)
	if again != nil {
		return out, again
	}
	a.queueless.Store(unknown)
	a.cfg.Log.Warn().Err(err).Str("repository", q.Key.Repository().String()).Msg("merge queues do not show: nothing is reported on their commits")
	return out, nil
}

// queued reads the answer to queueFields.
func (a answers) queued(branches []string) ([]Queued, error) {
	var all []Queued
	for i := range branches {
		var q *queueData
		if err := a.read("queue", i, &q); err != nil {
			return nil, err
		}
		if q == nil {
			continue // no merge queue there
		}
		for _, e := range q.Entries.Nodes {
			if e.HeadCommit == nil || e.PullRequest == nil || !commitID.MatchString(e.HeadCommit.Oid) {
				continue // its group is not built yet
			}
			entry := Queued{Number: e.PullRequest.Number, Group: e.HeadCommit.Oid, Reported: e.HeadCommit.reports()}
			for _, tip := range e.PullRequest.Tip.Nodes {
				entry.Own = tip.Commit.reports()
			}
			if !slices.ContainsFunc(all, func(q Queued) bool { return q.Group == entry.Group }) {
				all = append(all, entry)
			}
		}
	}
	return all, nil
}

func (t *tipData) reports() Reports { return Reports{t.Status.statuses(), t.checks()} }
