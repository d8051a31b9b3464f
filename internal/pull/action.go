package pull

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Action is one write to a pull request. String is its form in logs and golden
// files: one line. Kind labels it in metrics.
type Action interface {
	String() string
	Kind() string
}

// SetStatus posts a commit status.
type SetStatus struct {
	SHA string
	Status
}

// SetCheck writes a check run.
type SetCheck struct {
	SHA string
	Check
}

// AddLabel puts one label on.
type AddLabel struct {
	Name               string
	Color, Description string // of a label that is to be made; "": GitHub's
	Existing           bool   // not made where there is none: that is an error
	Why                string
}

// RemoveLabel takes one label off.
type RemoveLabel struct {
	Name string
	Why  string
}

// AddNote posts a comment.
type AddNote struct{ Note }

// EditNote replaces the text of a comment.
type EditNote struct {
	ID   int64
	Node string // its id in the GraphQL API
	Note
}

// Check is a whole check run, put together from the parts of the rules.
type Check struct {
	Name        string
	Conclusion  Conclusion
	Title       string
	Summary     string
	Annotations []Annotation
}

// Digest identifies what a check run says. The bot leaves it in the run, so
// that one look tells whether it is still true.
func (c Check) Digest() string { return digest(fmt.Sprintf("%#v", c)) }

// Digest identifies the text of a comment. The bot leaves it in the hidden
// marker: GitHub may change white space, and people may edit a comment, and
// neither is a reason to write it again.
func (n Note) Digest() string {
	if n.Data == "" {
		return digest(n.Body)
	}
	return digest(n.Body + "\x00" + n.Data)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

func (a SetStatus) String() string {
	return fmt.Sprintf("status %s %s %q on %s", a.Context, a.State, a.Description, short(a.SHA))
}

func (a SetCheck) String() string {
	return fmt.Sprintf("check %q %s %q with %d annotations on %s", a.Name, a.Conclusion, a.Title, len(a.Annotations), short(a.SHA))
}

func (a AddLabel) String() string    { return fmt.Sprintf("label +%q", a.Name) }
func (a RemoveLabel) String() string { return fmt.Sprintf("label -%q", a.Name) }
func (a AddNote) String() string     { return "comment " + a.Key }
func (a EditNote) String() string    { return "edit comment " + a.Key }

// Kind implements Action.
func (SetStatus) Kind() string { return "status" }

// Kind implements Action.
func (SetCheck) Kind() string { return "check" }

// Kind implements Action.
func (AddLabel) Kind() string { return "label" }

// Kind implements Action.
func (RemoveLabel) Kind() string { return "unlabel" }

// Kind implements Action.
func (AddNote) Kind() string { return "comment" }

// Kind implements Action.
func (EditNote) Kind() string { return "edit-comment" }

func short(sha string) string {
	if len(sha) > 7 {
		return sha[:7]
	}
	return sha
}
