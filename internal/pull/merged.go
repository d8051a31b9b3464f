package pull

import "strings"

// MergedCommits is how many commits the merge brought: more than one only for a rebase.
// GitHub doesn't say how a pull request was merged. After a rebase, the commit before the
// last is also from the pull request, and the last one has the message of the pull
// request's last commit. It needs Commits, and a Merge.
func (r *Request) MergedCommits() int {
	all := r.Commits
	if n := len(all); n > 1 && r.CommitsOmitted == 0 && r.Merge.Rebased && r.Merge.Parents == 1 &&
		strings.TrimSpace(all[n-1].Message) == strings.TrimSpace(r.Merge.Message) {
		merges := 0
		for _, commit := range all {
			if commit.Merge { // a rebase drops them
				merges++
			}
		}
		return n - merges
	}
	return 1
}
