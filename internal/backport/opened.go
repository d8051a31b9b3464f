package backport

import (
	"cmp"
	"slices"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// opened finds the backport's pull request: from the bot's branch, one that the
// board remembers, or one that people made.
func (o *original) opened(version string) (row, bool) {
	if o.r.Merge == nil || !lifecycle.ValidVersion(version) {
		return row{}, false
	}
	var all []pull.Summary
	all = append(all, o.r.Branches[o.head(o.r.Merge.SHA, version)].Requests...)
	if s := o.r.Others[o.before.Rows[version].PR]; s.Number != 0 {
		all = append(all, s)
	}
	for _, s := range o.r.Into[version] {
		if branch, number := originalOf(s.Title); branch == version && number == o.r.Key.Number {
			all = append(all, s)
		}
	}
	all = slices.DeleteFunc(all, func(s pull.Summary) bool { return s.Base != version || !s.Own && !o.trusted(s) })
	if len(all) == 0 {
		return row{}, false
	}
	return o.childRow(version, slices.MinFunc(all, func(a, b pull.Summary) int { return cmp.Or(claim(a)-claim(b), b.Number-a.Number) }))
}

// trusted tells whether a pull request by people is taken for a backport. Anyone
// may open one, and title it like one, even later. The association is wrong for
// private members; then the bot makes a backport beside theirs.
func (o *original) trusted(s pull.Summary) bool {
	known := slices.Contains([]string{"OWNER", "MEMBER", "COLLABORATOR"}, s.Association)
	return s.Number > o.r.Key.Number && s.State != pull.Closed && (known || o.picked(s))
}

// picked tells whether somebody opened, or merged, the very pick of the bot from
// its branch. A fork may have a branch of that name, too.
func (o *original) picked(s pull.Summary) bool {
	tip := o.r.Branches[s.HeadBranch].Tip
	return s.HeadBranch == o.head(o.r.Merge.SHA, s.Base) && (s.State == pull.Merged || tip != "" && s.Head == tip)
}

// claim puts first what is merged, and what the bot made.
func claim(s pull.Summary) int {
	switch {
	case s.State == pull.Merged, s.State == pull.Open && s.Own:
		return 0
	case s.State == pull.Open:
		return 1
	}
	return 2
}

// childRow is the row of a pull request that exists; false where another one is
// to be made instead.
func (o *original) childRow(version string, s pull.Summary) (row, bool) {
	out := row{Version: version, PR: s.Number}
	before, fresh := o.before.Rows[version], o.r.Picked[version]
	switch {
	case s.State == pull.Merged: // its conflicts are over
	case fresh.Outcome == pull.Conflicted:
		out.Outcome, out.Conflicts, out.Missing = fresh.Outcome, fresh.Conflicts, fresh.Missing
	case before.Outcome == pull.Conflicted:
		out.Outcome, out.Conflicts, out.More, out.Missing = before.Outcome, before.Conflicts, before.More, before.Missing
	}
	switch {
	case s.State == pull.Merged:
		out.State, out.Text = stateMerged, o.release(version)
	case s.State == pull.Open && s.Draft && s.Own && pickOf(s.Body) != "":
		out.State, out.Text = stateConflict, textDraft(s.Number)
	case s.State == pull.Open && s.Draft && s.Own:
		out.State, out.Text = stateOpen, textUnready
	case s.State == pull.Open && !s.Own:
		out.State, out.Text = stateOpen, textByHand(s.Author)+o.release(version)
	case s.State == pull.Open:
		out.State, out.Text = stateOpen, o.release(version)
	case o.r.HasLabel(o.label(version)), o.commanded(o.label(version)):
		again, inTime := o.askedAgain(o.r.Events, version, s.ClosedAt)
		if !again {
			out.State, out.Text = stateClosed, textClosed(o.label(version))
			break
		}
		if !s.Own || !inTime || o.fork() != "" { // the branches of a fork are not the bot's to put back
			return row{}, false
		}
		o.wants.Pokes = append(o.wants.Pokes, pull.Key{Owner: o.r.Key.Owner, Repo: o.r.Key.Repo, Number: s.Number})
		out.State, out.Text, out.keep = stateClosed, textReopening(s.Number), true
	default:
		out.State, out.Text = stateClosed, textClosed(o.label(version))
	}
	return out, true
}
