package snapshot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// checkedAge is how long a branch's checks are remembered for pull requests. After a
	// report, they're loaded again before any pull request runs.
	checkedAge = 10 * time.Minute
	// rememberedChecked and rememberedDoubts limit what's remembered.
	rememberedChecked = 100
	rememberedDoubts  = 2000
	// maxDoubts limits the requests of one load for earlier results: once there are so many,
	// no list is begun. doubtPages limits a list, in pages of a hundred.
	maxDoubts  = 20
	doubtPages = 10
	// commentsPerCommit is how many comments on a commit are read. More are as if they were
	// missing.
	commentsPerCommit = 20
)

// CheckedQuery says which branch's checks to load.
type CheckedQuery struct {
	Key          pull.Key
	Installation int64 // 0: look it up
	Branch       string
	Source       pull.CheckSource
}

type checkedAt struct {
	repository pull.Key
	branch     string
}

// knownChecks are a branch's checks, and when they were read.
type knownChecks struct {
	pull.BranchChecks
	at time.Time
}

// Checked loads the checks of a branch's newest commits: one request, one for every twenty with
// more than a hundred reports, one for buildbots' comments on their pull requests if some are
// known, one for its nightly builds if it has some, and those for runs that may have had another
// result before.
func (l *Loader) Checked(ctx context.Context, q CheckedQuery) (pull.BranchChecks, error) {
	c, err := l.app.Client(ctx, q.Key.Repository(), q.Installation)
	if err == nil {
		var found pull.BranchChecks
		load := &checkedLoad{Client: c, from: l, CheckedQuery: q, statuses: map[string]bool{}, reports: map[string][]pull.CheckRun{}}
		if found, err = load.load(ctx); err == nil {
			l.checked.Add(checkedAt{q.Key.Repository(), q.Branch}, knownChecks{found, c.Now()})
			return found, nil
		}
	}
	l.app.Forget(q.Key, err)
	return pull.BranchChecks{}, fmt.Errorf("reading the checks of branch %s of %s: %w", q.Branch, q.Key.Repository(), err)
}

// checks loads what rules look at, or takes what was read in the last minutes.
func (l *loading) checks(ctx context.Context) error {
	for _, branch := range l.looks.Checked {
		known, found := l.from.checked.Get(checkedAt{l.Key.Repository(), branch})
		if !found || l.Now().Sub(known.at) >= checkedAge {
			var err error
			known.BranchChecks, err = l.from.Checked(ctx, CheckedQuery{l.Key, l.Installation, branch, l.Source})
			if err != nil {
				return err
			}
		}
		l.out.Checked[branch] = known.BranchChecks
	}
	return nil
}

type checkedLoad struct {
	*gh.Client
	from *Loader
	CheckedQuery
	statuses map[string]bool            // names that statuses have, rather than check runs
	reports  map[string][]pull.CheckRun // all statuses that count, by commit
	asked    int                        // requests for earlier results
}

type checkedCommit struct {
	Oid, MessageHeadline   string
	CommittedDate          time.Time
	Parents                gh.Connection[struct{ Oid string }]
	AssociatedPullRequests associatedData
	StatusCheckRollup      *struct{ Contexts reportsData }
	Comments               gh.Connection[checkedComment]
}

type checkedComment struct {
	Author    *actorData
	Body, URL string
	CreatedAt time.Time
}

func (c checkedComment) by() string { return strings.TrimSuffix(c.Author.login(), "[bot]") }

// reportData is a status or a check run, by its own names for the same things.
type reportData struct {
	Typename                                string `json:"__typename"`
	Context, State, TargetURL               string
	CreatedAt                               time.Time
	Name, RunStatus, Conclusion, DetailsURL string
	StartedAt, CompletedAt                  time.Time
}

// load follows first parents: what a merge commit brought was checked in its pull request.
func (l *checkedLoad) load(ctx context.Context) (out pull.BranchChecks, err error) {
	listed, more, err := l.commits(ctx)
	if err != nil || len(listed) == 0 {
		return pull.BranchChecks{}, err
	}
	at := map[string]checkedCommit{}
	for _, c := range listed {
		at[c.Oid] = c
	}
	var dates []time.Time
	var rest []unread
	for c, found := listed[0], true; found; {
		out.Commits, dates = append(out.Commits, l.commit(c)), append(dates, c.CommittedDate)
		if of := c.StatusCheckRollup; of != nil && of.Contexts.PageInfo.HasNextPage {
			rest = append(rest, unread{len(out.Commits) - 1, of.Contexts.PageInfo.EndCursor})
		}
		parent := ""
		for _, p := range c.Parents.Nodes {
			parent = p.Oid
		}
		delete(at, c.Oid)
		if c, found = at[parent]; !found {
			out.More = parent != "" && more
		}
	}
	if err := l.readOn(ctx, &out, rest); err != nil {
		return pull.BranchChecks{}, err
	}
	slices.Reverse(out.Commits)
	slices.Reverse(dates)
	if err := l.discussed(ctx, &out, dates); err != nil {
		return pull.BranchChecks{}, err
	}
	if err := l.nightly(ctx, &out); err != nil {
		return pull.BranchChecks{}, err
	}
	return out, l.doubt(ctx, &out)
}

// commits lists the newest commits, newest first.
func (l *checkedLoad) commits(ctx context.Context) (all []checkedCommit, more bool, err error) {
	reports := ""
	if l.Source.Watches != nil {
		reports = " " + reportList("")
	}
	query := func(comments string) string {
		return "query($owner:String!,$name:String!,$branch:String!,$first:Int!,$after:String){" +
			"repository(owner:$owner,name:$name,followRenames:false){ref(qualifiedName:$branch){target{__typename ...on Commit{" +
			"history(first:$first,after:$after){nodes{oid messageHeadline committedDate parents(first:1){nodes{oid}} " +
			associatedFields + reports + comments + "} " + pageFields + "}}}}}}"
	}
	variables := map[string]any{"branch": "refs/heads/" + l.Branch}
	err = l.Asking("checked", func(s *gh.Size) error {
		for all = nil; len(all) < pull.MaxChecked; {
			var found struct {
				Repository *struct {
					Ref *struct {
						Target struct{ History gh.Connection[checkedCommit] }
					}
				}
			}
			err := s.Smaller(ctx, func(ctx context.Context) error {
				variables["first"] = min(s.Part(pull.MaxChecked), pull.MaxChecked-len(all))
				return l.Ask(ctx, query(l.commented(*s)), variables, &found)
			})
			if err != nil || found.Repository == nil || found.Repository.Ref == nil {
				return err
			}
			page := found.Repository.Ref.Target.History
			l.spare(page.Nodes)
			all, more = append(all, page.Nodes...), page.PageInfo.HasNextPage
			if !more || page.PageInfo.EndCursor == variables["after"] {
				return nil
			}
			variables["after"] = page.PageInfo.EndCursor
		}
		return nil
	})
	return all, more, err
}

// commented requests the comments on a commit.
func (l *checkedLoad) commented(s gh.Size) string {
	if l.Source.Comment == nil {
		return ""
	}
	return fmt.Sprintf(" comments(last:%d){nodes{%s}}", commentsIn(s), reportFields)
}

// reportFields are those of a comment that may report.
const reportFields = "author{__typename login} body url createdAt"

// commentsIn is how many comments of one place are read. Anyone may write them, and long
// ones: in the smallest part, fewer are.
func commentsIn(s gh.Size) int {
	if s == gh.Apart {
		return commentsPerCommit / 5
	}
	return commentsPerCommit
}

// spare empties comments that report nothing.
func (l *checkedLoad) spare(page []checkedCommit) {
	for _, c := range page {
		for i := range c.Comments.Nodes {
			m := &c.Comments.Nodes[i]
			if _, is := l.Source.Comment(m.by(), m.Body); !is {
				m.Body = ""
			}
		}
	}
}

func (l *checkedLoad) commit(c checkedCommit) pull.CommitChecks {
	out := pull.CommitChecks{SHA: c.Oid, Subject: c.MessageHeadline}
	out.Pull = landedBy(landedCommit{l.Branch, c.Oid, c.MessageHeadline}, c.AssociatedPullRequests)
	if c.StatusCheckRollup != nil {
		l.report(&out, c.StatusCheckRollup.Contexts)
	}
	for _, m := range c.Comments.Nodes {
		if report, is := l.Source.Comment(m.by(), m.Body); is {
			out.Runs = append(out.Runs, m.run(report))
		}
	}
	return out
}

// run is a report as a run; ran is false for what shows nothing.
func (r reportData) run() (run pull.CheckRun, ran bool) {
	if r.Typename == "StatusContext" {
		outcome, shows := outcomes[strings.ToLower(r.State)]
		return pull.CheckRun{Check: r.Context, Outcome: outcome, At: r.CreatedAt, URL: r.TargetURL}, shows
	}
	return checkRun(r.Name, r.RunStatus, r.Conclusion, span{r.StartedAt, r.CompletedAt}, r.DetailsURL)
}

type span struct{ from, to time.Time }

// checkRun is a check run, or the run of a workflow.
func checkRun(name, status, conclusion string, took span, url string) (run pull.CheckRun, ran bool) {
	run = pull.CheckRun{Check: name, Outcome: pull.RunPending, At: took.from, URL: url}
	if !strings.EqualFold(status, "completed") {
		return run, true
	}
	if !took.to.IsZero() {
		run.At = took.to
	}
	run.Outcome, ran = outcomes[strings.ToLower(conclusion)]
	return run, ran
}

// outcomes are those of statuses, check runs and workflows. Cancelled, skipped and stale
// ones show nothing.
var outcomes = map[string]pull.RunOutcome{
	"success": pull.RunGood, "neutral": pull.RunGood,
	"failure": pull.RunBad, "error": pull.RunBad, "timed_out": pull.RunBad, "startup_failure": pull.RunBad,
	"pending": pull.RunPending, "expected": pull.RunPending,
}
