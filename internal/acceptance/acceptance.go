// Package acceptance checks in one bounded run, against a throw-away repository, what no
// simulated GitHub can prove: the assumptions about GitHub that the bot relies on. Each
// step settles one of them, in the words of its table (steps.go), and the raw answers are
// kept as fixtures.
//
// It knows no rules, and uses internal/gh alone to talk to GitHub.
package acceptance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Config of a run. GitHub and Repository are required.
type Config struct {
	// GitHub is how to talk to GitHub as the App. The run adds its own record of answers,
	// and its tokens are for Repository alone.
	GitHub     gh.Config
	Repository pull.Key // Number 0
	// Large is a pull request of a large public repository, which is only read; zero: the
	// steps about it are skipped.
	Large pull.Key
	// Archived is an archived repository that has the App; zero: the step about one is
	// skipped.
	Archived pull.Key
	// Second is a token of another account, with the scopes public_repo (repo, for a private
	// repository) and delete_repo; "": most steps about other accounts are skipped.
	Second string
	// Fixtures gets every raw answer, a JSON object a line, without tokens and people; nil:
	// they aren't kept.
	Fixtures io.Writer

	Skip     []string      // names of steps
	Pace     time.Duration // from one write to the next; GitHub asks for a second
	Limit    time.Duration // of the run without its cleaning up; 0: 20 minutes
	Requests int           // so many at most, without its cleaning up; 0: 800
}

// State is how a step ended.
type State string

// The states of a step.
const (
	OK      State = "ok"
	Differs State = "DIFFERS" // GitHub doesn't behave as assumed, or didn't answer
	Skipped State = "skipped"
)

// Result of a step.
type Result struct {
	Step
	State State
	Text  string // what differs, why it was skipped, or what was measured; one line
}

// Report of a run.
type Report struct {
	Results  []Result
	Requests int
	Left     []string // what couldn't be cleaned up
}

// Good reports whether nothing differs and nothing was left behind.
func (r Report) Good() bool {
	return len(r.Left) == 0 && !slices.ContainsFunc(r.Results, func(r Result) bool { return r.State == Differs })
}

// Step is one of the run.
type Step struct {
	Name       string
	Assumption string // one sentence, which the step settles
	Where      string // the place in the code that relies on it
	Before     string // what people do before the run, in Markdown; "" for nothing
	run        func(*session, context.Context) (measured string, err error)
}

// difference is how GitHub behaves instead.
type difference struct{ text string }

func (d *difference) Error() string { return d.text }

func differs(format string, args ...any) error {
	return &difference{gh.Tidy(fmt.Sprintf(format, args...))}
}

// skip is what a step lacks.
type skip struct{ text string }

func (s *skip) Error() string { return s.text }

const (
	defaultLimit    = 20 * time.Minute
	defaultRequests = 800
	cleaningTime    = 10 * time.Minute // one write a second
	cleaningBudget  = 400              // requests
)

// Run makes all steps in order, calls each with the result of every one, and then removes
// what it made, even if ctx has ended. An error means that it couldn't begin, or ended
// early.
func Run(ctx context.Context, cfg Config, each func(Result)) (report Report, err error) {
	if cfg.Limit == 0 {
		cfg.Limit = defaultLimit
	}
	if cfg.Requests == 0 {
		cfg.Requests = defaultRequests
	}
	s, err := newSession(cfg)
	if err != nil {
		return report, fmt.Errorf("starting the acceptance run: %w", err)
	}
	bounded, cancel := context.WithTimeout(ctx, cfg.Limit)
	defer cancel()
	defer func() {
		report.Left = s.clean(context.WithoutCancel(ctx))
		report.Requests = s.record.count()
		err = errors.Join(err, s.record.fault())
	}()
	if err := s.prepare(labelled(bounded, "prepare")); err != nil {
		return report, fmt.Errorf("preparing the acceptance run: %w", err)
	}
	for _, step := range Steps() {
		r := s.make(bounded, step)
		report.Results = append(report.Results, r)
		each(r)
	}
	switch {
	case bounded.Err() != nil:
		return report, fmt.Errorf("the run ended early: %w", bounded.Err())
	case s.record.spent():
		return report, fmt.Errorf("the run ended early: %w", errSpent)
	}
	return report, nil
}

// make makes one step.
func (s *session) make(ctx context.Context, step Step) Result {
	r := Result{Step: step, State: Skipped}
	switch {
	case ctx.Err() != nil:
		r.Text = "the run ended before"
		return r
	case s.record.spent():
		r.Text = fmt.Sprintf("the run has made its %d requests", s.cfg.Requests)
		return r
	}
	if slices.Contains(s.cfg.Skip, step.Name) {
		r.Text = "as you asked"
		return r
	}
	measured, err := step.run(s, labelled(ctx, step.Name))
	var missing *skip
	var other *difference
	switch {
	case err == nil:
		r.State, r.Text = OK, measured
	case errors.As(err, &missing):
		r.Text = missing.text
	case ctx.Err() != nil:
		r.Text = "the run ended meanwhile"
	case errors.As(err, &other):
		r.State, r.Text = Differs, other.text
	default:
		r.State, r.Text = Differs, "it couldn't be made: "+gh.Tidy(err.Error())
	}
	return r
}

// Announcement is what a run will write, for people to agree to.
func Announcement(repository pull.Key) string {
	return fmt.Sprintf(`This run writes to %[1]s, as the App:

  * an issue, and pull requests with comments, reviews, reactions, labels, statuses and
    check runs
  * branches that begin with %[2]s, with some odd files, force pushes and a merge
  * labels that begin with %[3]s

It never writes to other branches, except that %[4]s gets a
queued pull request if it has a merge queue. A second account forks the repository and
deletes that fork again, if you give its token. The run removes what it made: branches, labels and
comments, and what a killed run left. The issue and the pull requests are closed, since
GitHub deletes none.
Use a repository that nobody needs, and on which the bot doesn't act.
`, repository, strings.TrimSuffix(branchPrefix, "/"), strings.TrimSpace(labelPrefix), queueBranch)
}
