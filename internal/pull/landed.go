package pull

import (
	"regexp"
	"strconv"
)

// Landed is what came to a branch since a tag.
type Landed struct {
	Tagged bool // the tag exists
	Branch bool // the branch exists
	// Reached: the tag's commit is one of the branch's, and Commits are all that the tag
	// doesn't have. Otherwise there are none.
	Reached bool
	Hidden  bool // GitHub leaves some out of its answer
	Commits []LandedCommit
	// Complete: there are no more than were asked for.
	Complete bool
	// Before and After have the files that were asked for where they exist, at the tag and on
	// the branch, with their contents: nil if those weren't asked for, or can't be read.
	Before, After map[string][]byte
}

// LandedCommit is a commit, the oldest first. Files are those of the asked for that it changed.
type LandedCommit struct {
	SHA     string
	Message string
	Pull    int // that was merged as this commit; 0 if none is known
	Files   []string
}

// landedAs matches the pull request at the end of a squash commit's subject.
var landedAs = regexp.MustCompile(`(?i)\((?:gh-|#)([1-9][0-9]{0,8})\)\s*$`)

// LandedAs is the pull request that a squash commit's subject names; 0 for none.
func LandedAs(subject string) int {
	if parts := landedAs.FindStringSubmatch(subject); parts != nil {
		n, _ := strconv.Atoi(parts[1]) // at most nine digits
		return n
	}
	return 0
}
