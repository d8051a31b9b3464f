package backport

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// boardKey is the key of the board's comment.
const boardKey = "backports"

// Rule is about the pull requests whose changes are asked for on other branches.
func Rule(c Config) pull.Rule {
	rule := pull.Rule{
		Name:  "backport",
		About: aboutOriginal,
		Needs: pull.Notes | pull.Events | pull.Reviews | pull.Commits,
		Owns:  []string{c.labelPrefix() + "*", c.Settings.Label},
		Looks: c.looks,
	}
	if c.Settings.Mode == config.On {
		rule.Want = func(r *pull.Request) pull.Want { return c.newOriginal(r).want() }
	}
	return rule
}

// original is a pull request with what is asked for.
type original struct {
	*Config
	r      *pull.Request
	before memory // what the board remembers
	rows   []row  // of the board, newest branch first
	wants  pull.Want
}

// versions are all branches that labels ask for or asked for, newest first, and
// then the texts of labels that are no branch.
func (c *Config) versions(r *pull.Request, m memory) []string {
	var all []string
	add := func(label string) {
		if version, ok := c.asked(label); ok && !slices.Contains(all, version) {
			all = append(all, version)
		}
	}
	for _, label := range r.Labels {
		add(label)
	}
	for _, e := range r.Events {
		if e.Kind == pull.Labeled || e.Kind == pull.Unlabeled {
			add(e.Subject)
		}
	}
	for version := range m.Rows {
		add(c.label(version))
	}
	slices.SortFunc(all, func(a, b string) int {
		va, vb := lifecycle.ValidVersion(a), lifecycle.ValidVersion(b)
		switch {
		case va && vb:
			return lifecycle.Compare(b, a)
		case va != vb:
			return map[bool]int{true: -1, false: 1}[va]
		}
		return strings.Compare(a, b)
	})
	return all
}

// head is the branch of a backport.
func (c *Config) head(sha, version string) string {
	return fmt.Sprintf("%s-%.7s-%s", c.Settings.Branch, sha, version)
}

func (c *Config) looks(r *pull.Request) pull.Looks {
	var looks pull.Looks
	m := remembered(r)
	for _, version := range c.versions(r, m) {
		if !lifecycle.ValidVersion(version) {
			continue
		}
		looks.Branches = append(looks.Branches, version)
		if r.Merge != nil {
			looks.Branches = append(looks.Branches, c.head(r.Merge.SHA, version))
			looks.Into = append(looks.Into, version)
		}
		if number := m.Rows[version].PR; number > 0 {
			looks.Requests = append(looks.Requests, number)
		}
	}
	return looks
}

func (c *Config) newOriginal(r *pull.Request) *original {
	return &original{Config: c, r: r, before: remembered(r)}
}

// want goes through the branches, and shows the board where there is something
// to show.
func (o *original) want() pull.Want {
	if o.r.State == pull.Closed {
		return pull.Want{}
	}
	for _, version := range o.versions(o.r, o.before) {
		o.one(version)
	}
	o.pick()
	o.board()
	return o.wants
}

// one decides about one branch.
func (o *original) one(version string) {
	label := o.label(version)
	if version == "" {
		label = o.Settings.Label
	}
	on := o.r.HasLabel(label)
	if row, found := o.opened(version); found {
		o.rows = append(o.rows, row)
		if !row.keep {
			o.off(label)
		}
		return
	}
	v := o.decide(o.r, version)
	before, remembers := o.outcome(version)
	switch {
	case o.old(version): // of a time before the bot
		return
	case !on && !o.took(label): // nobody asks, or somebody changed their mind
		return
	case v.answer == refused:
		o.rows = append(o.rows, row{Version: version, State: stateRefused, Text: v.why})
		o.off(label)
	case remembers && (before.Outcome == pull.Present || !on):
		o.rows = append(o.rows, before)
		o.off(label)
	case !on: // allowed now; whoever wants it sets the label
		return
	case v.answer == waiting:
		o.rows = append(o.rows, row{Version: version, State: stateWaiting, Text: v.why})
		o.again(v.again)
	case o.r.Merge == nil:
		o.rows = append(o.rows, row{Version: version, State: stateWaiting, Text: textAfterMerge})
	case remembers && !o.due(before):
		o.rows = append(o.rows, before)
	default:
		o.target(version)
	}
}

// target has a branch picked onto, or goes on where a pick left off.
func (o *original) target(version string) {
	head := o.head(o.r.Merge.SHA, version)
	p, done := o.r.Picked[version]
	if done && p.Commit != "" && p.Outcome != pull.Failed {
		o.open(version, p)
		return
	}
	o.rows = append(o.rows, row{Version: version, State: statePicking, Text: textPicking})
	target := pull.Target{Branch: version, Head: head, Have: o.r.Branches[head].Tip}
	if len(o.wants.Picks) == 0 {
		pick := pull.Pick{SHA: o.r.Merge.SHA, Commits: o.commits(), Markers: o.Settings.Conflicts == config.DraftConflicts}
		if o.Settings.PushTo != config.Upstream {
			pick.Fork = o.Settings.PushTo
		}
		o.wants.Picks = []pull.Pick{pick}
	}
	o.wants.Picks[0].Targets = append(o.wants.Picks[0].Targets, target)
}

// pick leaves pull requests to be opened until all branches are picked onto, so
// that one run of the engine does them all.
func (o *original) pick() {
	if len(o.wants.Picks) > 0 {
		o.wants.Opens = nil
	}
}

// open wants the pull request for a pushed branch.
func (o *original) open(version string, p pull.Picked) {
	from := Original{Number: o.r.Key.Number, SHA: o.r.Merge.SHA, Message: o.r.Merge.Message, Credit: o.r.Merge.Author}
	title, _ := from.titleFor(version)
	open := pull.OpenPull{Head: p.Head, Base: version, Title: title, Body: from.bodyFor(version)}
	if o.Settings.PushTo != config.Upstream {
		open.Head = o.Settings.PushTo + ":" + p.Head
	}
	if p.Outcome == pull.Conflicted {
		open.Draft = true
		open.Body = withSection(open.Body, conflictSection(o.Settings.Status, version, from.SHA, p))
	}
	o.wants.Opens = append(o.wants.Opens, open)
	o.rows = append(o.rows, row{Version: version, State: statePicking, Text: textPicking})
}

// commits is how many commits the merge brought: more than one only for a
// rebase. GitHub does not tell how a pull request was merged; the last commit
// of a rebase has the message of the pull request's last commit, which that of
// a squash of several never is.
func (o *original) commits() int {
	all := o.r.Commits
	if n := len(all); n > 1 && o.r.CommitsOmitted == 0 && o.r.Merge.Parents == 1 && strings.TrimSpace(all[n-1].Message) == strings.TrimSpace(o.r.Merge.Message) {
		merges := 0
		for _, commit := range all {
			if commit.Merge { // a rebase leaves them out
				merges++
			}
		}
		return n - merges
	}
	return 1
}

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
	all = slices.DeleteFunc(all, func(s pull.Summary) bool { return s.Base != version })
	if len(all) == 0 {
		return row{}, false
	}
	return o.childRow(version, slices.MinFunc(all, func(a, b pull.Summary) int { return cmp.Or(claim(a)-claim(b), b.Number-a.Number) }))
}

// claim puts first what the bot made or people merged: anyone may open a pull
// request that is titled like a backport.
func claim(s pull.Summary) int {
	switch {
	case s.State == pull.Merged, s.State == pull.Open && s.Own:
		return 0
	case s.State == pull.Open:
		return 1
	case s.Own:
		return 2
	}
	return 3
}

// childRow is the row of a pull request that exists; false where another one is
// to be made instead.
func (o *original) childRow(version string, s pull.Summary) (row, bool) {
	out := row{Version: version, PR: s.Number}
	if before := o.before.Rows[version]; before.Outcome == pull.Conflicted {
		out.Outcome, out.Conflicts, out.More, out.Missing = before.Outcome, before.Conflicts, before.More, before.Missing
	}
	if p, ok := o.r.Picked[version]; ok && p.Outcome == pull.Conflicted {
		out.Outcome, out.Conflicts, out.More, out.Missing = p.Outcome, p.Conflicts, 0, p.Missing
	}
	switch {
	case s.State == pull.Merged:
		out.State, out.Text = stateMerged, o.release(version)
		out.Outcome, out.Conflicts, out.More, out.Missing = "", nil, 0, nil
	case s.State == pull.Open && s.Draft && s.Own:
		out.State, out.Text = stateConflict, textDraft(s.Number)
	case s.State == pull.Open && !s.Own:
		out.State, out.Text = stateOpen, strings.TrimSuffix(textByHand(s.Author)+o.release(version), "; ")
	case s.State == pull.Open:
		out.State, out.Text = stateOpen, o.release(version)
	case o.r.HasLabel(o.label(version)):
		asked, found := o.lastAsked(o.r.Events, version)
		if !found || !asked.At.After(s.ClosedAt) {
			out.State, out.Text = stateClosed, textClosed(o.label(version))
			break
		}
		if !s.Own || asked.At.Sub(s.ClosedAt) > time.Duration(o.Settings.ReopenWithin)*24*time.Hour {
			return row{}, false
		}
		o.wants.Pokes = append(o.wants.Pokes, pull.Key{Owner: o.r.Key.Owner, Repo: o.r.Key.Repo, Number: s.Number})
		out.State, out.Text, out.keep = stateClosed, textReopening(s.Number), true
	default:
		out.State, out.Text = stateClosed, textClosed(o.label(version))
	}
	return out, true
}

// release is when a change on a branch is expected to be released.
func (o *original) release(version string) string {
	b, found := o.life(version, o.r.Now)
	if !found || b.Next == nil {
		return ""
	}
	return textRelease(b.Next.Version, b.Next.Date)
}

func (o *original) off(label string) {
	o.wants.Labels = append(o.wants.Labels, pull.Label{Name: label})
}

func (o *original) again(at time.Time) {
	if !at.IsZero() && (o.wants.Again.IsZero() || at.Before(o.wants.Again)) {
		o.wants.Again = at
	}
}

// forgotten is the age after which a label on a merged pull request asks for
// nothing any more, unless the bot took it up before: a bot that comes to an old
// repository must not wake the labels that were left over for years.
const forgotten = 30 * 24 * time.Hour

// old tells whether merge and label are forgotten.
func (o *original) old(version string) bool {
	if _, taken := o.before.Rows[version]; taken || o.r.Merge == nil {
		return false
	}
	since := o.r.Merge.At
	if e, found := o.lastAsked(o.r.Events, version); found && e.At.After(since) {
		since = e.At
	}
	return o.r.Now.Sub(since) > forgotten
}

// took tells whether it was the bot that took the label off last.
func (o *original) took(label string) bool {
	for _, e := range slices.Backward(o.r.Events) {
		if (e.Kind == pull.Labeled || e.Kind == pull.Unlabeled) && strings.EqualFold(e.Subject, label) {
			return e.Kind == pull.Unlabeled && e.Own
		}
	}
	return false
}
