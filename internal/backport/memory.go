package backport

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

// State of a backport, as the status comment shows it.
type State string

const (
	stateWaiting  State = "waiting"
	statePicking  State = "picking"
	stateOpen     State = "open"
	stateMerged   State = "merged"
	stateClosed   State = "closed"
	stateConflict State = "conflict"
	statePresent  State = "already there"
	stateRefused  State = "not allowed"
	stateError    State = "error"
)

// row of the status comment. The comment stores what a later run must know as JSON,
// without Text.
type row struct {
	Version   string              `json:"-"`
	State     State               `json:"state"`
	Text      string              `json:"-"`
	PR        int                 `json:"pr,omitempty"`
	Hand      bool                `json:"hand,omitempty"` // someone opened PR by hand, and it counts
	Outcome   pull.Outcome        `json:"outcome,omitempty"`
	Failure   string              `json:"trouble,omitempty"`
	Temporary bool                `json:"temporary,omitempty"`
	Tries     int                 `json:"tries,omitempty"`
	At        int64               `json:"at,omitempty"`    // the outcome's time, in Unix seconds by the bot's clock
	Asked     int64               `json:"asked,omitempty"` // when the label for this outcome was set, by GitHub's clock
	Conflicts []pull.Conflict     `json:"conflicts,omitempty"`
	More      int                 `json:"more,omitempty"`   // conflicts that aren't in Conflicts
	Again     string              `json:"again,omitempty"`  // the result of the last retry of a draft: an outcome, or a failure
	Commit    string              `json:"commit,omitempty"` // the one that replaced the one with conflicts
	Missing   []pull.Prerequisite `json:"missing,omitempty"`
	Refused   bool                `json:"refused,omitempty"` // by a release manager, while PR is open

	others bool // someone else opened PR
	keep   bool // the label is still needed
	person bool // someone must act
}

// memory is the bot's data in the status comment.
type memory struct {
	SHA   string         `json:"sha,omitempty"`   // the merged commit
	Outer int            `json:"outer,omitempty"` // the pull request that brings a stacked one to the default branch
	Rows  map[string]row `json:"rows"`
}

// remembered reads the status comment. A broken or missing one is empty: everything
// except the results of picks that left nothing behind can be seen elsewhere, and those
// picks run again.
func remembered(r *pull.Request) memory { return recall(r.Notes[statusKey].Data) }

func recall(data string) memory {
	var m memory
	if json.Unmarshal([]byte(data), &m) != nil || m.Rows == nil {
		return memory{Rows: map[string]row{}}
	}
	return m
}

// retries are the pauses before retrying after an error that may pass.
var retries = []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour}

// next returns when the row's error is retried; false if it isn't.
func (w row) next() (time.Time, bool) {
	if w.Outcome != pull.Failed || !w.Temporary || w.Tries < 1 || w.Tries > len(retries) {
		return time.Time{}, false
	}
	return time.Unix(w.At, 0).Add(retries[w.Tries-1]), true
}

// How much of one branch's conflicts is kept.
const (
	maxConflicts = 10
	maxLines     = 5
	maxCauses    = 5
	maxText      = 100 // characters of a path or subject
)

// order puts generated files last, so that what is cut off matters least.
func (p *Paths) order(conflicts []pull.Conflict) []pull.Conflict {
	conflicts = slices.Clone(conflicts)
	slices.SortStableFunc(conflicts, func(a, b pull.Conflict) int {
		return cmp.Compare(min(1, len(p.Command(cut(a.Path)))), min(1, len(p.Command(cut(b.Path))))) // the same once it's cut
	})
	return conflicts
}

// brief shortens the details of conflicts. Doing it again changes nothing.
func (w *row) brief() {
	if over := len(w.Conflicts) - maxConflicts; over > 0 {
		w.Conflicts, w.More = w.Conflicts[:maxConflicts], w.More+over
	}
	w.Conflicts, w.Missing = slices.Clone(w.Conflicts), slices.Clone(w.Missing[:min(len(w.Missing), maxCauses)])
	for i, c := range w.Conflicts {
		w.Conflicts[i].Path, w.Conflicts[i].Lines = cut(c.Path), c.Lines[:min(len(c.Lines), maxLines)]
	}
	for i, m := range w.Missing {
		w.Missing[i].Subject = cut(m.Subject)
	}
}

// cut marks left-out characters with dots.
func cut(text string) string {
	if runes := []rune(text); len(runes) > maxText {
		return string(runes[:maxText-1]) + "…"
	}
	return text
}

// outcome returns the last pick onto a branch that left no pull request: in this run, or
// from the status comment, unless the label was set again since.
func (o *original) outcome(version string) (row, bool) {
	if o.r.Merge == nil {
		return row{}, false
	}
	before, known := o.before.Rows[version]
	asked := int64(0)
	if e, found := o.lastAsked(o.r.Events, version); found {
		asked = e.At.Unix()
	}
	if known && (o.before.SHA != o.r.Merge.SHA || before.Outcome == "" || before.PR != 0 || asked > before.Asked) {
		before, known = row{}, false
	}
	p, fresh := o.r.Picked[version]
	if !fresh || known && before.At >= p.At.Unix() {
		return o.worded(version, before), known
	}
	if p.Commit != "" && p.Outcome != pull.Failed || p.Outcome == pull.Clean {
		return row{}, false // the branch is ready for a pull request
	}
	after := row{Outcome: p.Outcome, Failure: p.Failure, Temporary: p.Temporary, At: p.At.Unix(), Asked: asked, Conflicts: p.Conflicts,
		Missing: p.Missing, Tries: 1}
	if known { // whatever went wrong the last time
		after.Tries = before.Tries + 1
	}
	return o.worded(version, after), true
}

// due reports whether it's time to retry.
func (o *original) due(w row) bool {
	at, retried := w.next()
	if !retried {
		return false
	}
	if o.r.Now.Before(at) {
		o.again(at)
		return false
	}
	return true
}

// worded returns the row with its text.
func (o *original) worded(version string, w row) row {
	w.Version = version
	switch w.Outcome {
	case pull.Present:
		w.State, w.Text = statePresent, textPresent(version)
		if len(o.left(version)) > 0 {
			w.Text = textNothingLeft(version)
		}
	case pull.Conflicted:
		w.State, w.Text = stateConflict, textConflict
	case pull.Failed:
		w.State, w.Text = stateError, failureText(w.Failure, version)
		if w.Failure == string(git.FileTooLarge) && len(w.Conflicts) > 0 {
			w.Text = textTooLarge(w.Conflicts[0].Path, len(w.Conflicts)+w.More)
		}
		if at, retried := w.next(); retried {
			w.Text += " " + textRetry(at)
		} else {
			w.Text += " " + fmt.Sprintf(textRetryByHand, o.label(version))
		}
	}
	return w
}

// Made are the backports that the status comment of a pull request shows, newest branch
// first.
func Made(r *pull.Request) (all []pull.Related) {
	rows := remembered(r).Rows
	for _, version := range slices.SortedFunc(maps.Keys(rows), newestFirst) {
		if row := rows[version]; row.PR > 0 {
			all = append(all, pull.Related{Number: row.PR, Branch: version, State: string(row.State)})
		}
	}
	return all
}
