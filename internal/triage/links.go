package triage

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

// Links is the rule on the links between a pull request and its issue, in the
// bodies of both. The form is that which python/cpython has had since its issues
// moved to GitHub. Without the setting, or in mode off, it has no Want.
func Links(set config.IssueNumbers) pull.Rule {
	rule := pull.Rule{Name: "links", About: aboutLinks, Needs: pull.Mentions, Issues: true, Looks: lookAtIssues}
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
func issueBlock(number int) pull.Block {
	return pull.Block{Start: fmt.Sprintf("<!-- gh-issue-number: gh-%d -->", number), End: "<!-- /gh-issue-number -->", Like: "<!-- gh-issue-number: ", Markdown: markdown.Body{}}
}

// pullsList is the list in the body of an issue.
func pullsList() pull.List {
	return pull.List{Block: pull.Block{Start: "<!-- gh-linked-prs -->", End: "<!-- /gh-linked-prs -->", Markdown: markdown.Body{}}, Heading: linkHeading, Line: pullLink}
}

// maxLinked is the number of earlier issues that are looked at: people may write
// any number of blocks.
const maxLinked = 5

var linkedIssue = regexp.MustCompile(`gh-([0-9]+) -->$`)

// linkedIssues are those that the body of a pull request has blocks for.
func linkedIssues(body string) []int {
	var all []int
	for _, line := range issueBlock(0).Openings(body) {
		if number := numberIn(linkedIssue, line); number > 0 && !slices.Contains(all, number) && len(all) < maxLinked {
			all = append(all, number)
		}
	}
	return all
}

// mergedLately is for how long a merged pull request may get a link: it may have
// been merged before the bot saw it.
const mergedLately = 7 * 24 * time.Hour

// linkable tells whether a pull request may get a link. A closed one doesn't, and
// what was merged keeps the link that it has, whatever becomes of its title.
func linkable(r *pull.Request) bool {
	if r.State != pull.Merged {
		return r.State == pull.Open
	}
	linked := linkedIssues(r.Body)
	return r.Now.Sub(r.ClosedAt) < mergedLately && (len(linked) == 0 || slices.Contains(linked, issueOf(r.Title, r.Body)))
}

func lookAtIssues(r *pull.Request) pull.Looks {
	if r.Issue || !linkable(r) {
		return pull.Looks{}
	}
	return pull.Looks{Issues: union(linkedIssues(r.Body), r.Listed, belongsTo(r))}
}

// belongsTo are the issues in whose lists a pull request should be: the one that
// its title names, and those that it closes.
func belongsTo(r *pull.Request) []int {
	if number := issueOf(r.Title, r.Body); number > 0 {
		return union([]int{number}, r.Closes)
	}
	return union(r.Closes)
}

// union has each number once.
func union(lists ...[]int) (all []int) {
	for _, number := range slices.Concat(lists...) {
		if !slices.Contains(all, number) {
			all = append(all, number)
		}
	}
	return all
}

// wantIssue is about a pull request: the link in its body follows the title, and
// what it closes is linked there already. One that people wrote themselves is
// enough.
func wantIssue(r *pull.Request) pull.Want {
	number := issueOf(r.Title, r.Body)
	if number > 0 && !valid(r, tracker.Issue{Tracker: "gh", Number: number}) {
		number = 0
	}
	before := linkedIssues(r.Body)
	block := issueBlock(number)
	switch {
	case number > 0 && (slices.Contains(before, number) || !mentioned(block.In(r.Body))[number]):
		block.Text = fmt.Sprintf(issueLink, number)
	case len(before) > 0:
		block.Start = issueBlock(before[0]).Start // that goes
	}
	return pull.Want{Block: fitting(block, r.Body), Entries: entries(r, union(before, r.Listed))}
}

// entries are the lines in the lists of issues: of those that the pull request
// belongs to, and of those before.
func entries(r *pull.Request, before []int) (all []pull.Entry) {
	now := belongsTo(r)
	for _, other := range before {
		if !slices.Contains(now, other) && !r.MoreCloses && pullsList().Has(r.Issues[other].Body, r.Key.Number) {
			all = append(all, pull.Entry{Issue: other, List: pullsList()})
		}
	}
	for _, number := range now {
		if issue := r.Issues[number]; issue.Exists && !issue.Pull && listable(issue.Body, r.Key.Number) {
			all = append(all, pull.Entry{Issue: number, List: pullsList(), On: true})
		}
	}
	return all
}

// listable tells whether a pull request may get a line in the list of an issue: it
// has none, people don't name it themselves, and there is room.
func listable(body string, number int) bool {
	list := pullsList()
	block := list.With(body, map[int]bool{number: true})
	return !list.Has(body, number) && !mentioned(list.In(body))[number] && fitting(block, body) != nil
}

// wantPulls is about an issue: in its list are those of the pull requests that are
// known to mention it whose title names it, or that close it. Other entries stay as
// and where they are.
func wantPulls(r *pull.Request) pull.Want {
	linked := map[int]bool{}
	for _, s := range r.Mentions {
		refers := issueOf(s.Title, s.Body) == r.Key.Number || slices.Contains(s.Closes, r.Key.Number)
		if refers || !s.MoreCloses {
			linked[s.Number] = refers
		}
	}
	list := pullsList()
	own := mentioned(list.In(r.Body))
	maps.DeleteFunc(linked, func(number int, refers bool) bool { return refers && own[number] && !list.Has(r.Body, number) })
	return pull.Want{Block: fitting(list.With(r.Body, linked), r.Body)}
}

// numberIn reads the number in a line of such a form; 0 where there is none that
// an issue or pull request can have.
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

// mentioned are the numbers that people make links of in a text, gh-123 or #123:
// not in code, in a quote, where nobody sees it, or in what the bot says of a
// conflict.
func mentioned(text string) map[int]bool {
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

// maxBody is the length of a body in characters that GitHub takes.
const maxBody = 65536

// fitting is nil where the body would get too long, or has the block already.
func fitting(block pull.Block, body string) *pull.Block {
	next := block.In(body)
	if next == body || len(next) > len(body) && utf8.RuneCountInString(next) > maxBody {
		return nil
	}
	return &block
}
