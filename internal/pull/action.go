package pull

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Action is one write to a pull request. String is its form in logs and golden files:
// one line. Kind names it in metrics.
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
	URL string // of details; no part of the digest
	Check
}

// AddLabel adds one label.
type AddLabel struct {
	Name               string
	Color, Description string // for a new label; "" for GitHub's defaults
	Existing           bool   // not created if it doesn't exist: that's an error
	Why                string
}

// RemoveLabel removes one label.
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

// Check is a whole check run, assembled from the rules' parts.
type Check struct {
	Name        string
	Conclusion  Conclusion
	Title       string
	Summary     string
	Annotations []Annotation
}

// Digest identifies the content of a check run. The bot stores it in the run, to see
// whether the run is still right.
func (c Check) Digest() string { return digest(fmt.Sprintf("%#v", c)) }

// Digest identifies the text of a comment. The bot stores it in the hidden marker:
// GitHub may change white space, and people may edit a comment, and neither is a reason
// to write it again.
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
