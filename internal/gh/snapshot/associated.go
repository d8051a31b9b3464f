package snapshot

import (
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// associatedFields request a commit's pull requests. For one that the default branch doesn't
// have, GitHub lists open ones that contain it, too, which anyone may open.
const associatedFields = `associatedPullRequests(first:5){nodes{number state baseRefName mergeCommit{oid}} pageInfo{hasNextPage}}`

type associatedData = gh.Connection[struct {
	Number             int
	State, BaseRefName string
	MergeCommit        *struct{ Oid string }
}]

// landedCommit is a commit of a branch.
type landedCommit struct{ branch, sha, subject string }

// landedBy is the merged pull request that brought a commit; 0 if it's unknown. Of a rebase merge, the
// last commit is the merged one. If there are more pull requests than GitHub's answer has, its
// subject decides.
func landedBy(c landedCommit, all associatedData) (number int) {
	for _, p := range all.Nodes {
		merged := p.State == "MERGED" && p.BaseRefName == c.branch
		if merged && (number == 0 || p.MergeCommit != nil && p.MergeCommit.Oid == c.sha) {
			number = p.Number
		}
	}
	if number == 0 && all.PageInfo.HasNextPage {
		return pull.LandedAs(c.subject)
	}
	return number
}
