package regression

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// noteKey is the comment's key.
const noteKey = "regressions"

// watchedFor is how long after its merge a pull request may hear of a check that fails. A
// hundred commits are mostly fewer days.
const watchedFor = 30 * 24 * time.Hour

// Rule tells merged pull requests that a check fails since, and when it passes again.
func Rule(s config.Rules) pull.Rule {
	return pull.Rule{
		Name:  "regressions",
		About: about,
		Needs: pull.Notes,
		Looks: func(r *pull.Request) pull.Looks {
			if !concerns(s, r) {
				return pull.Looks{}
			}
			looks := pull.Looks{Checked: []string{r.Base}}
			if recall(r).fails() {
				looks.Branches = []string{s.Regressions.RevertHead(r.Merge.SHA, r.Base)}
			}
			return looks
		},
		Want: func(r *pull.Request) pull.Want {
			if !concerns(s, r) {
				return pull.Want{}
			}
			return (&judge{termsOf(s, r.Now), s, r, r.Checked[r.Base], recall(r)}).want()
		},
	}
}

// concerns reports whether the checks of a pull request's branch say something about it.
func concerns(s config.Rules, r *pull.Request) bool {
	if r.State != pull.Merged || r.Merge == nil || !Watched(s, r.DefaultBranch, r.Base) {
		return false
	}
	return r.Now.Sub(r.Merge.At) < watchedFor || recall(r).fails()
}

// Watched reports whether anything counts on a branch: the default branch, or one of a
// version.
func Watched(s config.Rules, defaultBranch, branch string) bool {
	return (branch == defaultBranch || lifecycle.ValidVersion(branch)) && Source(s, time.Time{}).On(branch)
}

// state of a check, as the comment has it.
type state string

const (
	failing state = "failing"
	passing state = "passing"
	cleared state = "cleared" // it fails, but not because of this
	flaky   state = "flaky"
	dropped state = "dropped" // the branch was force-pushed
	gone    state = "gone"    // it ran no more, ran under another name, or isn't watched any more
)

// row is what the comment says about one check.
type row struct {
	State state  `json:"state"`
	Good  string `json:"good"` // commits
	Bad   string `json:"bad"`
	URL   string `json:"url,omitempty"`
	Since int64  `json:"since"` // when it first failed, in Unix seconds
	Pulls []int  `json:"pulls,omitempty"`
	Fixed string `json:"fixed,omitempty"` // the commit on which it passed again
	By    int    `json:"by,omitempty"`    // that commit's pull request
}

// memory is the bot's data in the comment: a branch's newest commits don't reach back
// forever.
type memory struct {
	Checks map[string]row `json:"checks"`
}

func recall(r *pull.Request) memory {
	var m memory
	if json.Unmarshal([]byte(r.Notes[noteKey].Data), &m) != nil || m.Checks == nil {
		return memory{Checks: map[string]row{}}
	}
	return m
}

func (m memory) checks() []string { return slices.Sorted(maps.Keys(m.Checks)) }

func (m memory) fails() bool {
	return slices.ContainsFunc(m.checks(), func(check string) bool { return m.Checks[check].State == failing })
}

// decidedWithin is when to look again at checks that aren't decided. Mostly, the repository's own
// look enqueues their pull requests before.
const decidedWithin = 10 * time.Minute

// maxRows limits the checks in one comment.
const maxRows = 20

// judge compares the branch with what the comment says.
type judge struct {
	Terms
	set    config.Rules
	r      *pull.Request
	b      pull.BranchChecks
	before memory
}

func (j *judge) want() pull.Want {
	now := memory{Checks: map[string]row{}}
	for _, check := range slices.Compact(slices.Sorted(slices.Values(append(Checks(j.b), j.before.checks()...)))) {
		before, known := j.before.Checks[check]
		if !j.b.Decided(check) {
			if known {
				now.Checks[check] = before
			}
			continue
		}
		if row, is := j.row(check, before, known); is && (known || len(now.Checks) < maxRows) {
			now.Checks[check] = row
		}
	}
	offer, again := j.offer(now)
	if len(j.b.Undecided) > 0 {
		again = pull.Sooner(again, j.r.Now.Add(decidedWithin))
	}
	if len(now.Checks) == 0 {
		return pull.Want{Again: again}
	}
	body := now.text(j.r, next{offer, j.revert(), j.set.RevertsAct()})
	return pull.Want{Notes: []pull.Note{{Key: noteKey, Body: body, Data: pull.Data(now)}}, Again: again}
}

// revert is the bot's own pull request that reverts this one: an open one rather than one that
// was merged, and that rather than a closed one. Anyone may name a branch like its.
func (j *judge) revert() pull.Summary {
	all := j.r.Branches[j.set.Regressions.RevertHead(j.r.Merge.SHA, j.r.Base)].Requests
	for _, state := range []pull.State{pull.Open, pull.Merged, pull.Closed} {
		for _, s := range all {
			if s.Own && s.Base == j.r.Base && s.State == state {
				return s
			}
		}
	}
	return pull.Summary{}
}

// offer is for how many hours a check must have failed for a revert to be offered, once it
// has; 0 before. again is when to look next.
func (j *judge) offer(m memory) (hours int, again time.Time) {
	for _, w := range m.Checks {
		if w.State != failing {
			continue
		}
		at := time.Unix(w.Since, 0).Add(time.Duration(j.set.Regressions.RevertAfter) * time.Hour)
		if !j.r.Now.Before(at) {
			hours, at = j.set.Regressions.RevertAfter, j.r.Now.Add(24*time.Hour) // it may have passed unseen
		}
		if again.IsZero() || at.Before(again) {
			again = at
		}
	}
	return hours, again
}

// row is what there is to say about a check; false for nothing.
func (j *judge) row(check string, before row, known bool) (row, bool) {
	last := j.lasting(check)
	switch at := j.at(j.r.Merge.SHA); {
	case last != nil && last.accuses(at) && (known || len(last.Pulls(j.b)) <= j.set.Regressions.MaxPullRequests):
		return j.failing(*last), true
	case !known || before.State != failing:
		return before, known
	}
	return j.settled(check, before, last), true
}

// settled is a row that was failing, by the round in which the check fails now; nil for none.
func (j *judge) settled(check string, before row, last *Round) row {
	switch {
	case j.mixed(check, before.Bad):
		before.State = flaky
	case j.rewritten(before):
		before.State = dropped
	case last == nil && j.left(check, before.Bad):
		before.State = gone
	case last == nil && j.first(check, before.Bad) < 0: // it hasn't run again
	case last == nil:
		return j.passing(check, before)
	case last.Flaky:
		before.State = flaky
	case !last.Known() || last.accuses(j.at(j.r.Merge.SHA)):
	case j.at(before.Bad) > last.Good: // the same round
		before.State = cleared
	default:
		return j.passing(check, before)
	}
	return before
}

// lasting is the round in which a check still fails; nil for none.
func (j *judge) lasting(check string) *Round {
	rounds := j.Rounds(j.b, check)
	if n := len(rounds); n > 0 && rounds[n-1].Fixed < 0 {
		return &rounds[n-1]
	}
	return nil
}

// accuses reports whether a commit may have broken the check.
func (r Round) accuses(at int) bool { return !r.Flaky && r.Known() && at > r.Good && at <= r.Bad }

func (j *judge) at(sha string) int {
	return slices.IndexFunc(j.b.Commits, func(c pull.CommitChecks) bool { return c.SHA == sha })
}

// mixed reports whether a check has both results on a commit.
func (j *judge) mixed(check, sha string) bool {
	at := j.at(sha)
	if at < 0 {
		return false
	}
	v, _ := j.verdict(j.b.Commits[at], check)
	return v == mixed
}

// rewritten reports whether the branch has lost the commit that failed, and not what came
// before it.
func (j *judge) rewritten(before row) bool { return j.at(before.Bad) < 0 && j.at(before.Good) >= 0 }

// left reports whether a check has no run among the known commits, which don't reach back to
// the one that it failed on: it was renamed or removed, or the branch is another one.
func (j *judge) left(check, bad string) bool {
	return len(j.b.Commits) > 0 && j.at(bad) < 0 && !slices.Contains(Checks(j.b), check)
}

func (j *judge) failing(r Round) row {
	return row{State: failing, Good: j.b.Commits[r.Good].SHA, Bad: j.b.Commits[r.Bad].SHA, URL: r.Run.URL, Since: r.Run.At.Unix(),
		Pulls: r.Pulls(j.b)}
}

// passing is a row whose check passed after it had failed.
func (j *judge) passing(check string, before row) row {
	before.State = passing
	if at := j.first(check, before.Bad); at >= 0 {
		before.Fixed, before.By = j.b.Commits[at].SHA, j.b.Commits[at].Pull
	}
	return before
}

// first is the first commit after another on which a check passed; -1 for none.
func (j *judge) first(check, after string) int {
	for i := j.at(after) + 1; i < len(j.b.Commits); i++ {
		if v, _ := j.verdict(j.b.Commits[i], check); v == good {
			return i
		}
	}
	return -1
}
