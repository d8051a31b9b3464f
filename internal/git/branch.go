package git

// ValidBranch tells whether name can be the short name of a branch, by the rules
// of git-check-ref-format(1).
func ValidBranch(name string) bool { return false }
