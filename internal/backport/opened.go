package backport

import (
	"cmp"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// all returns the branches for which someone requested a backport, or opened one by
// hand.
func (o *original) all() []string {
	versions := slices.Clone(o.asked)
	for version, row := range o.before.Rows {
		if row.Hand {
			versions = append(versions, version)
		}
	}
	for _, number := range o.r.Pointers {
		if s := o.r.Others[number]; isBackport(s, o.r.Key.Number) && lifecycle.ValidVersion(s.Base) {
			versions = append(versions, s.Base)
		}
	}
	slices.SortFunc(versions, newestFirst)
	return slices.Compact(versions)
}

// isBackport reports whether a pull request's title says that it's a backport of an
// original.
func isBackport(s pull.Summary, of int) bool {
	branch, number := originalOf(s.Title)
	return branch == s.Base && number == of
}

// agrees reports whether a pull request says that it brings this change: by the number
// in its title or, without one, by the commit in its body. A branch's name doesn't
// count: its seven digits may be another commit's, and anyone may push such a branch.
func (o *original) agrees(s pull.Summary) bool {
	if _, number := originalOf(s.Title); number != 0 {
		return isBackport(s, o.r.Key.Number)
	}
	return o.r.Merge != nil && slices.Contains(PickedFrom(s.Body), o.r.Merge.SHA)
}

// opened finds the backport PR: from the bot's branch, from the status comment, or
// opened by hand.
func (o *original) opened(version string) (row, bool) {
	if !lifecycle.ValidVersion(version) {
		return row{}, false
	}
	all := slices.DeleteFunc(o.candidates(version), func(s pull.Summary) bool {
		return s.Number == 0 || s.Base != version || !s.Own && !o.trusted(s)
	})
	if len(all) == 0 {
		return row{}, false
	}
	return o.backportRow(version, slices.MinFunc(all, byClaim))
}

// candidates returns pull requests that may be the backport; some are zero.
func (o *original) candidates(version string) (all []pull.Summary) {
	add := func(s pull.Summary, is bool) {
		if is {
			all = append(all, s)
		}
	}
	if o.r.Merge != nil && slices.Contains(o.asked, version) {
		for _, s := range o.r.Branches[o.head(o.r.Merge.SHA, version)].Requests {
			add(s, o.agrees(s) || o.taken(s))
		}
		for _, s := range o.r.Into[version] {
			add(s, isBackport(s, o.r.Key.Number))
		}
	}
	remembered := o.r.Others[o.before.Rows[version].PR]
	_, names := originalOf(remembered.Title)
	add(remembered, remembered.Own || names == 0 || names == o.r.Key.Number)
	for _, number := range o.r.Pointers {
		s := o.r.Others[number]
		add(s, !s.Own && isBackport(s, o.r.Key.Number))
	}
	return all
}

// taken reports whether someone else opened a pull request with the bot's pick.
func (o *original) taken(s pull.Summary) bool {
	return !s.Own && s.State == pull.Open && o.picked(s)
}

// clashes reports whether the bot's branch has a backport of another change, whose
// commit starts with the same digits.
func (o *original) clashes(version string) bool {
	return slices.ContainsFunc(o.r.Branches[o.head(o.r.Merge.SHA, version)].Requests, func(s pull.Summary) bool {
		return s.Own && s.State == pull.Open && s.Base == version && !o.agrees(s)
	})
}

// trusted reports whether a pull request opened by hand counts as a backport. Anyone may
// open one and give it such a title, even later. It counts if it pointed here, since its
// own rule has checked it. Otherwise, its author's association decides, which is wrong
// for private members; until theirs points here, the bot may open another backport.
func (o *original) trusted(s pull.Summary) bool {
	return s.Number > o.r.Key.Number && (o.counts(s) || s.State != pull.Closed && (member(s.Association) || o.picked(s)))
}

// counts reports whether a backport by hand pointed here and still has such a title. The
// status comment remembers which did, unless their titles name another original.
func (o *original) counts(s pull.Summary) bool {
	before := o.before.Rows[s.Base]
	_, number := originalOf(s.Title)
	return isBackport(s, o.r.Key.Number) && slices.Contains(o.r.Pointers, s.Number) ||
		before.PR == s.Number && before.Hand && (number == 0 || number == o.r.Key.Number)
}

// picked reports whether someone opened or merged the bot's own pick from its branch:
// GitHub allows no second pull request from there. A fork may have a branch with that
// name, too.
func (o *original) picked(s pull.Summary) bool {
	if o.r.Merge == nil || !slices.Contains(o.asked, s.Base) || !strings.EqualFold(s.HeadOwner, cmp.Or(o.fork(), o.r.Key.Owner)) {
		return false
	}
	tip := o.r.Branches[s.HeadBranch].Tip
	return s.HeadBranch == o.head(o.r.Merge.SHA, s.Base) && (s.State == pull.Merged || tip != "" && s.Head == tip)
}

// byClaim puts merged pull requests and the bot's own first, then the newest.
func byClaim(a, b pull.Summary) int { return cmp.Or(claim(a)-claim(b), b.Number-a.Number) }

func claim(s pull.Summary) int {
	switch {
	case s.State == pull.Merged, s.State == pull.Open && s.Own:
		return 0
	case s.State == pull.Open:
		return 1
	}
	return 2
}

// backportRow is the row of an existing backport, or false if the bot should open
// another one instead.
func (o *original) backportRow(version string, s pull.Summary) (row, bool) {
	before, fresh := o.before.Rows[version], o.r.Picked[version]
	out := row{Version: version, PR: s.Number, Hand: before.Hand && before.PR == s.Number || !s.Own && o.counts(s)}
	out.others = !s.Own
	if conflicted(s) {
		o.retry(&out, s)
	}
	switch {
	case s.State == pull.Merged, out.Commit != "": // its conflicts are over
	case fresh.Outcome == pull.Conflicted:
		out.Outcome, out.Conflicts, out.Missing = fresh.Outcome, fresh.Conflicts, fresh.Missing
	case before.Outcome == pull.Conflicted:
		out.Outcome, out.Conflicts, out.More, out.Missing = before.Outcome, before.Conflicts, before.More, before.Missing
	}
	switch s.State {
	case pull.Merged:
		out.State, out.Text = stateMerged, o.release(version)
	case pull.Open:
		out.State, out.Text = o.openRow(out, s)
	default:
		return o.closedRow(out, s)
	}
	return out, true
}

// openRow is the state and the text of an open backport.
func (o *original) openRow(w row, s pull.Summary) (state State, text string) {
	switch {
	case conflicted(s):
		return stateConflict, w.textAgain(s.Number, o.label(w.Version))
	case s.Draft && s.Own:
		return stateOpen, textUnready
	case !s.Own:
		return stateOpen, textByHand(s.Author) + o.release(w.Version)
	}
	return stateOpen, o.release(w.Version)
}

// closedRow is the row of a backport that was closed without merging. If it's
// requested again, it's reopened, or the bot opens another one and there's no row.
func (o *original) closedRow(w row, s pull.Summary) (row, bool) {
	label := o.label(w.Version)
	w.State, w.Text = stateClosed, textClosed(label)
	if !o.r.HasLabel(label) && !o.commanded(label) {
		return w, true
	}
	again, inTime := o.askedAgain(o.r.Events, w.Version, s.ClosedAt)
	if !again {
		return w, true
	}
	if !s.Own || !inTime || o.fork() != "" { // the bot can't restore a fork's branches
		return row{}, false
	}
	o.enqueue(s)
	w.Text, w.keep = textReopening(s.Number), true
	return w, true
}

// enqueue has the rules run on a backport, which only its own rule may change.
func (o *original) enqueue(s pull.Summary) {
	o.wants.Enqueue = append(o.wants.Enqueue, pull.Key{Owner: o.r.Key.Owner, Repo: o.r.Key.Repo, Number: s.Number})
}
