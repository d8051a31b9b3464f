package git

import "strings"

// ValidBranch tells whether name can be the short name of a branch, by the rules
// of git-check-ref-format(1). Such a name is no option and has no control
// characters.
func ValidBranch(name string) bool {
	if name == "" || len(name) > 200 || name == "HEAD" || name[0] == '-' || strings.HasSuffix(name, ".") {
		return false
	}
	for _, bad := range []string{"..", "@{", "//"} {
		if strings.Contains(name, bad) {
			return false
		}
	}
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c == 0x7f || strings.IndexByte(`~^:?*[\`, c) >= 0 {
			return false
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return name != "@"
}
