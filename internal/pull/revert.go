package pull

import (
	"regexp"
	"strconv"
)

var (
	revertTitle = regexp.MustCompile(`(?is)^revert:?\s+["“](.*)["”]`)
	// revertPrefixes come before it: "[3.14] ", "gh-123: ".
	revertPrefixes = regexp.MustCompile(`(?i)^(?:\s*(?:\[[0-9]+\.[0-9]+\]|(?:gh|bpo)-[0-9]+\s*:))*\s*`)
	// revertBody is how GitHub's button starts the body, and this bot.
	revertBody = regexp.MustCompile(`^Reverts (?:[\w.-]{1,100}/[\w.-]{1,100})?#([1-9][0-9]{0,8})\b`)
)

// Reverted is the title that a title takes back, as git and GitHub write it:
// Revert "gh-130000: Summary". It's false if it takes none back.
func Reverted(title string) (string, bool) {
	parts := revertTitle.FindStringSubmatch(title)
	if parts == nil {
		return "", false
	}
	return parts[1], true
}

// RevertedBy is the pull request that one with this title and body says it reverts, or 0: the
// body names it, or else the reverted title does at its end. On a maintenance branch, a title may
// name the original of the backport that it means.
func RevertedBy(title, body string) int {
	if found := revertBody.FindStringSubmatch(body); found != nil {
		number, _ := strconv.Atoi(found[1]) // at most nine digits
		return number
	}
	back, _ := Reverted(title[len(revertPrefixes.FindString(title)):])
	return LandedAs(back)
}
