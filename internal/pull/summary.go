package pull

import "time"

// Branch of the repository.
type Branch struct {
	Tip string // commit; "" where there is no such branch
	// Requests are the pull requests from a branch of this name, newest first, of
	// forks too.
	Requests []Summary
}

// Summary is what one pull request knows of another.
type Summary struct {
	Number      int // 0: there is none
	Title, Body string
	State       State
	Draft       bool
	Own         bool // opened by this App
	Author      string
	Association string // as Request.Association: never authorise by it
	Base        string
	Head        string // commit
	HeadBranch  string
	HeadOwner   string // whose repository has HeadBranch; "" where it is deleted
	MergedBy    string // login; "" unless merged
	ClosedAt    time.Time
	Labels      []string              // not in Branch.Requests and Request.Into
	Events      []Event               // only of those that Looks.Requests asked for
	Notes       map[string]PostedNote // likewise
	Reviews     map[string]Review     // likewise, as Request.Reviews
	Closes      []int                 // as Request.Closes, only of Mentions
	MoreCloses  bool
}

// HasLabel tells whether the other pull request bears the label.
func (s Summary) HasLabel(name string) bool { return hasFold(s.Labels, name) }
