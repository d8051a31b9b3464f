package world

import (
	"fmt"
	"time"
)

// Reaction is somebody's emoji on an issue, a pull request or a comment. It fires no event, and changes no time.
type Reaction struct {
	ID      int64
	Content string // as the REST API names it
	User    *User
	At      time.Time
}

// ReactionNames are the contents in the REST API and in GraphQL, in GitHub's order.
var ReactionNames = []struct{ Rest, Graphql string }{
	{"+1", "THUMBS_UP"}, {"-1", "THUMBS_DOWN"}, {"laugh", "LAUGH"}, {"hooray", "HOORAY"},
	{"confused", "CONFUSED"}, {"heart", "HEART"}, {"rocket", "ROCKET"}, {"eyes", "EYES"},
}

// react reports whether the reaction is new: a second one of the same user and kind is the first.
func (r *Repo) react(list *[]*Reaction, by *User, content string) (*Reaction, bool) {
	for _, x := range *list {
		if x.User == by && x.Content == content {
			return x, false
		}
	}
	x := &Reaction{ID: r.World.nextID(), Content: content, User: by, At: r.World.Now()}
	*list = append(*list, x)
	return x, true
}

// React is Repo.react as the actor; key is the id of the comment, or empty.
func (a Actor) React(r *Repo, i *Issue, key string, list *[]*Reaction, content string) (*Reaction, bool, error) {
	switch {
	case GraphQLReaction(content) == "":
		return nil, false, Invalid("Reaction", "content", "invalid", "")
	case !r.MayTalk(i, a.Writer()):
		return nil, false, lockedError("Unable to create reaction because issue is locked.")
	}
	x, made := r.react(list, a.Writer(), content)
	r.World.keep(i)
	if made && a.ByApp() {
		r.Record(Write{Kind: "react", Number: i.Number, Key: key, Text: content})
	}
	return x, made, nil
}

// GraphQLReaction is "" for what is no content.
func GraphQLReaction(rest string) string {
	for _, name := range ReactionNames {
		if name.Rest == rest {
			return name.Graphql
		}
	}
	return ""
}

func RESTReaction(graphql string) string {
	for _, name := range ReactionNames {
		if name.Graphql == graphql {
			return name.Rest
		}
	}
	return ""
}

// ReactTo puts an emoji on a comment, or with comment 0 on the issue or pull request itself.
func (r *Repo) ReactTo(i *Issue, comment int64, by *User, content string) error {
	list := &i.Reactions
	if comment != 0 {
		c, err := i.Comment(comment)
		if err != nil {
			return err
		}
		list = &c.Reactions
	}
	if !r.MayTalk(i, by) || GraphQLReaction(content) == "" {
		return fmt.Errorf("it is locked, or there is no %q", content)
	}
	r.react(list, by, content)
	r.World.keep(i)
	return nil
}
