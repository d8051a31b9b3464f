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

// Mergeability reports whether an open pull request can be merged into its base.
type Mergeability struct {
	Number    int
	Conflicts bool
	Unknown   bool // GitHub is still computing it
	Labels    []string
}

// HasLabel reports whether the pull request has the label.
func (m Mergeability) HasLabel(name string) bool { return Summary{Labels: m.Labels}.HasLabel(name) }
