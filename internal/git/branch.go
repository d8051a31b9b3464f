package git

import (
	"regexp"
	"strings"
)

var badInBranch = regexp.MustCompile(`[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//`)

// ValidBranch reports whether name can be a branch's short name, by the rules of
// git-check-ref-format(1). Such a name can't be taken for an option, and has no
// control characters.
func ValidBranch(name string) bool {
	if name == "" || len(name) > 200 || name == "HEAD" || name == "@" || name[0] == '-' || strings.HasSuffix(name, ".") {
		return false
	}
	if badInBranch.MatchString(name) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}
