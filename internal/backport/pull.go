package backport

import (
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// PullRule is about backport PRs: the bot's, and those that others opened with such a
// title.
func PullRule(c Config) pull.Rule {
	rule := pull.Rule{
		Name:  "backport-pr",
		About: aboutPull,
		Needs: pull.Files | pull.Statuses | pull.Events | pull.Reviews | pull.Merging | pull.Team,
		Owns:  []string{c.Settings.Status},
		Reads: func(r *pull.Request, _ string) bool { return c.conflicted(r) },
		Looks: c.pullLooks,
	}
	if c.Decisions != nil {
		rule.Needs |= pull.Comments
	}
	if c.Settings.Mode == config.On {
		rule.Want = func(r *pull.Request) pull.Want { return (&backportPR{Config: &c, r: r}).want() }
	}
	return rule
}

// EndedRule is about open pull requests into a branch at its end of life.
func EndedRule(c Config) pull.Rule {
	rule := pull.Rule{Name: "end-of-life", About: aboutEnded, Needs: pull.Notes}
	if c.Settings.Mode == config.On {
		rule.Want = func(r *pull.Request) pull.Want {
			b, known := c.Life(r.Base, r.Now)
			if r.State != pull.Open || !lifecycle.ValidVersion(r.Base) || !known || b.Phase != lifecycle.EndOfLife {
				return pull.Want{}
			}
			return pull.Want{Notes: []pull.Note{{Key: "end-of-life", Body: endedText(b), Once: true}}}
		}
	}
	return rule
}

// own reports whether the bot made this backport: it opened it, from one of its
// branches.
func (c *Config) own(r *pull.Request) bool {
	return r.Own && strings.HasPrefix(r.HeadBranch, c.Settings.Branch+"-") && lifecycle.ValidVersion(r.Base)
}

// conflicted reports whether a backport of the bot has or had conflicts.
func (c *Config) conflicted(r *pull.Request) bool {
	return c.own(r) && r.State == pull.Open && (pickOf(r.Body) != "" || r.EarlierStatuses[c.Settings.Status])
}

func (c *Config) pullLooks(r *pull.Request) pull.Looks {
	var looks pull.Looks
	if number := named(r); number > 0 {
		looks.Requests = []int{number}
		bare := *r
		bare.People = nil
		if !c.own(r) && !r.Bot && !c.may(&bare, r.Author) { // their role isn't known yet
			looks.People = []string{r.Author}
		}
	}
	switch {
	case !c.own(r):
	case r.State != pull.Open && c.here(r):
		looks.Branches = []string{r.HeadBranch}
	case r.State == pull.Open:
		looks.Threads = c.freezeLooks(r.Base)
		if c.Settings.Merge == config.AutoMerge {
			looks.Guarded = []string{r.Base}
			looks.People = append(looks.People, c.unranked(r)...)
			if c.Decisions != nil && len(looks.Requests) > 0 && len(r.Standing()) > 0 { // or it isn't merged anyway
				looks.Threads = append(looks.Threads, looks.Requests...)
			}
		}
	}
	return looks
}

// named is the number of the original in a backport's title, or 0.
func named(r *pull.Request) int {
	branch, number := originalOf(r.Title)
	if branch != r.Base || number == r.Key.Number {
		return 0
	}
	return number
}

// here reports whether the branch is in this repository, where the bot may delete it.
func (c *Config) here(r *pull.Request) bool { return strings.EqualFold(r.HeadOwner, r.Key.Owner) }

type backportPR struct {
	*Config
	r        *pull.Request
	original pull.Summary // Number is 0 if there's none
	counts   bool         // opened by hand, by someone who has a say
	wants    pull.Want
}

func (c *backportPR) want() pull.Want {
	if number := named(c.r); number > 0 {
		other := c.r.Others[number]
		c.counts = !c.own(c.r) && number < c.r.Key.Number && (c.may(c.r, c.r.Author) || c.mergedAs(number))
		if other.State == pull.Merged || other.State == pull.Open && c.counts { // someone may backport what isn't merged yet
			c.original = other
		}
		c.wants.Related = []pull.Related{{Number: number, State: "original"}}
	}
	c.labels()
	c.enqueue()
	if !c.own(c.r) {
		return c.wants
	}
	switch c.r.State {
	case pull.Open:
		clear := c.conflict()
		c.resolve()
		c.people()
		c.merge(clear)
	case pull.Closed:
		if !c.reopen() {
			c.drop(c.r.ClosedAt.Add(time.Duration(c.Settings.DeleteAfter) * time.Hour))
		}
	case pull.Merged:
		c.drop(time.Time{})
	}
	return c.wants
}

// labels copies the original's labels, once each.
func (c *backportPR) labels() {
	if c.r.State != pull.Open {
		return
	}
	for _, label := range c.original.Labels {
		for _, start := range c.Settings.CopyLabels {
			if !c.own(c.r) && !c.counts && strings.HasPrefix(strings.ToLower(label), "skip") {
				break // anyone may use such a title
			}
			if len(label) >= len(start) && strings.EqualFold(label[:len(start)], start) {
				c.wants.Labels = append(c.wants.Labels, pull.Label{Name: label, On: true, Hold: pull.Suggested})
				break
			}
		}
	}
}

// state is what the status comment should show for this pull request.
func (c *backportPR) state() State {
	switch {
	case c.r.State == pull.Merged:
		return stateMerged
	case c.r.State == pull.Closed:
		return stateClosed
	case c.r.Draft && c.r.Own && pickOf(c.r.Body) != "":
		return stateConflict
	}
	return stateOpen
}

// conflict sets the status of a draft with conflicts, and reports whether none are left.
func (c *backportPR) conflict() (clear bool) {
	if !c.conflicted(c.r) {
		return true
	}
	status := pull.Status{Context: c.Settings.Status, State: pull.StatusSuccess, Description: descriptionClear}
	count, first, unread := c.marked()
	switch {
	case count > 1:
		first = fmt.Sprintf("%d files", count)
		fallthrough
	case count == 1:
		status.State, status.Description = pull.StatusFailure, fmt.Sprintf(descriptionMarkers, strings.ToValidUTF8(first, "?"))
	case unread:
		status.State, status.Description = pull.StatusFailure, descriptionUnread
	case pickOf(c.r.Body) == c.r.Head: // some conflicts leave no markers
		status.State, status.Description = pull.StatusFailure, descriptionUntouched
	case c.draft():
		status.Description = descriptionReady
	}
	c.wants.Statuses = []pull.Status{status}
	return status.State == pull.StatusSuccess
}

// marked counts the files with conflict markers, and reports whether there may be
// more in files that weren't read.
func (c *backportPR) marked() (count int, first string, unread bool) {
	unread = c.r.FilesOmitted > 0
	for _, f := range c.r.Files {
		unread = unread || f.Change != pull.Removed && (f.Content == nil || f.Content.Size > int64(len(f.Content.Data)))
		if f.Content == nil || f.Content.Kind != pull.Regular || !git.HasMarkers(f.Content.Data) {
			continue
		}
		if count++; first == "" || f.Path < first {
			first = f.Path
		}
	}
	return count, first, unread
}

// people asks those who must act: whoever is responsible if there are conflicts, and the
// release manager if no one else may merge.
func (c *backportPR) people() {
	if c.draft() && c.original.Number != 0 {
		s := c.original
		login, assignable := c.responsible(merged{s.MergedBy, s.Author, s.Association, s.Events, s.Reviews}, c.r.Base, c.r.Now)
		if assignable { // others are mentioned in the body
			c.wants.Assignees = []string{login}
		}
	}
	if b, known := c.Life(c.r.Base, c.r.Now); known && managed(b.Phase) && managed(c.phase(c.r, b)) && !c.draft() {
		for _, login := range c.managers(b) {
			c.wants.Reviewers = append(c.wants.Reviewers, pull.Reviewer{Login: login})
		}
	}
}

// commitBody is a pull request's body without the sections on conflicts and on what was
// left out, and without the link to its issue, which would come after the trailers. It's as exact as the picked
// commit: Quiet is for pages.
func commitBody(body string) string {
	body = pull.Block{Start: leftStart, End: leftEnd, Markdown: markdown.Body{}}.In(body)
	body = pull.Block{End: "<!-- /gh-issue-number -->", Like: "<!-- gh-issue-number: ", Markdown: markdown.Body{}}.In(body)
	if at := sectionStart.FindStringIndex(body); at != nil {
		if _, after, ends := strings.Cut(body[at[1]:], sectionEnd); ends {
			body = strings.TrimSpace(body[:at[0]]) + "\n\n" + strings.TrimSpace(after)
		}
	}
	return markdown.Aloud(strings.TrimSpace(body)) // last: marks in the commit's own words stay words
}

// pickOf is the commit with conflicts that a draft's body names, or "" if it was opened
// without any.
func pickOf(body string) string {
	if m := sectionStart.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return ""
}

// reopen reopens the pull request if its label was set after it was closed.
func (c *backportPR) reopen() bool {
	again, inTime := c.askedAgain(c.original.Events, c.r.Base, c.r.ClosedAt)
	c.wants.Reopen = c.here(c.r) && c.original.HasLabel(c.label(c.r.Base)) && again && inTime
	return c.wants.Reopen
}

// drop deletes the branch at a time; zero means at once, whatever the clocks.
func (c *backportPR) drop(at time.Time) {
	tip := c.r.Branches[c.r.HeadBranch].Tip
	switch {
	case tip == "" || tip != c.r.Head || !c.here(c.r):
	case c.r.Now.Before(at):
		c.wants.Again = at
	default:
		c.wants.Drop = true
	}
}
