package backport

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// statusKey is the status comment's key.
const statusKey = "backports"

// Rule is about pull requests whose changes are requested on other branches.
func Rule(c Config) pull.Rule {
	c.paths = NewPaths(c.Picks)
	rule := pull.Rule{
		Name:  "backport",
		About: aboutOriginal,
		Needs: pull.Files | pull.Notes | pull.Events | pull.Reviews | pull.Commits,
		Owns:  []string{c.labelPrefix() + "*", c.Settings.Label},
		Looks: c.looks,
	}
	if c.Asked != nil {
		rule.Needs |= pull.Comments | pull.Team | pull.AuditLog
	}
	if c.Settings.Mode == config.On {
		rule.Want = func(r *pull.Request) pull.Want { return c.newOriginal(r).want() }
	}
	return rule
}

// original is a pull request with requested backports.
type original struct {
	*Config
	r      *pull.Request
	before memory   // what the status comment remembers
	asked  []string // branches that labels request or requested, and that were loaded
	rows   []row    // of the status comment, newest branch first
	wants  pull.Want
	// drafts with conflicts are picked again. A pick with conflicts isn't pushed there.
	drafts   []pull.Target
	mentions []string // those who must act but can't be assigned
}

// versions returns all branches that labels request or requested, newest first, and then
// the texts of labels that don't name a branch. A backport opened by hand requests
// nothing.
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
	for version, row := range m.Rows {
		if !row.Hand {
			add(c.label(version))
		}
	}
	slices.SortFunc(all, newestFirst)
	return all
}

// newestFirst orders branches, before texts that aren't.
func newestFirst(a, b string) int {
	va, vb := lifecycle.ValidVersion(a), lifecycle.ValidVersion(b)
	switch {
	case va && vb:
		return lifecycle.Compare(b, a)
	case va != vb:
		return map[bool]int{true: -1, false: 1}[va]
	}
	return strings.Compare(a, b)
}

// head is a backport's branch.
func (c *Config) head(sha, version string) string {
	return fmt.Sprintf("%s-%.7s-%s", c.Settings.Branch, sha, version)
}

func (c *Config) looks(r *pull.Request) pull.Looks {
	var looks pull.Looks
	m := remembered(r)
	r, looks.People = c.withCommands(r, func(string) bool { return true }) // roles aren't known yet
	for _, version := range c.versions(r, m) {
		if !lifecycle.ValidVersion(version) {
			continue
		}
		looks.Branches = append(looks.Branches, version)
		looks.Threads = append(looks.Threads, c.freezeLooks(version)...)
		if r.Merge != nil {
			looks.Branches = append(looks.Branches, c.head(r.Merge.SHA, version))
			looks.Into = append(looks.Into, version)
		}
	}
	if stacked(r) && len(looks.Branches) > 0 {
		looks.Branches = append(looks.Branches, r.Base)
		looks.Compared = []string{r.DefaultBranch}
		if m.Outer > 0 {
			looks.Requests = append(looks.Requests, m.Outer)
		}
	}
	for _, row := range m.Rows {
		if row.PR > 0 {
			looks.Requests = append(looks.Requests, row.PR)
		}
	}
	looks.Requests = append(looks.Requests, r.Pointers...)
	return looks
}

func (c *Config) newOriginal(r *pull.Request) *original {
	r, _ = c.withCommands(r, func(login string) bool { return c.May(r, login) })
	m := remembered(r)
	return &original{Config: c, r: r, before: m, asked: c.versions(r, m)}
}

// want goes through the branches, and writes the status comment if there's something to
// show.
func (o *original) want() pull.Want {
	if o.r.State == pull.Closed {
		return pull.Want{}
	}
	if o.r.State == pull.Merged && o.r.Merge == nil { // GitHub doesn't name the commit yet
		return pull.Want{Again: o.r.Now.Add(time.Minute)}
	}
	for _, version := range o.all() {
		o.one(version)
	}
	o.pick()
	o.statusComment()
	for _, w := range o.rows {
		o.wants.Related = append(o.wants.Related, pull.Related{Number: w.PR, Branch: w.Version, State: string(w.State), Why: w.Text})
	}
	return o.wants
}

// one decides about one branch.
func (o *original) one(version string) {
	label := o.label(version)
	if version == "" {
		label = o.Settings.Label
	}
	if row, found := o.opened(version); found {
		o.refuse(&row)
		o.rows = append(o.rows, row)
		if !row.keep {
			o.off(label)
		}
		return
	}
	on := o.r.HasLabel(label)
	if o.old(version) || !on && !o.took(label) && !o.commanded(label) { // not requested, or not any more
		return
	}
	v := o.verdict(version)
	before, remembers := o.outcome(version)
	switch {
	case v.answer == refused:
		o.rows = append(o.rows, row{Version: version, State: stateRefused, Text: v.why})
		o.off(label)
	case remembers && (before.Outcome == pull.Present || !on):
		o.rows = append(o.rows, before)
		o.off(label)
	case on:
		o.requested(version, v, before, remembers)
	case o.before.Rows[version].State != "": // it was refused, and is allowed now
		o.rows = append(o.rows, row{Version: version, State: stateWaiting, Text: textAllowedNow(label)})
	}
}

// refuse shows that a release manager refused an open backport, which isn't merged then.
func (o *original) refuse(w *row) {
	said := o.decision(o.r, w.Version)
	w.Refused = said.Kind == pull.Refused && (w.State == stateOpen || w.State == stateConflict)
	if w.Refused {
		w.Text = whyNot(o.r.Me, said)
	}
	if w.Refused != o.before.Rows[w.Version].Refused && w.PR != 0 {
		o.enqueue(pull.Summary{Number: w.PR})
	}
}

// verdict is what the settings and the pull requests below this one say.
func (o *original) verdict(version string) verdict {
	v := o.decide(o.r, version)
	if s, held := o.stack(version); held && v.answer != refused {
		return s
	}
	return v
}

// requested is about a branch that a label requests, and that may get the change.
func (o *original) requested(version string, v verdict, before row, remembers bool) {
	switch {
	case v.answer == waiting:
		o.rows = append(o.rows, row{Version: version, State: stateWaiting, Text: v.why, person: v.person})
		o.again(v.again)
	case o.r.Merge == nil:
		o.rows = append(o.rows, row{Version: version, State: stateWaiting, Text: textAfterMerge})
	case remembers && !o.due(before):
		o.rows = append(o.rows, before)
	case o.clashes(version):
		o.rows = append(o.rows, row{Version: version, State: stateError, Text: failureText(string(git.ForeignBranch), version)})
	default:
		o.target(version)
	}
}

// target picks onto a branch, or continues after the pick.
func (o *original) target(version string) {
	head := o.head(o.r.Merge.SHA, version)
	p, done := o.r.Picked[version]
	if done && p.Commit != "" && p.Outcome != pull.Failed {
		o.open(version, p)
		return
	}
	o.rows = append(o.rows, row{Version: version, State: statePicking, Text: textPicking})
	target := pull.Target{Branch: version, Head: head, Have: o.r.Branches[head].Tip, Leave: o.left(version)}
	if len(o.wants.Picks) == 0 {
		o.wants.Picks = []pull.Pick{o.newPick()}
		o.wants.Picks[0].Markers = o.Settings.Conflicts == config.DraftConflicts
	}
	o.wants.Picks[0].Targets = append(o.wants.Picks[0].Targets, target)
}

// pick delays opening pull requests until all branches are picked onto, so that the
// engine runs once for all.
func (o *original) pick() {
	if len(o.drafts) > 0 {
		o.wants.Picks = append(o.wants.Picks, o.newPick(o.drafts...))
	}
	if len(o.wants.Picks) > 0 {
		o.wants.Opens = nil
	}
}

// open opens the pull request for a pushed branch.
func (o *original) open(version string, p pull.Picked) {
	from := Original{Source: o.source(p), Number: o.r.Key.Number}
	title, _ := from.titleFor(version)
	open := pull.OpenPull{Head: p.Head, Base: version, Title: title, Draft: p.Outcome == pull.Conflicted}
	open.Body = LeftSection(version, o.left(version))
	if open.Draft {
		open.Body += o.conflictSection(p)
	}
	open.Body = from.bodyFor(version, open.Body)
	if fork := o.fork(); fork != "" {
		open.Head = fork + ":" + p.Head
	}
	o.wants.Opens = append(o.wants.Opens, open)
	o.rows = append(o.rows, row{Version: version, State: statePicking, Text: textPicking})
}

// release says when a change on a branch will probably be released.
func (o *original) release(version string) string {
	b, found := o.Life(version, o.r.Now)
	if !found || b.Next == nil {
		return textNoRelease
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
