// Package tracker reads the references to issues in titles: gh-123456 of
// GitHub, and bpo-12345 of bugs.python.org, the tracker before it.
//
// It must not know pull requests.
package tracker

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Issue is a number in one of the two trackers: "gh", or "bpo", the old one.
type Issue struct {
	Tracker string
	Number  int
}

func (i Issue) String() string { return i.Tracker + "-" + strconv.Itoa(i.Number) }

var reference = regexp.MustCompile(`(?i)(gh|bpo)-([0-9]+)`)

// MaxNumber is more than any tracker will have: numbers in GitHub's GraphQL API
// are of 32 bits.
const MaxNumber = math.MaxInt32

// Named are the issues that a title names, in its order: whole words, so that
// "high-5" is none. "(GH-123)" is a pull request.
func Named(title string) []Issue {
	var found []Issue
	for _, at := range reference.FindAllStringSubmatchIndex(title, -1) {
		before, _ := utf8.DecodeLastRuneInString(title[:at[0]])
		after, _ := utf8.DecodeRuneInString(title[at[1]:])
		tracker := strings.ToLower(title[at[2]:at[3]])
		if PartOfWord(before) || PartOfWord(after) || tracker == "gh" && before == '(' && after == ')' {
			continue
		}
		if number, err := strconv.Atoi(title[at[4]:at[5]]); err == nil && number > 0 && number <= MaxNumber {
			found = append(found, Issue{tracker, number})
		}
	}
	return found
}

// First is the first issue that a title names, if any.
func First(title string) (Issue, bool) {
	named := Named(title)
	if len(named) == 0 {
		return Issue{}, false
	}
	return named[0], true
}

// OnGitHub is the number of the issue that a title names first, or 0 if it names none or
// one in the old tracker.
func OnGitHub(title string) int {
	if named, _ := First(title); named.Tracker == "gh" {
		return named.Number
	}
	return 0
}

// PartOfWord reports whether a reference next to this character isn't a whole word.
func PartOfWord(r rune) bool {
	return r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}
