package acceptance

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/concorde-bot/concorde/internal/pull"
)

func (s *session) viewer(ctx context.Context) (string, error) {
	answer, err := s.ask(ctx, "id", nil)
	if err != nil {
		return "", err
	}
	var viewer struct{ Login string }
	if err := json.Unmarshal(answer.Data["viewer"], &viewer); err != nil || viewer.Login != s.slug+"[bot]" {
		return "", differs("viewer.login is %q, not %q", viewer.Login, s.slug+"[bot]")
	}
	return "", nil
}

// commentData is a comment in GraphQL.
type commentData struct {
	ID, FullDatabaseID string
	ViewerDidAuthor    bool
	Author             *struct {
		Typename string `json:"__typename"`
		Login    string
	}
}

func (s *session) ownComment(ctx context.Context) (string, error) {
	note, err := s.comment(ctx, s.issue, "acceptance")
	if err != nil {
		return "", err
	}
	s.note = note
	c, err := s.findComment(ctx, note.Node)
	switch {
	case err != nil:
		return "", err
	case c.Author == nil || c.Author.Typename != "Bot" || c.Author.Login != s.slug:
		return "", differs("GraphQL's author is %+v, not the Bot %q", c.Author, s.slug)
	case !c.ViewerDidAuthor:
		return "", differs("viewerDidAuthor is false")
	case c.FullDatabaseID != fmt.Sprint(note.ID):
		return "", differs("fullDatabaseId is %q, not %d", c.FullDatabaseID, note.ID)
	}
	var rest struct {
		User struct{ Login, Type string }
	}
	if err := s.want(ctx, "GET", fmt.Sprintf("issues/comments/%d", note.ID), nil, &rest); err != nil {
		return "", err
	}
	if rest.User.Login != s.slug+"[bot]" || rest.User.Type != "Bot" {
		return "", differs("the REST API's user is the %s %q, not the Bot %q", rest.User.Type, rest.User.Login, s.slug+"[bot]")
	}
	return "", nil
}

// findComment finds a comment of the issue by its id.
func (s *session) findComment(ctx context.Context, id string) (found commentData, err error) {
	const fields = "issue(number:$number){comments(last:10){nodes{id fullDatabaseId viewerDidAuthor author{__typename login}}}}"
	_, err = s.shows(ctx, "a comment", func() (bool, error) {
		var of struct {
			Issue struct {
				Comments struct{ Nodes []commentData }
			}
		}
		answer, err := s.ask(ctx, fields, map[string]any{"number:Int!": s.issue.Number})
		if err == nil {
			err = answer.repository(&of)
		}
		for _, c := range of.Issue.Comments.Nodes {
			if c.ID == id {
				found = c
			}
		}
		return found.ID != "", err
	})
	return found, err
}

func (s *session) reaction(ctx context.Context) (string, error) {
	note, err := s.comment(ctx, s.pull.key, "acceptance-reaction")
	if err != nil {
		return "", err
	}
	if err := s.apply(ctx, s.pull.key, pull.React{Comment: note.ID, Node: note.Node, With: pull.ThumbsUp}); err != nil {
		return "", err
	}
	took, err := s.shows(ctx, "a reaction", func() (bool, error) {
		r, err := s.load(ctx, s.pull.key)
		if err != nil {
			return false, err
		}
		for _, c := range r.Comments {
			if c.ID == note.ID {
				return c.Answered, nil
			}
		}
		return false, nil
	})
	return after(took), err
}
