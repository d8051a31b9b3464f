// Package links is the rule on the links between pull requests and their issues, in
// the bodies of both.
//
// It's pure, and must not know the other rules.
package links

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/tracker"
)

// Rule keeps the links between a pull request and its issue, in the form that
// python/cpython has used since its issues moved to GitHub. Without the setting, or in
// mode off, it has no Want.
func Rule(set config.IssueNumbers) pull.Rule {
	rule := pull.Rule{Name: "links", About: about, Needs: pull.Mentions, Issues: true, Looks: looks}
	if set.Links && set.Mode == config.Require {
		rule.Want = func(r *pull.Request) pull.Want {
			switch {
			case r.Issue:
				return wantPulls(r)
			case linkable(r) && r.Me != "": // a local range has no body
				return wantIssue(r)
			}
			return pull.Want{}
		}
	}
	return rule
}

// issueBlock is the block for an issue in the body of a pull request.
func issueBlock(m pull.Markdown, number int) pull.Block {
	return pull.Block{
		Start:    fmt.Sprintf("<!-- gh-issue-number: gh-%d -->", number),
		End:      "<!-- /gh-issue-number -->",
		Like:     "<!-- gh-issue-number: ",
		Markdown: m,
	}
}

// pullsList is the list in the body of an issue.
func pullsList(m pull.Markdown) pull.List {
	block := pull.Block{Start: "<!-- gh-linked-prs -->", End: "<!-- /gh-linked-prs -->", Markdown: m}
	return pull.List{Block: block, Heading: linkHeading, Line: pullLink}
}

// maxLinked bounds the earlier issues that are loaded: people may write any number of
// blocks.
const maxLinked = 5

var linkedIssue = regexp.MustCompile(`gh-([0-9]+) -->$`)

// linkedIssues are the issues that a pull request's body has blocks for.
func linkedIssues(r *pull.Request) []int {
	var all []int
	for _, line := range issueBlock(r.Reader(markdown.Body{}), 0).Openings(r.Body) {
		if number := numberIn(linkedIssue, line); number > 0 && !slices.Contains(all, number) && len(all) < maxLinked {
			all = append(all, number)
		}
	}
	return all
}

// mergedLately is how long after its merge a pull request may get a link: it may have
// been merged before the bot saw it.
const mergedLately = 7 * 24 * time.Hour

// linkable reports whether a pull request may get a link. A closed one may not, and a
// merged one keeps its link, even if its title changes.
func linkable(r *pull.Request) bool {
	if r.State != pull.Merged {
		return r.State == pull.Open
	}
	linked := linkedIssues(r)
	return r.Now.Sub(r.ClosedAt) < mergedLately && (len(linked) == 0 || slices.Contains(linked, issueOf(r.Title, r.Body)))
}

func looks(r *pull.Request) pull.Looks {
	if r.Issue || !linkable(r) {
		return pull.Looks{}
	}
	return pull.Looks{Issues: union(linkedIssues(r), r.Listed, belongsTo(r))}
}

// belongsTo are the issues whose lists a pull request belongs in: the one in its title,
// and those that it closes.
func belongsTo(r *pull.Request) []int {
	if number := issueOf(r.Title, r.Body); number > 0 {
		return union([]int{number}, r.Closes)
	}
	return union(r.Closes)
}

// issueOf is the number of the issue that a title names, or 0.
func issueOf(title, body string) int { return tracker.OnGitHub(pull.FullTitle(title, body)) }

// union is all numbers, each once.
func union(lists ...[]int) (all []int) {
	for _, number := range slices.Concat(lists...) {
		if !slices.Contains(all, number) {
			all = append(all, number)
		}
	}
	return all
}

// wantIssue decides on a pull request. The link in its body follows the title, unless
// people wrote one themselves; GitHub links what it closes.
func wantIssue(r *pull.Request) pull.Want {
	number := issueOf(r.Title, r.Body)
	if !r.HasIssue(number) {
		number = 0
	}
	before := linkedIssues(r)
	block := issueBlock(r.Reader(markdown.Body{}), number)
	switch {
	case number > 0 && (slices.Contains(before, number) || !mentioned(r, block.In(r.Body))[number]):
		block.Text = fmt.Sprintf(issueLink, number)
	case len(before) > 0:
		block.Start = issueBlock(r.Reader(markdown.Body{}), before[0]).Start // is removed
	}
	return pull.Want{Block: fitting(block, r.Body), Entries: entries(r, union(before, r.Listed))}
}

// entries are the pull request's lines in issues' lists: where it belongs now, and where
// it was before.
func entries(r *pull.Request, before []int) (all []pull.Entry) {
	now := belongsTo(r)
	for _, other := range before {
		if !slices.Contains(now, other) && !r.MoreCloses && pullsList(r.Reader(markdown.Body{})).Has(r.Issues[other].Body, r.Key.Number) {
			all = append(all, pull.Entry{Issue: other, List: pullsList(markdown.Body{})})
		}
	}
	for _, number := range now {
		if issue := r.Issues[number]; issue.Exists && !issue.Pull && listable(r, issue.Body) {
			all = append(all, pull.Entry{Issue: number, List: pullsList(markdown.Body{}), On: true})
		}
	}
	return all
}

// listable reports whether a pull request may get a line in an issue's list: it has none
// yet, people haven't mentioned it themselves, and there's room.
func listable(r *pull.Request, body string) bool {
	number := r.Key.Number
	list := pullsList(r.Reader(markdown.Body{}))
	block := list.With(body, map[int]bool{number: true})
	return !list.Has(body, number) && !mentioned(r, list.In(body))[number] && fitting(block, body) != nil
}

// wantPulls decides on an issue. Of the pull requests that mention it, its list has those
// that name it in their title or close it. Other entries stay where they are.
func wantPulls(r *pull.Request) pull.Want {
	linked := map[int]bool{}
	for _, s := range r.Mentions {
		refers := issueOf(s.Title, s.Body) == r.Key.Number || slices.Contains(s.Closes, r.Key.Number)
		if refers || !s.MoreCloses {
			linked[s.Number] = refers
		}
	}
	list := pullsList(r.Reader(markdown.Body{}))
	own := mentioned(r, list.In(r.Body))
	maps.DeleteFunc(linked, func(number int, refers bool) bool { return refers && own[number] && !list.Has(r.Body, number) })
	return pull.Want{Block: fitting(list.With(r.Body, linked), r.Body)}
}

// numberIn reads the number in a line of this form. It's 0 if there's none that an issue
// or pull request can have.
func numberIn(form *regexp.Regexp, line string) int {
	m := form.FindStringSubmatch(line)
	if m == nil {
		return 0
	}
	number, err := strconv.Atoi(m[1])
	if err != nil || number > tracker.MaxNumber {
		return 0
	}
	return number
}

var (
	ofConflict = regexp.MustCompile(`(?s)<!-- backport-conflict .*?<!-- /backport-conflict -->`)
	mention    = regexp.MustCompile(`(?i)(?:^|[^\w/-])(?:gh-|#)([0-9]+)\b`)
)

// mentioned are the numbers that a text links to, as gh-123 or #123: not in code, in a
// quote, where GitHub hides it, or in what the bot writes about a conflict.
func mentioned(r *pull.Request, text string) map[int]bool {
	type numbers struct{ text string }
	return pull.Once(r, numbers{text}, func() map[int]bool { return numbersIn(text) })
}

func numbersIn(text string) map[int]bool {
	all := map[int]bool{}
	passages, _ := markdown.Read(ofConflict.ReplaceAllString(text, ""))
	for _, p := range passages {
		for _, line := range p.Lines {
			for _, m := range mention.FindAllStringSubmatch(line, -1) {
				if n, err := strconv.Atoi(m[1]); err == nil {
					all[n] = true
				}
			}
		}
	}
	return all
}

// maxBody is the longest body that GitHub accepts, in characters.
const maxBody = 65536

// fitting is nil if the body would get too long, or has the block already.
func fitting(block pull.Block, body string) *pull.Block {
	next := block.In(body)
	if next == body || len(next) > len(body) && utf8.RuneCountInString(next) > maxBody {
		return nil
	}
	block.Markdown = markdown.Body{} // it's written to the body as it is then
	return &block
}
