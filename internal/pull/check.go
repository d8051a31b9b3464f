package pull

import "fmt"

// Conclusion of a check run.
type Conclusion string

const (
	Success Conclusion = "success"
	Neutral Conclusion = "neutral" // a warning that blocks nothing
	Failure Conclusion = "failure"
)

// severity orders conclusions. The worst part decides a check run.
func (c Conclusion) severity() int {
	switch c {
	case Failure:
		return 2
	case Neutral:
		return 1
	}
	return 0
}

// CheckPart is one rule's part of a check run that several share.
type CheckPart struct {
	Check       string // name of the check run
	Conclusion  Conclusion
	Title       string // one line; the worst parts' titles are shown
	Summary     string // Markdown
	Annotations []Annotation
	// Repeats: a status says the same, so the check run isn't created just to say that all
	// is well.
	Repeats bool
}

// Level of an annotation.
type Level string

const (
	NoticeLevel  Level = "notice"
	WarningLevel Level = "warning"
	FailureLevel Level = "failure"
)

// Annotation is a remark on a place in a changed file.
type Annotation struct {
	Path    string
	Line    int // counted from 1
	Column  int // in characters, counted from 1; 0 is the whole line
	Level   Level
	Title   string
	Message string
}

// Position is "path:line", or "path:line:column".
func (n Annotation) Position() string {
	if n.Column > 0 {
		return fmt.Sprintf("%s:%d:%d", n.Path, n.Line, n.Column)
	}
	return fmt.Sprintf("%s:%d", n.Path, n.Line)
}
