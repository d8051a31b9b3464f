package web

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
)

// Checked is how the checks that run after a merge are on a repository's branches, as the
// last look saw them. It's what package regression reports.
type Checked struct {
	Seen     time.Time       `json:"seen,omitzero"` // when GitHub was asked; zero for never
	Off      bool            `json:"off,omitempty"` // the settings name no checks
	Branches []CheckedBranch `json:"branches,omitempty"`
}

// CheckedBranch is a branch.
type CheckedBranch struct {
	Branch string `json:"branch"`
	// Commits are the newest ones, oldest first. Older: the branch has more.
	Commits []CheckedCommit `json:"commits"`
	Older   bool            `json:"older,omitempty"`
	Unread  int             `json:"unread,omitempty"` // commits of which not all reports are read
	Checks  []CheckedCheck  `json:"checks"`           // failing ones first
	More    int             `json:"more,omitempty"`   // checks that aren't listed
	Nightly *NightlyBuild   `json:"nightly_build,omitempty"`

	Tallies []outcomes `json:"-"` // of all checks, where only this branch is shown
}

// CheckedCommit is a commit of a branch.
type CheckedCommit struct {
	SHA     string `json:"commit"`
	Subject string `json:"subject"`
	Pull    int    `json:"number,omitempty"` // the pull request that brought it
}

// CheckedCheck is a check of a branch.
type CheckedCheck struct {
	Name  string `json:"check"`
	State string `json:"state"` // "failing", "flaky", "running" or "passing"
	// Runs has a sign for each commit: + passed, x failed, * both, ~ pending, . no run.
	Runs   string         `json:"runs"`
	Rounds []CheckedRound `json:"rounds"` // newest first; the first one goes on unless it's fixed
}

// CheckedRound is from a first failure to the next run that passed.
type CheckedRound struct {
	Good    *CheckedCommit `json:"last_good,omitempty"` // missing if none is known
	Bad     CheckedCommit  `json:"first_bad"`
	Fixed   *CheckedCommit `json:"fixed,omitempty"` // missing if the round goes on
	Flaky   bool           `json:"flaky,omitempty"`
	Since   time.Time      `json:"since"`
	URL     string         `json:"url,omitempty"` // details of the first failure
	Pulls   []int          `json:"pull_requests"` // that may be the cause
	Silence string         `json:"silence,omitempty"`
	// Offered: the comments on the pull requests offer a revert.
	Offered bool            `json:"revert_offered,omitempty"`
	Reverts []CheckedRevert `json:"reverts,omitempty"`
}

// CheckedRevert is an open pull request that reverts another.
type CheckedRevert struct {
	Number int `json:"number"`
	Of     int `json:"reverts"`
}

// NightlyBuild is how the newest nightly build went.
type NightlyBuild struct {
	Branch   string    `json:"branch"`
	Workflow string    `json:"workflow"`
	State    string    `json:"state"` // "passed", "failed", "running" or "none"
	SHA      string    `json:"sha,omitempty"`
	At       time.Time `json:"at,omitzero"`
	URL      string    `json:"url,omitempty"`
	Since    time.Time `json:"since,omitzero"` // of the first night that failed
	LastGood string    `json:"last_good,omitempty"`
}

// ofRegressions is the page of what fails after the merge.
type ofRegressions struct {
	Repository string `json:"repository"`
	Branch     string `json:"branch,omitempty"` // only this one
	Checked

	Names []string `json:"-"` // of all branches
}

func (p *Pages) regressions(a *asked) (page, error) {
	key, err := p.known(a)
	if err != nil {
		return page{}, err
	}
	o := ofRegressions{Repository: key.String(), Branch: a.FormValue("branch")}
	if o.Checked, err = p.Checked(a.Context(), key); err != nil {
		return page{}, err
	}
	for _, b := range o.Branches {
		o.Names = append(o.Names, b.Branch)
	}
	if o.Branch != "" {
		if !slices.Contains(o.Names, o.Branch) {
			return page{}, wrong("branch", o.Branch, o.Names)
		}
		o.Branches = slices.DeleteFunc(slices.Clone(o.Branches), func(b CheckedBranch) bool { return b.Branch != o.Branch })
	}
	table := [][]string{{"branch", "check", "state", "since", "first_bad", "last_good", "fixed", "pull_requests", "why_nobody_is_told",
		"revert_offered", "reverts", "url"}}
	for _, b := range o.Branches {
		for _, c := range b.Checks {
			table = append(table, c.rows(b.Branch)...)
		}
	}
	sentence := o.sentence()
	if a.format == "html" {
		if o.Branch != "" {
			o.Branches[0].Tallies = o.Branches[0].tallies()
		}
		o.Branches = fewer(o.Branches)
	}
	return page{name: "regressions", Title: "Regressions", Sentence: sentence, Repository: o.Repository, Place: "regressions", Data: o,
		table: table}, nil
}

// maxChecks is how many checks the page lists, of all branches together, but at least a few
// of each; maxOver how many rounds of each that are over.
const maxChecks, minChecks, maxOver = 20, 3, 3

// fewer leaves what the page lists.
func fewer(all []CheckedBranch) []CheckedBranch {
	all = slices.Clone(all)
	most := max(minChecks, maxChecks/max(1, len(all)))
	for i := range all {
		b := &all[i]
		if more := len(b.Checks) - most; more > 0 {
			b.Checks, b.More = b.Checks[:most], b.More+more
		}
		b.Checks = slices.Clone(b.Checks)
		for j := range b.Checks {
			rounds := &b.Checks[j].Rounds
			*rounds = (*rounds)[:min(len(*rounds), maxOver)]
		}
	}
	return all
}

// rows are a check's rounds for programs. One that passes now has a row for that, too.
func (c CheckedCheck) rows(branch string) (rows [][]string) {
	if c.Now() == nil {
		rows = [][]string{{branch, c.Name, c.State, "", "", "", "", "", "", "false", "", ""}}
	}
	for _, r := range c.Rounds {
		state, good, fixed := c.State, "", ""
		if r.Fixed != nil {
			state, fixed = "over", r.Fixed.SHA
		}
		if r.Good != nil {
			good = r.Good.SHA
		}
		var reverts []int
		for _, revert := range r.Reverts {
			reverts = append(reverts, revert.Number)
		}
		rows = append(rows, []string{branch, c.Name, state, exact(r.Since), r.Bad.SHA, good, fixed, numbers(r.Pulls), r.Silence,
			fmt.Sprint(r.Offered), numbers(reverts), r.URL})
	}
	return rows
}

// numbers are separated by spaces.
func numbers(all []int) string { return strings.Trim(fmt.Sprint(all), "[]") }

// sentence says what fails, and where.
func (o ofRegressions) sentence() string {
	switch {
	case o.Off:
		return "The settings name no checks that run after a merge, so nothing is watched."
	case o.Seen.IsZero():
		return "The bot hasn't looked at the checks of the branches yet."
	}
	var parts []string
	total, flaky := 0, 0
	for _, b := range o.Branches {
		failing := 0
		for _, c := range b.Checks {
			switch c.State {
			case "failing":
				failing++
			case "flaky":
				flaky++
			}
		}
		if total += failing; failing > 0 {
			parts = append(parts, fmt.Sprintf("%d on %s", failing, b.Branch))
		}
	}
	text := "No check that runs after a merge fails now."
	switch {
	case total == 1:
		text = "1 check fails: " + parts[0] + "."
	case total > 1:
		text = fmt.Sprintf("%d checks fail: %s.", total, english.WordSeries(parts, "and"))
	}
	if flaky > 0 {
		text += fmt.Sprintf(" %s%s flaky: failures accuse nobody.", plural(flaky, "check"), isAre(flaky))
	}
	return text
}

// Now is the round that goes on; nil for none.
func (c CheckedCheck) Now() *CheckedRound {
	if len(c.Rounds) == 0 || c.Rounds[0].Fixed != nil {
		return nil
	}
	return &c.Rounds[0]
}

// Over are the rounds that are over.
func (c CheckedCheck) Over() []CheckedRound {
	if c.Now() != nil {
		return c.Rounds[1:]
	}
	return c.Rounds
}

// Over reports whether some check has rounds that are over.
func (b CheckedBranch) Over() bool {
	return slices.ContainsFunc(b.Checks, func(c CheckedCheck) bool { return len(c.Over()) > 0 })
}
