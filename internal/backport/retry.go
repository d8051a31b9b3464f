package backport

import (
	"fmt"
	"slices"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// conflicted reports whether a backport of the bot is a draft with conflicts, by its
// body.
func conflicted(s pull.Summary) bool { return s.Own && s.Draft && pickOf(s.Body) != "" }

// retry picks a draft with conflicts again if its label was set since the last try: the
// branch may have what was missing by now. Only a clean pick is pushed, and only over
// the commit with the conflicts. What others pushed stays.
func (o *original) retry(w *row, s pull.Summary) {
	before, asked := o.before.Rows[w.Version], o.retryAsked(w.Version)
	p, tried := o.r.Picked[w.Version]
	switch known := before.PR == s.Number; {
	case !known: // it was just opened
		w.Asked = asked
	case tried && (p.Outcome != pull.Conflicted || p.Commit == ""): // not the pick that made it
		w.Asked, w.Again, w.Commit = asked, string(p.Outcome), p.Commit
		if p.Outcome == pull.Failed {
			w.Again, w.Commit = p.Failure, ""
		}
	case o.retries(w.Version, s) && asked > before.Asked:
		w.Asked, w.Again, w.keep = before.Asked, trying, true
		o.drafts = append(o.drafts, pull.Target{Branch: w.Version, Head: s.HeadBranch, Have: pickOf(s.Body), Leave: o.left(w.Version)})
	default:
		w.Asked, w.Again, w.Commit = before.Asked, before.Again, before.Commit
		if w.Commit != "" && w.Commit != s.Head { // someone has pushed since
			w.Again, w.Commit = "", ""
		}
	}
	if w.Commit != "" && s.State == pull.Open { // it removes the conflicts from its body
		o.enqueue(s)
	}
}

// retryAsked is when a pick onto a branch was last requested, in Unix time, or 0.
// Editing a comment doesn't request it again.
func (o *original) retryAsked(version string) int64 {
	byEdit := func(e pull.Event) bool { return e.Edited }
	if e, found := o.lastAsked(slices.DeleteFunc(slices.Clone(o.r.Events), byEdit), version); found {
		return e.At.Unix()
	}
	return 0
}

// retries reports whether a draft may be picked again, if that is requested.
func (o *original) retries(version string, s pull.Summary) bool {
	label := o.label(version)
	return o.r.Merge != nil && s.State == pull.Open &&
		(o.r.HasLabel(label) || o.commanded(label) && o.before.Rows[version].Asked > 0)
}

// trying is an unfinished retry.
const trying = "trying"

// textAgain says what a draft waits for, and why the last retry didn't help.
func (w row) textAgain(number int, label string) string {
	switch w.Again {
	case "":
		return textDraft(number)
	case trying:
		return textTrying
	case string(pull.Clean):
		return textRepicked(number)
	case string(pull.Present):
		return textPresentNow(w.Version, number)
	case string(pull.Conflicted):
		return textStill + textDraft(number)
	case string(git.ForeignBranch), string(git.BranchMoved):
		return textPushed + textDraft(number)
	}
	return failureText(w.Again, w.Version) + " " + fmt.Sprintf(textRetryByHand, label)
}

// repicked reports whether a clean pick replaced the commit with conflicts that the
// draft's body names, and is still the head.
func (c *backportPR) repicked() bool {
	shown := recall(c.original.Notes[statusKey].Data).Rows[c.r.Base]
	return c.own(c.r) && pickOf(c.r.Body) != "" && shown.PR == c.r.Key.Number && shown.Commit == c.r.Head
}

// draft reports whether it stays a draft.
func (c *backportPR) draft() bool { return c.r.Draft && !c.repicked() }

// resolve removes the resolved conflicts from the body and makes the pull request ready
// for review, as if there had been none.
func (c *backportPR) resolve() {
	if c.repicked() {
		c.wants.Readied = true
		c.wants.Block = &pull.Block{Start: fmt.Sprintf("<!-- backport-conflict %s -->", pickOf(c.r.Body)), End: sectionEnd,
			Markdown: markdown.Body{}}
	}
}
