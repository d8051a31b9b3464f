package apply

import (
	"context"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// freshBody is how old a body may be when it's written back.
	freshBody = 2 * time.Second
)

// rewrite changes a body.
type rewrite struct {
	of   pull.Key
	seen string
	at   time.Time // when it was read; zero: read it again
	in   func(string) string
	own  func(string) string // the part that in replaces; nil: it changes one line
}

// rewriteOf returns nil for actions that don't change a body.
func rewriteOf(key pull.Key, action pull.Action) *rewrite {
	switch a := action.(type) {
	case pull.EditBlock:
		return &rewrite{of: key, seen: a.Seen, at: a.At, in: a.In, own: a.Of}
	case pull.EditEntry:
		key.Number = a.Issue
		return &rewrite{of: key, seen: a.Seen, at: a.At, in: a.In}
	}
	return nil
}

// rewritten returns the pull request and the issues whose bodies the actions write.
func rewritten(key pull.Key, actions []pull.Action) (keys []pull.Key) {
	for _, a := range actions {
		if w := rewriteOf(key, a); w != nil {
			keys = append(keys, w.of)
		}
	}
	return keys
}

// drafts are the bodies that earlier mutations in the same request write. Each mutation
// has the whole body, so the next one starts from there.
type drafts map[pull.Key]written

// bodyChange writes the current body with the bot's text in it, or returns nil if the body
// has it already. The caller holds the body.
func (t *target) bodyChange(ctx context.Context, w *rewrite, earlier drafts) (*change, error) {
	last, again := earlier[w.of]
	body, read := last.after, last.read
	if !again {
		var err error
		if body, read, err = t.body(ctx, w); err != nil {
			return nil, err
		}
		last.before = body
	}
	subject, known := t.IDs.Subject(w.of)
	if !known {
		return nil, noSubject()
	}
	next := w.in(body)
	switch {
	case next == body:
		return nil, nil
	case w.own != nil && w.own(body) != w.own(w.seen):
		return nil, gh.BadAnswer("someone else just changed the bot's part of the body")
	}
	now := written{before: last.before, after: next, read: read}
	earlier[w.of] = now
	c := &change{name: "updatePullRequest", input: map[string]any{"pullRequestId": subject.ID, "body": next}, permission: writesPull}
	if subject.Issue {
		c = &change{name: "updateIssue", input: map[string]any{"id": subject.ID, "body": next}, permission: "issues: write"}
	}
	c.done = func(err error) {
		if err != nil {
			now = written{} // if the answer gets lost, read the body again
		}
		now.at = t.Now()
		t.bodies.last.Add(w.of, now)
	}
	return c, nil
}

// body returns the text to change, and when it was read: one read or written a moment ago,
// or else the current one.
func (t *target) body(ctx context.Context, w *rewrite) (body string, read time.Time, err error) {
	now := t.Now()
	fresh := func(at time.Time) bool { return !at.IsZero() && now.Sub(at).Abs() <= freshBody }
	last, wrote := t.bodies.last.Get(w.of)
	wroteSince := wrote && !last.at.Before(w.at)
	_, known := t.IDs.Subject(w.of)
	switch {
	case known && wroteSince && fresh(last.read):
		return last.after, last.read, nil
	case known && !wroteSince && fresh(w.at):
		body, read = w.seen, w.at
	default:
		if body, err = t.readBody(ctx, w.of); err != nil {
			return "", now, err
		}
		read = now
	}
	if wrote && last.before != last.after && body == last.before && now.Sub(last.at).Abs() <= gh.Lag {
		return last.after, read, nil
	}
	return body, read, nil
}

func (t *target) readBody(ctx context.Context, of pull.Key) (string, error) {
	var found struct{ Repository gh.Fields }
	q := gh.Query{Pull: []string{"id body"}, Issue: []string{"id body"}, Variables: map[string]any{"number": of.Number}}
	if err := t.For(of).Ask(ctx, q.String(), q.Variables, &found); err != nil {
		return "", err
	}
	var s subjectData
	if err := found.Repository.Read(gh.IssueOrPull, &s); err != nil {
		return "", err
	}
	t.IDs.SetSubject(of, s.subject())
	return s.Body, nil
}
