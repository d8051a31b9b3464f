package backport

import (
	"cmp"
	"regexp"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

var (
	// mergeSubject matches the subjects that GitHub and git give merge commits.
	mergeSubject = regexp.MustCompile(`^Merge (?:pull request #\d+ from|(?:remote-tracking )?branch(?:es)? ')`)
	hidden       = regexp.MustCompile(`(?s)<!--.*?-->`)
)

// Merged returns the message and author for a backport of a merge commit. Whoever merged
// isn't the author, so authors and credits come from its commits, oldest first. Title
// and body replace a message that says nothing about the change.
func Merged(merge git.Source, title, body string, commits []pull.Commit) git.Source {
	if mergeSubject.MatchString(merge.Message) {
		body = pull.Block{End: "<!-- /gh-issue-number -->", Like: "<!-- gh-issue-number: ", Markdown: markdown.Body{}}.In(body)
		merge.Message = title + "\n\n" + hidden.ReplaceAllString(body, "")
	}
	var authors []string
	for _, c := range commits {
		if c.Merge { // a merge from the base
			continue
		}
		authors = append(authors, c.Author)
		for _, t := range parse(c.Message).trailers {
			if t.person() != "" {
				authors = append(authors, t.value)
			}
		}
	}
	if len(authors) == 0 {
		return merge
	}
	merge.Author = cmp.Or(authors...)
	subject, text := split(merge.Message)
	p := parse(subject + "\n\n" + text)
	p.credit(authors...)
	merge.Message = p.with("")
	return merge
}

// source is the merged commit. Only git knows its message's encoding.
func (o *original) source(p pull.Picked) git.Source {
	m := o.r.Merge
	if m.Parents > 1 {
		return Merged(git.Source{ID: m.SHA, Message: m.Message}, o.r.Title, o.r.Body, o.r.Commits)
	}
	if p.Message != "" {
		return git.Source{ID: m.SHA, Message: p.Message, Author: p.Author}
	}
	return git.Source{ID: m.SHA, Message: m.Message, Author: m.Author}
}

// newPick returns a pick to push to these targets.
func (o *original) newPick(targets ...pull.Target) pull.Pick {
	pick := pull.Pick{SHA: o.r.Merge.SHA, Commits: o.r.MergedCommits(), Targets: targets, Fork: o.fork()}
	if o.r.Merge.Parents > 1 {
		from := o.source(pull.Picked{})
		pick.Message, pick.Author = from.Message, from.Author
	}
	return pick
}
