package newscheck

import (
	"path"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/tracker"
)

// What stands in a suggested path for what only the author knows.
const (
	someSection = "SECTION"
	someIssue   = "gh-issue-NUMBER"
)

// draft is an entry ready to copy.
type draft struct {
	path, text string
	section    *config.Section // nil if it could not be guessed
	issue      tracker.Issue   // zero if the title has none
}

func (f *findings) draft() draft {
	marked := f.marked && f.markers.subject(f.request.Title) != (mark{})
	d := draft{text: f.markers.sentence(f.set, f.request.Title, marked), section: f.section(), issue: f.issue()}
	directory, field := someSection, someIssue
	if d.section != nil {
		directory = d.section.Directory
	}
	if d.issue != (tracker.Issue{}) {
		field = issueField(d.issue)
	}
	d.path = path.Join(f.set.Directory, directory, f.date()+"."+field+"."+changelog.Nonce(d.text)+extension)
	return d
}

// section is the one that the changed files suggest, or nil. It is guessed once:
// there may be 3,000 files.
func (f *findings) section() *config.Section {
	if !f.guessed {
		f.guess, f.guessed = guessSection(f.set, f.request.Files), true
	}
	return f.guess
}

// titleCode is code in a title, which has one backtick on both sides as in Markdown.
var titleCode = regexp.MustCompile("(^|[^`])`([^` ](?:[^`]*[^` ])?)`([^`]|$)")

// sentence is the title as the text of an entry, with the ABI marker if it is to
// be marked, or a placeholder where one of the rules would not take that.
func (m markers) sentence(set config.News, title string, marked bool) string {
	marker := ""
	if marked {
		marker = m.news + " "
	}
	words := m.bare(title)
	for range 2 { // what stands between two of them belongs to the first
		words = titleCode.ReplaceAllString(words, "$1``$2``$3")
	}
	if !strings.HasSuffix(words, ".") && !strings.HasSuffix(words, "…") {
		words += "."
	}
	text := changelog.Reflow(marker+words, set.Width)
	l := linter{set: set}
	if !strings.ContainsFunc(words, unicode.IsLetter) || len(l.lint([]byte(text), name{})) > 0 ||
		m.body(changelog.Read(text), set.Width) != (mark{exact: marked}) {
		return changelog.Reflow(marker+someText, set.Width)
	}
	return text
}

// issue is the first one of the title that an entry can have.
func (f *findings) issue() tracker.Issue {
	for _, i := range f.issues {
		if i.Tracker == "bpo" || i.Number >= f.set.MinGHIssue {
			return i
		}
	}
	return tracker.Issue{}
}

// date is the day on which the pull request was opened: any later time would
// make the check run another one after things that do not change it.
func (f *findings) date() string {
	when := f.request.CreatedAt
	if when.IsZero() {
		when = f.request.Now
	}
	return when.UTC().Format(time.DateOnly)
}

// betterPath suggests a path instead of a faulty one, of which it keeps what is good.
func (f *findings) betterPath(file string, where changelog.Place) string {
	directory := path.Dir(file)
	if where != changelog.InSection {
		section := someSection
		if s := f.sectionInPath(directory); s != nil {
			section = s.Directory
		}
		directory = path.Join(f.set.Directory, section)
	}
	n := sniff(path.Base(file), f.set.MinGHIssue)
	if n.issue == (tracker.Issue{}) {
		n.issue = f.issue()
	}
	if n.date == "" {
		n.date = f.date()
	}
	if n.nonce == "" {
		n.nonce = changelog.Nonce(path.Base(file))
	}
	field := someIssue
	if n.issue != (tracker.Issue{}) {
		field = issueField(n.issue)
	}
	return path.Join(directory, n.date+"."+field+"."+n.nonce+extension)
}

// sectionInPath finds a section that one of the directories names, the inner
// ones first, or else the one that the changed files suggest.
func (f *findings) sectionInPath(directory string) *config.Section {
	below := strings.TrimPrefix(directory+"/", f.set.Directory+"/")
	parts := strings.Split(strings.Trim(below, "/"), "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if s := nearestSection(f.set, parts[i]); s != nil {
			return s
		}
	}
	return f.section()
}
