package pull

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// React adds this App's reaction to a comment, as a sign that it was read and answered.
type React struct {
	Comment int64
	Node    string // the comment's id in the GraphQL API
	With    Reaction
}

// Reaction to a comment ("Reactions", GraphQL API).
type Reaction string

const (
	ThumbsUp Reaction = "THUMBS_UP"
	Confused Reaction = "CONFUSED"
)

// EditBlock writes the bot's own part of the body. Seen and At are the snapshot's body
// and when it was read; if that's long ago, the body is read again.
type EditBlock struct {
	Block
	Seen string
	At   time.Time
}

// Ready makes a draft ready for review.
type Ready struct{}

// Close closes the pull request without merging it.
type Close struct{}

func (a React) String() string {
	return fmt.Sprintf("react %s to comment %d", strings.ToLower(string(a.With)), a.Comment)
}

func (a EditBlock) String() string {
	name := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(a.Start, "<!--"), "-->"))
	if a.Text == "" {
		return fmt.Sprintf("remove the block %q from the body", name)
	}
	return fmt.Sprintf("write the block %q in the body", name)
}

func (Ready) String() string { return "make ready for review" }
func (Close) String() string { return "close" }

// Kind implements Action.
func (React) Kind() string { return "react" }

// Kind implements Action.
func (EditBlock) Kind() string { return "edit-body" }

// Kind implements Action.
func (Ready) Kind() string { return "ready" }

// Kind implements Action.
func (Close) Kind() string { return "close" }

// writes compares what a rule wants for the pull request's texts and state.
func (d *decision) writes(want Want) {
	r := d.request
	if want.Block != nil {
		b := *want.Block
		b.Markdown = r.Reader(b.Markdown)
		if b.In(r.Body) != r.Body {
			d.do(EditBlock{Block: *want.Block, Seen: r.Body, At: r.BodyAt})
		}
	}
	d.entries(want.Entries)
	if want.Readied && r.Draft && r.State == Open && !r.Issue {
		d.do(Ready{})
	}
	if want.Close && r.State == Open && !slices.ContainsFunc(r.Events, func(e Event) bool { return e.Kind == WasClosed && e.Own }) {
		d.do(Close{})
	}
	for _, react := range want.Reactions {
		at := slices.IndexFunc(r.Comments, func(c Comment) bool { return c.ID == react.Comment })
		if at >= 0 && !r.Comments[at].Answered {
			react.Node = r.Comments[at].Node
			d.once(react)
		}
	}
}
