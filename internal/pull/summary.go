package pull

import "time"

// Branch of the repository.
type Branch struct {
	Tip string // commit; "" if the branch doesn't exist
	// Requests are the pull requests from branches with this name, newest first, including
	// those from forks.
	Requests []Summary
}

// Summary is what one pull request knows about another.
type Summary struct {
	Number      int // 0 if there's none
	Title, Body string
	State       State
	Draft       bool
	Own         bool // opened by this App
	Author      string
	Association string // as Request.Association: never authorize by it
	Base        string
	Head        string // commit
	HeadBranch  string
	HeadOwner   string // owner of HeadBranch's repository; "" if it was deleted
	MergedBy    string // login; "" unless merged
	ClosedAt    time.Time
	Labels      []string              // not in Branch.Requests and Request.Into
	Events      []Event               // only of those in Looks.Requests
	Notes       map[string]PostedNote // likewise
	Reviews     map[string]Review     // likewise, as Request.Reviews
	Closes      []int                 // as Request.Closes, only of Mentions
	MoreCloses  bool
}

// HasLabel reports whether the other pull request has the label.
func (s Summary) HasLabel(name string) bool { return hasFold(s.Labels, name) }
