package newscheck

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// issue is a number in one of the two trackers: "gh", or "bpo", the old one.
type issue struct {
	tracker string
	number  int
}

// field is the issue as the name of an entry has it.
func (i issue) field() string {
	if i.tracker == "gh" {
		return "gh-issue-" + strconv.Itoa(i.number)
	}
	return i.tracker + "-" + strconv.Itoa(i.number)
}

func (i issue) String() string { return i.tracker + "-" + strconv.Itoa(i.number) }

var issueReference = regexp.MustCompile(`(?i)(gh|bpo)-([0-9]+)`)

// issues are the references in a title: whole words, so that "high-5" is none.
// "(GH-123)" is a pull request.
func issues(title string) []issue {
	var found []issue
	for _, at := range issueReference.FindAllStringSubmatchIndex(title, -1) {
		before, _ := utf8.DecodeLastRuneInString(title[:at[0]])
		after, _ := utf8.DecodeRuneInString(title[at[1]:])
		tracker := strings.ToLower(title[at[2]:at[3]])
		if partOfWord(before) || partOfWord(after) || tracker == "gh" && before == '(' && after == ')' {
			continue
		}
		if number, err := strconv.Atoi(title[at[4]:at[5]]); err == nil && number > 0 {
			found = append(found, issue{tracker, number})
		}
	}
	return found
}

func partOfWord(r rune) bool {
	return r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
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
