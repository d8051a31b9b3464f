package pull

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// React puts a reaction of this App on a comment: the sign that it was read and
// answered.
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

// EditBlock writes the bot's own part of the body. Seen and At are the body of
// the snapshot and its time: whoever applies the action reads the body again
// when that is long ago.
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
		return fmt.Sprintf("take the block %q out of the body", name)
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

// In gives the body with the block in it. Everything outside of the block stays
// as it is, to the byte. Of several such blocks the first one counts, and an
// opening line without a closing one is people's own text: a new block is then
// put at the end.
func (b Block) In(body string) string {
	start, end := b.find(body)
	whole := ""
	if b.Text != "" {
		newline := "\n"
		if strings.Contains(body, "\r\n") { // as GitHub's own form sends it
			newline = "\r\n"
		}
		whole = strings.ReplaceAll(b.Start+"\n"+strings.TrimSuffix(b.Text, "\n")+"\n"+b.End, "\n", newline)
		if start < 0 {
			return body + b.gap(body, newline) + whole
		}
	}
	switch {
	case start < 0:
		return body
	case whole == "": // with the gap before it
		return strings.TrimRight(body[:start], "\r\n") + body[end:]
	}
	return body[:start] + whole + body[end:]
}

// gap is what makes a block stand by itself at the end of a body.
func (b Block) gap(body, newline string) string {
	switch {
	case body == "":
		return ""
	case strings.HasSuffix(body, newline+newline):
		return ""
	case strings.HasSuffix(body, newline):
		return newline
	}
	return newline + newline
}

// find is where the block begins and ends in a body, or -1. Its lines must be
// whole: in a quote or a block of code they mean nothing.
func (b Block) find(body string) (start, end int) {
	start = b.line(body, b.Start, 0)
	if start < 0 {
		return -1, -1
	}
	if end = b.line(body, b.End, start+len(b.Start)); end < 0 {
		return -1, -1
	}
	return start, end + len(b.End)
}

func (b Block) line(body, line string, from int) int {
	for from < len(body) {
		at := strings.Index(body[from:], line)
		if at < 0 {
			return -1
		}
		at += from
		rest := strings.TrimLeft(body[at+len(line):], " \t")
		if (at == 0 || body[at-1] == '\n') && (rest == "" || rest[0] == '\n' || strings.HasPrefix(rest, "\r\n")) {
			return at
		}
		from = at + len(line)
	}
	return -1
}

// Of is the text of the block in a body, with plain line breaks; "" where there
// is none.
func (b Block) Of(body string) string {
	start, end := b.find(body)
	if start < 0 {
		return ""
	}
	text := body[start+len(b.Start) : end-len(b.End)]
	return strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// writes compares what a rule wants of the texts and the state of the pull
// request.
func (d *decision) writes(want Want) {
	r := d.request
	if b := want.Block; b != nil && b.In(r.Body) != r.Body {
		d.do(EditBlock{Block: *b, Seen: r.Body, At: r.Now})
	}
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

// afterWrite is After for the actions of this file.
func (r *Request) afterWrite(a Action) (*Request, bool) {
	next := *r
	switch a := a.(type) {
	case React:
		next.Comments = slices.Clone(r.Comments)
		for i := range next.Comments {
			next.Comments[i].Answered = next.Comments[i].Answered || next.Comments[i].ID == a.Comment
		}
	case EditBlock:
		next.Body = a.In(r.Body)
	case Ready:
		next.Draft, next.Events = false, r.happens(Readied, "")
	case Close:
		next.State, next.ClosedAt, next.Events = Closed, r.Now, r.happens(WasClosed, "")
	default:
		return nil, false
	}
	return &next, true
}
