package newscheck

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/tracker"
)

// issueField is an issue as the name of an entry has it.
func issueField(i tracker.Issue) string {
	if i.Tracker == "gh" {
		return "gh-issue-" + strconv.Itoa(i.Number)
	}
	return i.String()
}

var (
	// titlePrefix is what comes before the words of a title: "[3.14] ", "gh-123: ".
	titlePrefix = regexp.MustCompile(`(?i)^\s*(?:\[[0-9]+\.[0-9]+\]|(?:gh|bpo)-[0-9]+(?:\s*,\s*(?:gh|bpo)-[0-9]+)*\s*:)\s*`)
	// titleRequests are the pull requests that merging adds: " (GH-123) (#124)".
	titleRequests = regexp.MustCompile(`(?i)(?:\s*\((?:gh-|#)[0-9]+\))+\s*$`)
)

// bare is the title without all that, and without a marker: the words alone.
func (m markers) bare(title string) string {
	title = titleRequests.ReplaceAllString(m.without(title), "")
	for {
		prefix := titlePrefix.FindString(title)
		if prefix == "" {
			return strings.Join(strings.Fields(title), " ")
		}
		title = title[len(prefix):]
	}
}
