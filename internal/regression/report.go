package regression

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// maxBranches limits the branches with checks; the newest versions come first.
	maxBranches = 10
	// maxChecks and maxHistory limit a report: its checks, and the rounds of each.
	maxChecks, maxHistory = 60, 10
	// maxText is how much is shown of a text that strangers chose, in characters.
	maxText = 120
)

// Branches are those whose checks count, the default branch first.
func Branches(s config.Rules, defaultBranch string, all []string) []string {
	some := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !Watched(s, defaultBranch, name) })
	slices.SortFunc(some, func(a, b string) int {
		switch {
		case a == defaultBranch:
			return -1
		case b == defaultBranch:
			return 1
		}
		return lifecycle.Compare(b, a)
	})
	return some[:min(len(some), maxBranches)]
}

// Report is how a branch's checks are, for people and programs. Keys of its JSON are only
// ever added.
type Report struct {
	Branch string `json:"branch"`
	// Commits are the newest ones, oldest first. Older: the branch has more.
	Commits []Commit `json:"commits"`
	Older   bool     `json:"older,omitempty"`
	Unread  int      `json:"unread,omitempty"` // commits of which not all reports are read
	Checks  []Check  `json:"checks"`           // failing ones first
	More    int      `json:"more,omitempty"`
	// Nightly is left out if the settings have no nightly build of the branch.
	Nightly *NightlyOutcome `json:"nightly_build,omitempty"`
}

// Commit of a branch.
type Commit struct {
	SHA     string `json:"commit"`
	Subject string `json:"subject"`
	Pull    int    `json:"number,omitempty"` // the pull request that brought it
}

// CheckState is how a check is now.
type CheckState string

// The states, in the order of a report.
const (
	CheckFailing CheckState = "failing"
	CheckFlaky   CheckState = "flaky"
	CheckRunning CheckState = "running" // and it hasn't ended on any of the commits
	CheckPassing CheckState = "passing"
)

// Check is one check of a branch.
type Check struct {
	Name  string     `json:"check"`
	State CheckState `json:"state"`
	// Runs has a sign for each commit: + passed, x failed, * both, ~ pending, . no run.
	Runs   string       `json:"runs"`
	Rounds []Regression `json:"rounds"` // newest first; the first one goes on unless it's fixed
}

// Regression is a round of failures, for people.
type Regression struct {
	Good  *Commit   `json:"last_good,omitempty"` // missing if none of the commits is known to be good
	Bad   Commit    `json:"first_bad"`
	Fixed *Commit   `json:"fixed,omitempty"` // passed again; missing if the round goes on
	Flaky bool      `json:"flaky,omitempty"`
	Since time.Time `json:"since"`         // of the first failure
	URL   string    `json:"url,omitempty"` // its details
	Pulls []int     `json:"pull_requests"` // that may be the cause
	// Silence says why the pull requests of a round that goes on get no comment.
	Silence string `json:"silence,omitempty"`
	// Offered: it has failed for so long that the comments on the pull requests offer a revert,
	// unless there was one.
	Offered bool     `json:"revert_offered,omitempty"`
	Reverts []Revert `json:"reverts,omitempty"` // that are open
}

// Revert is an open pull request that reverts another.
type Revert struct {
	Number int `json:"number"`
	Of     int `json:"reverts"`
}

// NewReport reads a branch's checks.
func NewReport(s config.Rules, branch string, b pull.BranchChecks, now time.Time) Report {
	t := termsOf(s, now)
	r := Report{Branch: branch, Commits: []Commit{}, Older: b.More, Unread: b.Unread, Checks: []Check{}}
	for _, c := range b.Commits {
		r.Commits = append(r.Commits, commitOf(c))
	}
	for _, name := range Checks(b) {
		r.Checks = append(r.Checks, t.check(s, b, name))
	}
	order := []CheckState{CheckFailing, CheckFlaky, CheckRunning, CheckPassing}
	slices.SortStableFunc(r.Checks, func(x, y Check) int {
		return cmp.Compare(slices.Index(order, x.State), slices.Index(order, y.State))
	})
	if r.More = max(0, len(r.Checks)-maxChecks); r.More > 0 {
		r.Checks = r.Checks[:maxChecks]
	}
	if out, has := night(s, branch, b, now); has {
		r.Nightly = &out
	}
	return r
}

func commitOf(c pull.CommitChecks) Commit { return Commit{c.SHA, line(c.Subject), c.Pull} }

// check is one check of a branch.
func (t Terms) check(s config.Rules, b pull.BranchChecks, name string) Check {
	rounds := t.Rounds(b, name)
	c := Check{Name: line(name), Rounds: []Regression{}, State: t.state(b, name, rounds)}
	for _, commit := range b.Commits {
		c.Runs += t.sign(commit, name)
	}
	for _, r := range slices.Backward(rounds) {
		if len(c.Rounds) < maxHistory {
			c.Rounds = append(c.Rounds, t.regression(s, b, r))
		}
	}
	return c
}

// state of a check: that of its last round, or else of its newest run.
func (t Terms) state(b pull.BranchChecks, check string, rounds []Round) CheckState {
	if n := len(rounds); n > 0 && rounds[n-1].Fixed < 0 {
		if rounds[n-1].Flaky {
			return CheckFlaky
		}
		return CheckFailing
	}
	for _, c := range slices.Backward(b.Commits) {
		switch v, _ := t.verdict(c, check); v {
		case good:
			return CheckPassing
		case mixed:
			return CheckFlaky
		}
	}
	return CheckRunning
}

func (t Terms) sign(c pull.CommitChecks, check string) string {
	v, _ := t.verdict(c, check)
	if v == silent && slices.ContainsFunc(c.Runs, func(r pull.CheckRun) bool { return r.Check == check }) {
		return "~"
	}
	return map[verdict]string{silent: ".", good: "+", bad: "x", mixed: "*"}[v]
}

func (t Terms) regression(s config.Rules, b pull.BranchChecks, r Round) Regression {
	out := Regression{Bad: commitOf(b.Commits[r.Bad]), Flaky: r.Flaky, Since: r.Run.At.UTC(), Pulls: append([]int{}, r.Pulls(b)...)}
	out.URL, _ = link(r.Run.URL)
	if r.Known() {
		last := commitOf(b.Commits[r.Good])
		out.Good = &last
	}
	if r.Fixed >= 0 {
		first := commitOf(b.Commits[r.Fixed])
		out.Fixed = &first
		return out
	}
	switch {
	case s.Modes.Regressions != config.On:
		out.Silence = silentOff
	case r.Flaky:
		out.Silence = silentFlaky
	case !b.Decided(r.Check):
		out.Silence = silentUndecided
	case !r.Known():
		out.Silence = silentUnknown
	case len(out.Pulls) == 0:
		out.Silence = silentPushed
	case len(out.Pulls) > s.Regressions.MaxPullRequests:
		out.Silence = fmt.Sprintf(silentMany, s.Regressions.MaxPullRequests)
	default:
		out.Offered = s.RevertsAct() && !t.Now.Before(out.Since.Add(time.Duration(s.Regressions.RevertAfter)*time.Hour))
	}
	return out
}

// Suspects are the commits of pull requests that may have broken a check which still fails,
// by the branches that their reverts would have.
func (r Report) Suspects(s config.Regressions) map[string]int {
	found := map[string]int{}
	for _, c := range r.Checks {
		if len(c.Rounds) == 0 || c.Rounds[0].Fixed != nil {
			continue
		}
		for _, of := range r.Commits {
			if of.Pull > 0 && slices.Contains(c.Rounds[0].Pulls, of.Pull) {
				found[s.RevertHead(of.SHA, r.Branch)] = of.Pull
			}
		}
	}
	return found
}

// Add adds the open reverts of suspects, by their branches.
func (r *Report) Add(suspects, open map[string]int) {
	for _, c := range r.Checks {
		if len(c.Rounds) == 0 || c.Rounds[0].Fixed != nil {
			continue
		}
		last := &c.Rounds[0]
		for _, head := range slices.Sorted(maps.Keys(open)) {
			if of := suspects[head]; slices.Contains(last.Pulls, of) {
				last.Reverts = append(last.Reverts, Revert{Number: open[head], Of: of})
			}
		}
	}
}

// Fails reports whether a check of the branch fails, flaky ones aside.
func (r Report) Fails() bool {
	return slices.ContainsFunc(r.Checks, func(c Check) bool { return c.State == CheckFailing })
}

// line is a text that strangers chose, on one line.
func line(text string) string { return markdown.Line(text, maxText) }
