package pull

// Repository is a repository without its pull requests and issues.
type Repository struct {
	Key           Key    // Number 0
	DefaultBranch string // "" where the repository has no commits
	Branches      []string
	Labels        []LabelStyle
	Settings      []byte // as Request has it, and so LabelRules
	LabelRules    []byte
	Tips          map[string]string // commits, by branch
	Queued        []QueueEntry
}

// LabelStyle is a label of a repository. Its description is written as Describe has it.
type LabelStyle struct {
	Name        string // at most 50 characters
	Color       string // six hexadecimal digits; "": GitHub chooses, or it stays
	Description string // at most 100 characters
}

// LabelEdit says what becomes of the label Old; "" makes a label.
type LabelEdit struct {
	Old string
	LabelStyle
}

// QueueEntry is a pull request in a merge queue. Its checks are to be reported on
// the commit of its group ("Managing a merge queue").
type QueueEntry struct {
	Number   int
	Group    string // commit
	Reported Reports
	Own      Reports // those of the pull request's head
}

// Reports are the statuses of a commit, of everybody, and the check runs of this
// App.
type Reports struct {
	Statuses map[string]Status
	Checks   map[string]CheckState
}

// Mergeability reports whether an open pull request can be merged into its base.
type Mergeability struct {
	Number    int
	Conflicts bool
	Unknown   bool // GitHub is at it: ask again
	Labels    []string
}

// HasLabel reports whether the pull request has the label.
func (m Mergeability) HasLabel(name string) bool { return Summary{Labels: m.Labels}.HasLabel(name) }
