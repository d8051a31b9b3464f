package snapshot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// discussion is a pull request on which a buildbot may comment, from some time on.
type discussion struct {
	number int
	since  time.Time
	commit int // that it brought; -1 if another pull request did
}

// named are the pull requests that a commit's subject names. CPython's buildbots comment on
// the first one, which for a backport is the original (python/buildmaster-config,
// master/custom/pr_reporter.py).
var named = regexp.MustCompile(`(?i)\((?:GH-|#)([1-9][0-9]{0,8})\)`)

// clocks is how much earlier than a commit a comment on it may be dated.
const clocks = time.Minute

// from is when comments begin to count. Who commits chooses the date.
func (d discussion) from() time.Time {
	if d.since.Year() < 2000 || d.since.Year() > 9000 {
		return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return d.since.Add(-clocks).UTC()
}

// discussions are the pull requests of the branch's commits, the newest first, at most
// MaxChecked.
func discussions(b pull.BranchChecks, dates []time.Time) (all []discussion) {
	for i, c := range slices.Backward(b.Commits) {
		numbers := []int{c.Pull}
		if m := named.FindStringSubmatch(c.Subject); m != nil {
			number, _ := strconv.Atoi(m[1]) // at most nine digits
			numbers = append(numbers, number)
		}
		for _, number := range slices.Compact(numbers) {
			at := slices.IndexFunc(all, func(d discussion) bool { return d.number == number })
			switch {
			case number == 0:
			case at < 0:
				all = append(all, discussion{number, dates[i], -1})
				at = len(all) - 1
			case dates[i].Before(all[at].since):
				all[at].since = dates[i]
			}
			if number > 0 && number == c.Pull {
				all[at].commit = i
			}
		}
	}
	return all[:min(len(all), pull.MaxChecked)]
}

// discussed adds what buildbots said on pull requests after the merge. It costs a request,
// or more if strangers wrote long comments there.
func (l *checkedLoad) discussed(ctx context.Context, b *pull.BranchChecks, dates []time.Time) error {
	if l.Source.Comment == nil {
		return nil
	}
	return l.Asking("discussed", func(s *gh.Size) error {
		for rest := discussions(*b, dates); len(rest) > 0; {
			var some []discussion
			var found struct{ Repository gh.Fields }
			err := s.Smaller(ctx, func(ctx context.Context) error {
				some = rest[:min(len(rest), s.Part(pull.MaxChecked))]
				query, variables := discussedQuery(some, *s)
				return l.Ask(ctx, query, variables, &found)
			})
			if err != nil {
				return err
			}
			for i, d := range some {
				if err := l.heard(b, d, found.Repository, i); err != nil {
					return err
				}
			}
			rest = rest[len(some):]
		}
		return nil
	})
}

func discussedQuery(some []discussion, s gh.Size) (query string, variables map[string]any) {
	q := gh.Query{Variables: map[string]any{}}
	for i, d := range some {
		q.Declared = append(q.Declared, fmt.Sprintf("$pull%d:Int!,$since%d:DateTime!", i, i))
		q.Variables[fmt.Sprint("pull", i)] = d.number
		q.Variables[fmt.Sprint("since", i)] = d.from().Format(time.RFC3339)
		q.Repository = append(q.Repository, fmt.Sprintf("%s%d:pullRequest(number:$pull%d){timelineItems(last:%d,since:$since%d,"+
			"itemTypes:[ISSUE_COMMENT]){nodes{__typename ...on IssueComment{%s}}}}", gh.Optional, i, i, commentsIn(s), i, reportFields))
	}
	return q.String(), q.Variables
}

// heard adds the reports among the comments on one pull request: each to the commit that it
// names, if that's one of the branch, or else to the one that the pull request brought.
func (l *checkedLoad) heard(b *pull.BranchChecks, d discussion, found gh.Fields, i int) error {
	var of *struct {
		TimelineItems gh.Connection[checkedComment]
	}
	if err := found.ReadNth(gh.Optional, i, &of); err != nil || of == nil {
		return err
	}
	for _, m := range of.TimelineItems.Nodes {
		report, is := l.Source.Comment(m.by(), m.Body)
		at := d.commit
		if report.Commit != "" {
			at = slices.IndexFunc(b.Commits, func(c pull.CommitChecks) bool { return strings.HasPrefix(c.SHA, report.Commit) })
		}
		if is && at >= 0 {
			b.Commits[at].Runs = append(b.Commits[at].Runs, m.run(report))
		}
	}
	return nil
}

// run is what a comment reports. Without the build's address, it's the report itself.
func (c checkedComment) run(report pull.CommentReport) pull.CheckRun {
	run := pull.CheckRun{Check: report.Check, Outcome: report.Outcome, At: c.CreatedAt, URL: report.URL}
	if run.URL == "" {
		run.URL = c.URL
	}
	return run
}
