// Package revert has the rules on reverts: on a merged pull request that a core developer
// wants to take back, and on the pull request that does so.
//
// They're pure, and must not know the other rules: what commands ask for, and what was
// backported, is passed in.
package revert

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// noteKey is the key of the comment on the reverted pull request.
const noteKey = "revert"

// Config of the rules.
type Config struct {
	Settings config.Regressions
	Backport config.Backport // where branches are pushed to, and which labels are copied
	// Asked are the comments that ask for a revert, oldest first, with the reason as Body:
	// only by those who may, or all while roles aren't known; nil if there are no commands.
	Asked func(r *pull.Request, all bool) []pull.Comment
	// Backports are those of a pull request.
	Backports func(*pull.Request) []pull.Related
	// Cause says in half a sentence why a pick failed, by pull.Picked's Failure.
	Cause func(failure string) string
}

// Rule makes the pull request that reverts a merged one, if a core developer asks for it
// (devguide, "Reverting a Merged Pull Request"). It merges nothing.
func Rule(c Config) pull.Rule {
	return pull.Rule{
		Name:  "revert",
		About: about,
		Needs: pull.Notes | pull.Comments | pull.Team | pull.Commits,
		Looks: c.looks,
		Want:  func(r *pull.Request) pull.Want { return c.want(r) },
	}
}

// memory is the bot's data in the comment.
type memory struct {
	Asked     int64           `json:"asked"` // the comment that this is the answer to
	By        string          `json:"by"`    // who wrote it
	PR        int             `json:"pr,omitempty"`
	State     string          `json:"state"` // of PR; without one, the outcome
	Failure   string          `json:"failure,omitempty"`
	Temporary bool            `json:"temporary,omitempty"`
	Tries     int             `json:"tries,omitempty"`
	At        int64           `json:"at,omitempty"` // of the last try, in Unix seconds by the bot's clock
	Conflicts []pull.Conflict `json:"conflicts,omitempty"`
	More      int             `json:"more,omitempty"` // conflicts that aren't in Conflicts
}

func recall(n pull.PostedNote) (m memory) {
	if json.Unmarshal([]byte(n.Data), &m) != nil {
		return memory{}
	}
	return m
}

func (c Config) looks(r *pull.Request) pull.Looks {
	before := recall(r.Notes[noteKey])
	if r.State != pull.Merged || r.Merge == nil || before.PR == 0 && len(c.asked(r, true)) == 0 {
		return pull.Looks{}
	}
	looks := pull.Looks{Branches: []string{r.Base, c.head(r)}}
	if before.PR > 0 {
		looks.Requests = []int{before.PR}
	}
	return looks
}

func (c Config) asked(r *pull.Request, all bool) []pull.Comment {
	if c.Asked == nil {
		return nil
	}
	return c.Asked(r, all)
}

// head is the revert's branch.
func (c Config) head(r *pull.Request) string { return c.Settings.RevertHead(r.Merge.SHA, r.Base) }

func (c Config) want(r *pull.Request) pull.Want {
	if r.State != pull.Merged || r.Merge == nil {
		return pull.Want{}
	}
	before, asks := recall(r.Notes[noteKey]), c.asked(r, false)
	if len(asks) > 0 && (before.Asked == 0 || before.PR == 0) {
		last := asks[len(asks)-1]
		if before.Asked != last.ID { // asked again after something went wrong
			before = memory{Asked: last.ID, By: last.By}
		}
	}
	if before.Asked == 0 {
		return pull.Want{}
	}
	if made, is := c.made(r, before); is {
		before.PR, before.State, before.Failure, before.Conflicts = made.Number, string(made.State), "", nil
		w := c.say(r, before)
		w.Related = []pull.Related{{Number: made.Number, Branch: r.Base, State: "revert, " + string(made.State)}}
		return w
	}
	if len(asks) == 0 { // who asked can't any more, or nobody can say who may
		return pull.Want{}
	}
	return c.revert(r, before, asks[len(asks)-1])
}

// made finds the pull request that reverts this one.
func (c Config) made(r *pull.Request, before memory) (pull.Summary, bool) {
	if s := r.Others[before.PR]; s.Number > 0 {
		return s, true
	}
	for _, s := range r.Branches[c.head(r)].Requests {
		if s.Own && s.Base == r.Base && of(s.Body) == r.Key.Number && strings.Contains(s.Body, r.Merge.SHA) {
			return s, true
		}
	}
	return pull.Summary{}, false
}

// retries are the pauses before trying again after an error that may pass.
var retries = []time.Duration{time.Minute, 10 * time.Minute, time.Hour}

// next is when to try again; false for never.
func (m memory) next() (time.Time, bool) {
	if !m.Temporary || m.Tries < 1 || m.Tries > len(retries) {
		return time.Time{}, false
	}
	return time.Unix(m.At, 0).Add(retries[m.Tries-1]), true
}

// revert does what was asked: the pick, then the pull request.
func (c Config) revert(r *pull.Request, before memory, ask pull.Comment) pull.Want {
	again, _ := before.next()
	p, done := r.Picked[pull.RevertOn(r.Base)]
	switch {
	case !done && before.State != "" && (again.IsZero() || r.Now.Before(again)):
		w := c.say(r, before)
		w.Again = again
		return w
	case !done:
		return pull.Want{Picks: []pull.Pick{c.pick(r, ask)}}
	case p.Outcome == pull.Clean && p.Commit != "":
		return pull.Want{Opens: []pull.OpenPull{c.open(r, ask)}}
	}
	if p.At.Unix() != before.At {
		before.At, before.Tries = p.At.Unix(), before.Tries+1
	}
	before.State, before.Failure, before.Temporary = string(p.Outcome), p.Failure, p.Temporary
	before.Conflicts = p.Conflicts[:min(len(p.Conflicts), maxConflicts)]
	before.More = len(p.Conflicts) - len(before.Conflicts)
	w := c.say(r, before)
	w.Again, _ = before.next()
	return w
}

// maxConflicts is how many files the comment names.
const maxConflicts = 20

func (c Config) pick(r *pull.Request, ask pull.Comment) pull.Pick {
	head := c.head(r)
	title, body := texts(r, ask)
	target := pull.Target{Branch: r.Base, Head: head, Have: r.Branches[head].Tip}
	return pull.Pick{SHA: r.Merge.SHA, Commits: r.MergedCommits(), Targets: []pull.Target{target}, Fork: c.fork(),
		Revert: true, Message: title + "\n\n" + body}
}

func (c Config) open(r *pull.Request, ask pull.Comment) pull.OpenPull {
	title, rest := texts(r, ask)
	open := pull.OpenPull{Head: c.head(r), Base: r.Base, Title: titleOn(r.Base, title), Body: body(r, ask, rest)}
	if fork := c.fork(); fork != "" {
		open.Head = fork + ":" + open.Head
	}
	return open
}

// fork is the account whose fork gets the branches; "" for the repository itself.
func (c Config) fork() string {
	if c.Backport.PushTo == config.Upstream {
		return ""
	}
	return c.Backport.PushTo
}

func (c Config) say(r *pull.Request, m memory) pull.Want {
	var backports []pull.Related
	if c.Backports != nil {
		backports = c.Backports(r)
	}
	return pull.Want{Notes: []pull.Note{{Key: noteKey, Body: c.text(r, m, backports), Data: pull.Data(m)}}}
}

// of is the pull request that the body of one of the bot's reverts names, or 0.
func of(body string) int { return pull.RevertedBy("", body) }
