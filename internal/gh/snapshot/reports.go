package snapshot

import (
	"context"
	"fmt"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// reportsPerCommit is how many of a commit's reports one query reads.
	reportsPerCommit = 100
	// reportedPerQuery is how many commits with more are read on in one query, and
	// reportQueries limits the queries of one load.
	reportedPerQuery = 20
	reportQueries    = 10
)

// reportsData are a commit's statuses and check runs, the newest of each name.
type reportsData = gh.Connection[reportData]

// reportList requests them; after is an argument such as ",after:$after".
func reportList(after string) string {
	return fmt.Sprintf("statusCheckRollup{contexts(first:%d%s){nodes{__typename ...on StatusContext{context state targetUrl createdAt} "+
		"...on CheckRun{name runStatus:status conclusion detailsUrl startedAt completedAt}} %s}}", reportsPerCommit, after, pageFields)
}

// unread is a commit of which not all reports are read.
type unread struct {
	commit int // in BranchChecks.Commits
	after  string
}

// readOn reads the reports of commits with more than one page has, first of the newest ones.
func (l *checkedLoad) readOn(ctx context.Context, b *pull.BranchChecks, rest []unread) error {
	hidden := 0 // commits that GitHub leaves out of its answers
	err := l.Asking("reports", func(s *gh.Size) error {
		for range reportQueries {
			if len(rest) == 0 {
				break
			}
			var some []unread
			var found struct{ Repository gh.Fields }
			err := s.Smaller(ctx, func(ctx context.Context) error {
				some = first(rest, s.Part(reportedPerQuery))
				query := reportsQuery(b, some)
				return l.Ask(ctx, query.String(), query.Variables, &found)
			})
			if err != nil {
				return err
			}
			rest = rest[len(some):]
			for i, u := range some {
				var of *struct {
					StatusCheckRollup *struct{ Contexts reportsData }
				}
				if err := found.Repository.ReadNth("reports", i, &of); err != nil {
					return err
				}
				if of == nil || of.StatusCheckRollup == nil {
					hidden++
					continue
				}
				page := of.StatusCheckRollup.Contexts
				l.report(&b.Commits[u.commit], page)
				if next := page.PageInfo; next.HasNextPage && next.EndCursor != u.after {
					rest = append(rest, unread{u.commit, next.EndCursor})
				}
			}
		}
		return nil
	})
	b.Unread = len(rest) + hidden
	return err
}

func reportsQuery(b *pull.BranchChecks, some []unread) gh.Query {
	q := gh.Query{Variables: map[string]any{}}
	for i, u := range some {
		q.Declared = append(q.Declared, fmt.Sprintf("$commit%d:GitObjectID!,$after%d:String!", i, i))
		q.Variables[fmt.Sprint("commit", i)], q.Variables[fmt.Sprint("after", i)] = b.Commits[u.commit].SHA, u.after
		q.Repository = append(q.Repository, fmt.Sprintf("reports%d:object(oid:$commit%d){...on Commit{%s}}", i, i,
			reportList(fmt.Sprint(",after:$after", i))))
	}
	return q
}

// report adds those that count to a commit.
func (l *checkedLoad) report(to *pull.CommitChecks, page reportsData) {
	for _, r := range page.Nodes {
		if run, ran := r.run(); ran && l.Source.Watches(run.Check) {
			to.Runs = append(to.Runs, run)
			l.statuses[run.Check] = r.Typename == "StatusContext"
		}
	}
}
